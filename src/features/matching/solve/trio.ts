// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { FORBIDDEN } from '../scores/forbid.ts'
import type { PackedProblem } from './pack-problem.ts'
import type { Placed } from './placed.ts'
import type { Rows } from './read-rows.ts'

/**
 * The pairs with the odd one joined to one of them: of those whose two both may be partners of the odd one, to the pair
 * that the sum of these two scores speaks for. Unchanged where there is none. Locked pairs are not asked to take in a third.
 * @param pairs of the pool's pairing @param oddOne a person of the pool
 */
export function joinOddOne(
  pairs: readonly Placed[],
  mate: Int32Array,
  oddOne: number,
  { applicantOf, profiles }: PackedProblem,
  rows: Rows,
): readonly Placed[] {
  const at = rows.at(oddOne, 0, profiles.n)
  const scores = rows.scores.subarray(at, at + profiles.n)
  let best = -1
  let bestSum = -1
  for (const [person, partner] of mate.entries()) {
    if (partner <= person || scores[person] === FORBIDDEN || scores[partner] === FORBIDDEN) continue
    const sum = scores[person]! + scores[partner]!
    if (sum <= bestSum) continue
    best = person
    bestSum = sum
  }
  if (best < 0) return pairs
  const first = applicantOf[best]!
  return pairs.map((pair) => {
    if (pair.applicants[0] !== first) return pair
    const applicants = [...pair.applicants, applicantOf[oddOne]!].sort((a, b) => a - b)
    return { ...pair, applicants, score: Math.round((pair.score + bestSum) / 3) }
  })
}
