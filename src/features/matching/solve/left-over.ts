// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { FORBIDDEN, packProfiles } from '../scores/index.ts'
import { hierarchyOf } from './contradictions.ts'
import type { PackedProblem } from './pack-problem.ts'
import type { Placed } from './placed.ts'
import type { LeftOver, LeftOverReason, MatchingProblem } from './problem.ts'
import { openScoredRows } from './read-rows.ts'

interface Pairing {
  mate: Int32Array
  partners: Int32Array
}

/** A person of the pool whom nobody else is left over with, but for people who have no partner at all. */
export function findOddOne({ mate, partners }: Pairing): number | undefined {
  const left = [...mate.keys()].filter((person) => mate[person]! < 0 && partners[person]! > 0)
  return left.length === 1 ? left[0] : undefined
}

/** Whoever is in no pair, by id, and why. A mentor who has a protégé is not left over, whatever places are. */
export function listLeftOver(
  problem: MatchingProblem,
  { applicantOf }: PackedProblem,
  pairing: Pairing,
  placed: readonly Placed[],
): LeftOver[] {
  const isPlaced = new Set(placed.flatMap(({ applicants }) => applicants))
  const left = new Map<number, number>()
  for (const [person, partner] of pairing.mate.entries()) {
    const applicant = applicantOf[person]!
    if (partner < 0 && !isPlaced.has(applicant)) left.set(applicant, pairing.partners[person]!)
  }
  const isOneOdd = findOddOne(pairing) !== undefined
  const possible = countPossible(problem, left)
  return [...left]
    .sort(([a], [b]) => a - b)
    .map(([applicant, partners]) => ({
      person_id: problem.applicants[applicant]!.person_id,
      reason: reasonOf(problem, partners, isOneOdd),
      possible_partners: possible.get(applicant)!,
    }))
}

function reasonOf({ mode }: MatchingProblem, partners: number, isOneOdd: boolean): LeftOverReason {
  if (partners === 0) return 'nobody_allowed'
  if (mode !== 'pairs') return 'no_place'
  return isOneOdd ? 'odd_one' : 'barrier'
}

/** Were everybody free: also those who are locked, and a mentor counts once, however many the places. */
function countPossible(problem: MatchingProblem, left: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  if (left.size === 0 || (problem.locks.length === 0 && problem.mode !== 'mentors')) return left
  const n = problem.applicants.length
  const rows = openScoredRows(packProfiles(hierarchyOf(problem), problem.applicants, { bans: problem.bans }))
  return new Map(
    [...left.keys()].map((applicant) => {
      const at = rows.at(applicant, 0, n)
      let partners = 0
      for (let other = 0; other < n; other++) if (rows.scores[at + other] !== FORBIDDEN) partners++
      return [applicant, partners]
    }),
  )
}
