// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { packProfiles } from '../scores/index.ts'
import { hierarchyOf } from './contradictions.ts'
import type { PackedProblem } from './pack-problem.ts'
import type { MatchingProblem, PairingFigures } from './problem.ts'
import { openScoredRows, type Rows, scoreOf } from './read-rows.ts'

/** People who should meet, as indices into the problem's applicants. */
export interface Placed {
  applicants: number[]
  score: number
  locked: boolean
}

/** The pairs of a pairing of the pool. */
export function placePairs({ applicantOf }: PackedProblem, mate: Int32Array, rows: Rows): Placed[] {
  const placed: Placed[] = []
  for (const [person, partner] of mate.entries()) {
    if (partner <= person) continue
    const score = scoreOf(rows, person, partner)
    placed.push({ applicants: [applicantOf[person]!, applicantOf[partner]!], score, locked: false })
  }
  return placed
}

/** Locked pairs, each with its score, however low. */
export function placeLocks(problem: MatchingProblem): Placed[] {
  const indexOf = new Map(problem.applicants.map(({ person_id }, at) => [person_id, at]))
  const ids = [...new Set(problem.locks.flat())]
  const at = ids.map((id) => indexOf.get(id)!)
  const rows = openScoredRows(
    packProfiles(
      hierarchyOf(problem),
      at.map((index) => problem.applicants[index]!),
    ),
  )
  return problem.locks.map(([one, other]) => {
    const [first, second] = [ids.indexOf(one), ids.indexOf(other)]
    return { applicants: [at[first]!, at[second]!], score: scoreOf(rows, first, second), locked: true }
  })
}

/** @param people everybody of the problem */
export function measurePlaced(placed: readonly Placed[], people: number): PairingFigures {
  const isPlaced = new Uint8Array(people)
  let total_score = 0
  let worst_score: number | null = null
  for (const { applicants, score } of placed) {
    for (const applicant of applicants) isPlaced[applicant] = 1
    total_score += score
    worst_score = worst_score === null ? score : Math.min(worst_score, score)
  }
  const unmatched = isPlaced.reduce((sum, is) => sum + (is === 1 ? 0 : 1), 0)
  return { cardinality: placed.length, total_score, worst_score, unmatched }
}
