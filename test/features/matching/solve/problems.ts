import {
  DEFAULT_HIERARCHY,
  FORBIDDEN,
  type MatchingApplicant,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import type { MatchingProblem, MatchingResult, TileRunner } from '../../../../src/features/matching/solve/index.ts'
import { openTiles, packProblem } from '../../../../src/features/matching/solve/index.ts'
import { makeUpApplicants } from '../../../support/made-up-applicants.ts'

export function problemOf(applicants: MatchingApplicant[], changes: Partial<MatchingProblem> = {}): MatchingProblem {
  return {
    applicants,
    hierarchy: DEFAULT_HIERARCHY,
    locks: [],
    bans: [],
    policy: 'floor',
    mode: 'pairs',
    group_size: 4,
    odd_one: 'trio',
    ...changes,
  }
}

export const problemFor = (people: number, changes: Partial<MatchingProblem> = {}, seed = 1): MatchingProblem =>
  problemOf(makeUpApplicants(people, seed), changes)

/** People of these countries, in turn of whatever else. */
export function peopleOf(countries: string[], seed = 1): MatchingApplicant[] {
  return makeUpApplicants(countries.length, seed).map((applicant, at) => ({
    ...applicant,
    country_code: countries[at] as string,
    former_partner_ids: [],
  }))
}

/** So many of each: { AU: 3, FR: 2 }. */
export const peopleFrom = (counts: Record<string, number>, seed = 1): MatchingApplicant[] =>
  peopleOf(
    Object.entries(counts).flatMap(([code, many]) => new Array<string>(many).fill(code)),
    seed,
  )

/** The score of two people by their ids; undefined where they may not be partners. */
export function scorerFor({ applicants, hierarchy, bans }: MatchingProblem) {
  const scorer = openScorer(packProfiles(hierarchy, applicants, { bans }))
  const at = new Map(applicants.map(({ person_id }, index) => [person_id, index]))
  return (one: number, other: number): number | undefined => {
    const score = scorer.score(at.get(one) as number, at.get(other) as number)
    return score === FORBIDDEN ? undefined : score
  }
}

/** What of a result does not depend on how long it took. */
export function lasting({ timings: _, rounds, ...result }: MatchingResult) {
  return { ...result, rounds: rounds.map(({ ms: _, ...round }) => round) }
}

export const idsOf = (result: MatchingResult): number[][] =>
  result.proposals.map(({ members }) => members.map(({ person_id }) => person_id))

/** Other processes, all in this one, which answer the last tile first and each of them twice. */
export function runTilesBackwards(problem: MatchingProblem): TileRunner & { questions: Map<number, Uint8Array> } {
  const answerTile = openTiles(packProblem(problem))
  const questions = new Map<number, Uint8Array>()
  return {
    questions,
    async ask(cycle, question, tiles) {
      questions.set(cycle, question)
      const answers: Uint8Array[] = []
      for (let tile = tiles - 1; tile >= 0; tile--) {
        const first = answerTile(question, tile)
        const second = answerTile(question, tile)
        if (Buffer.compare(first, second) !== 0) throw new Error(`Tile ${tile} was answered in two ways`)
        answers[tile] = first
      }
      return answers
    },
  }
}
