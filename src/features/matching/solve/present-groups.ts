// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { FoundGroup, GroupsMatch } from './groups/match-groups.ts'
import { listLeftOver } from './left-over.ts'
import type { PackedProblem } from './pack-problem.ts'
import { measurePlaced, type Placed } from './placed.ts'
import { listProposals } from './present-result.ts'
import type { MatchingProblem, MatchingResult } from './problem.ts'

/** Groups in the problem's own people. Their objective is the sum of scores over all pairs within them, as is the bound. */
export function presentGroups(problem: MatchingProblem, packed: PackedProblem, match: GroupsMatch): MatchingResult {
  const { applicants } = problem
  const locked = new Set(problem.locks.flat())
  const isLocked = (at: number) => locked.has(applicants[at]!.person_id)
  const placed = match.groups.map((group) => placeGroup(packed, group, isLocked))
  const { cardinality, total_score, worst_score } = measurePlaced(placed, applicants.length)
  const { objective, bound, partners, timings } = match
  return {
    proposals: listProposals(problem, placed),
    unmatched: listLeftOver(problem, packed, { mate: new Int32Array(applicants.length).fill(-1), partners }, placed),
    cardinality,
    total_score,
    worst_score,
    objective,
    dual_value: bound,
    gap: objective === 0 ? 0 : (bound - objective) / objective,
    proven_optimal: false,
    bound,
    greedy: measurePlaced(
      match.greedy.map((group) => placeGroup(packed, group, () => false)),
      applicants.length,
    ),
    rounds: [],
    timings,
    barrier: null,
  }
}

function placeGroup(
  { applicantOf }: PackedProblem,
  { people, sum }: FoundGroup,
  isLocked: (at: number) => boolean,
): Placed {
  const applicants = people.map((person) => applicantOf[person]!)
  const pairs = (people.length * (people.length - 1)) / 2
  return { applicants, score: Math.round(sum / pairs), locked: applicants.some(isLocked) }
}
