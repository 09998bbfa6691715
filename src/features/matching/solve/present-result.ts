// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { findOddOne, listLeftOver } from './left-over.ts'
import type { PoolMatch } from './match-pool.ts'
import type { PackedProblem } from './pack-problem.ts'
import { measurePlaced, type Placed, placeLocks, placePairs } from './placed.ts'
import type { MatchingProblem, MatchingProposal, MatchingResult } from './problem.ts'
import { openScoredRows } from './read-rows.ts'
import { joinOddOne } from './trio.ts'

/** A pairing of the pool, with the locked pairs, in the problem's own people; and why somebody is left over. */
export function presentResult(problem: MatchingProblem, packed: PackedProblem, match: PoolMatch): MatchingResult {
  const { applicants } = problem
  const rows = openScoredRows(packed.profiles)
  const locked = placeLocks(problem)
  const pairs = placePairs(packed, match.mate, rows)
  const oddOne = problem.mode === 'pairs' && problem.odd_one === 'trio' ? findOddOne(match) : undefined
  const placed = [...locked, ...(oddOne === undefined ? pairs : joinOddOne(pairs, match.mate, oddOne, packed, rows))]
  const { cardinality, total_score, worst_score } = measurePlaced(placed, applicants.length)
  const greedy = measurePlaced([...locked, ...placePairs(packed, match.greedyMate, rows)], applicants.length)
  return {
    proposals: listProposals(problem, placed),
    unmatched: listLeftOver(problem, packed, match, placed),
    cardinality,
    total_score,
    worst_score,
    objective: match.objective,
    dual_value: match.dual_value,
    gap: match.gap,
    proven_optimal: match.proven,
    bound: null,
    greedy,
    rounds: match.rounds,
    timings: match.timings,
    barrier: match.barrier && {
      ...match.barrier,
      ...peopleOf(problem, packed, match.barrier.people),
    },
  }
}

/** In the order of their first members. */
export function listProposals({ applicants, mode }: MatchingProblem, placed: readonly Placed[]): MatchingProposal[] {
  return placed
    .toSorted((a, b) => a.applicants[0]! - b.applicants[0]! || a.applicants[1]! - b.applicants[1]!)
    .map(({ applicants: members, score, locked }) => ({
      members: members.map((at) => {
        const { person_id, role } = applicants[at]!
        return { person_id, role: mode === 'mentors' ? (role ?? null) : null }
      }),
      score,
      locked,
    }))
}

/** A mentor with several places is one person. */
function peopleOf({ applicants }: MatchingProblem, { applicantOf }: PackedProblem, people: readonly number[]) {
  const person_ids = [...new Set(people.map((person) => applicants[applicantOf[person]!]!.person_id))]
  return { people: person_ids.length, person_ids: person_ids.sort((a, b) => a - b) }
}
