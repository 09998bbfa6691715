import {
  explainPair,
  FORBIDDEN,
  flagSpecialRequest,
  type MatchingApplicant,
  openScorer,
  type PairExplanation,
  packProfiles,
} from '../scores/index.ts'
import { hierarchyOf, placesOf } from '../solve/contradictions.ts'
import type { MatchingProblem } from '../solve/index.ts'

/** What a run knows of its people, for looking at single pairs. People by their ids. */
export interface PairJudge {
  /** Basis points; undefined where the pair is not allowed. */
  score(one: number, other: number): number | undefined
  /** The mean over the pairs of these people, rounded; undefined where one of the pairs is not allowed. */
  scoreTogether(people: readonly number[]): number | undefined
  /** Everybody who may be the partner of this person, by id, with their scores. */
  listPartners(person_id: number): { person_id: number; score: number }[]
  /** @throws RangeError for somebody who was not in the run */
  explain(one: number, other: number): PairExplanation
  describe(people: readonly number[]): ProposalWords
  find(person_id: number): MatchingApplicant | undefined
  /** In the mode of mentors. */
  roleOf(person_id: number): 'mentor' | 'protege' | null
  /** How many partners this person may have: one, but for a mentor. */
  placesOf(person_id: number): number
}

/** What a proposal says of itself. */
export interface ProposalWords {
  /** Sentences for staff. */
  reasons: string[]
  /** One line that the people themselves may read; empty for more than two. */
  introduction: string
  /** One of them wrote a wish that the criteria do not know. */
  special_request: boolean
}

export function openPairJudge(problem: MatchingProblem): PairJudge {
  const { applicants, mode, bans } = problem
  const hierarchy = hierarchyOf(problem)
  const profiles = packProfiles(hierarchy, applicants, { bans })
  const scorer = openScorer(profiles)
  const indexOf = new Map(applicants.map(({ person_id }, index) => [person_id, index]))
  const at = (person_id: number) => indexOf.get(person_id) ?? -1

  function score(one: number, other: number): number | undefined {
    const [i, j] = [at(one), at(other)]
    const found = i < 0 || j < 0 ? FORBIDDEN : scorer.score(i, j)
    return found === FORBIDDEN ? undefined : found
  }

  function explain(one: number, other: number): PairExplanation {
    const [i, j] = [at(one), at(other)]
    if (i < 0 || j < 0) throw new RangeError('Only people of the run can be explained')
    return explainPair(profiles, hierarchy, i, j)
  }

  const roleOf = (person_id: number) => (mode === 'mentors' ? (applicants[at(person_id)]?.role ?? null) : null)

  return {
    score,
    scoreTogether(people) {
      const scores = pairsOf(people).map(([one, other]) => score(one, other))
      const known = scores.filter((found) => found !== undefined)
      if (known.length === 0 || known.length < scores.length) return undefined
      return Math.round(known.reduce((sum, found) => sum + found, 0) / known.length)
    },
    listPartners(person_id) {
      if (at(person_id) < 0) return []
      const row = new Uint16Array(applicants.length)
      scorer.row(at(person_id), row, 0, row.length)
      return applicants.flatMap((other, index) => {
        const found = row[index] as number
        return found === FORBIDDEN ? [] : [{ person_id: other.person_id, score: found }]
      })
    },
    explain,
    describe(people) {
      const pairs = pairsOf(people).map(([one, other]) => explain(one, other))
      const [pair] = pairs
      return {
        reasons: [...new Set(pairs.flatMap(({ sentences }) => sentences))],
        introduction: pairs.length === 1 ? (pair?.summary ?? '') : '',
        special_request: people.some((id) => flagSpecialRequest(applicants[at(id)]?.special_request ?? null)),
      }
    },
    find: (person_id) => applicants[at(person_id)],
    roleOf,
    placesOf(person_id) {
      const applicant = applicants[at(person_id)]
      return mode === 'mentors' && applicant ? placesOf(applicant) : 1
    },
  }
}

/** Each two of these people. */
export function pairsOf(people: readonly number[]): [number, number][] {
  return people.flatMap((one, at) => people.slice(at + 1).map((other): [number, number] => [one, other]))
}
