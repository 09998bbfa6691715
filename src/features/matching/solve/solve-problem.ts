import { availableParallelism } from 'node:os'
import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import { checkHierarchy } from '../scores/index.ts'
import { componentsOf, findContradictions } from './contradictions.ts'
import { type GroupsMatch, MOST_AT_ONCE } from './groups/match-groups.ts'
import { CANDIDATES, type PoolMatch, type Tier, tierFor, type Waiting } from './match-pool.ts'
import { type PackedProblem, packProblem } from './pack-problem.ts'
import { MOST_PEOPLE } from './pair-order.ts'
import { presentGroups } from './present-groups.ts'
import { presentResult } from './present-result.ts'
import type { MatchingProblem, MatchingResult, SolveOptions } from './problem.ts'
import { runTask, type Task } from './run-task.ts'
import { runInThread } from './solving-threads.ts'

/** So few people are matched here and now; more on a thread of their own, so that nobody waits behind them. */
const FEW = 200

const ALL = 100

/** What tests choose, to see that it makes no difference. */
interface Ways {
  tier?: Tier
  /** Up to so many people without a thread. */
  few?: number
  candidates?: number
  /** How many people are grouped at a time. */
  mostAtOnce?: number
}

/**
 * The best pairs, or groups, of a problem: as many people as can be, and of those pairings the best one by the policy,
 * proven over all pairs by an independent checker. The same problem has the same result, however the work was divided,
 * interrupted and resumed.
 * @throws InvalidInput when the hierarchy has faults or the locks contradict each other; the signal's reason, at once
 */
export function solveProblem(problem: MatchingProblem, options: SolveOptions = {}): Promise<MatchingResult> {
  return solveProblemBy({}, problem, options)
}

/** The same, by another way than the number of people would choose. */
export async function solveProblemBy(
  ways: Ways,
  problem: MatchingProblem,
  options: SolveOptions = {},
): Promise<MatchingResult> {
  const { signal } = options
  signal?.throwIfAborted()
  refuseFaults(problem)
  const packed = packProblem(problem)
  const waiting: Waiting = { progress: openProgress(options), checkpoint: options.checkpoint, tiles: options.tiles }
  const run = async <Found>(task: Task): Promise<Found> =>
    packed.profiles.n <= (ways.few ?? FEW)
      ? ((await runTask(task, waiting)) as Found)
      : runInThread<Found>(task, waiting, signal)
  const result =
    problem.mode === 'groups'
      ? presentGroups(problem, packed, await run<GroupsMatch>(groupsTask(problem, packed, options, ways)))
      : presentResult(problem, packed, await run<PoolMatch>(poolTask(problem, packed, options, ways)))
  signal?.throwIfAborted()
  waiting.progress(ALL)
  return result
}

function poolTask({ policy }: MatchingProblem, { profiles }: PackedProblem, options: SolveOptions, ways: Ways): Task {
  return {
    kind: 'pool',
    profiles,
    policy,
    tier: ways.tier ?? tierFor(profiles.n),
    threads: threadsOf(options),
    candidates: ways.candidates ?? CANDIDATES,
    gap: options.gap ?? 0,
    resume: options.resume,
  }
}

function groupsTask(problem: MatchingProblem, { profiles }: PackedProblem, options: SolveOptions, ways: Ways): Task {
  const personOf = new Map(Array.from(profiles.personIds, (id, person) => [id, person]))
  return {
    kind: 'groups',
    profiles,
    size: problem.group_size,
    kept: componentsOf(problem.locks).map((ids) => ids.map((id) => personOf.get(id) as number)),
    mostAtOnce: ways.mostAtOnce ?? MOST_AT_ONCE,
    threads: threadsOf(options),
  }
}

const threadsOf = ({ threads }: SolveOptions): number => Math.max(1, threads ?? availableParallelism())

/** @throws InvalidInput with all that is wrong */
function refuseFaults(problem: MatchingProblem): void {
  const { applicants, hierarchy, group_size, mode } = problem
  // Whether a form has the answers that criteria name is not known here; nobody's answer counts neutrally.
  const named = hierarchy.criteria.flatMap((criterion) =>
    'answer' in criterion ? ['among' in criterion ? criterion.among : criterion.answer, criterion.answer] : [],
  )
  const faults: FieldFault[] = checkHierarchy(hierarchy, new Set(named))
  if (applicants.length > MOST_PEOPLE)
    faults.push({ field: 'applicants', message: `There are more than ${MOST_PEOPLE} people.` })
  if (mode === 'groups' && !(Number.isInteger(group_size) && group_size >= 3))
    faults.push({ field: 'group_size', message: 'A group is of three people at least.' })
  if (faults.length === 0) {
    faults.push(...findContradictions(problem).map(({ message }) => ({ field: 'locks', message })))
  }
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** Whole hundredths, and only forwards. */
function openProgress({ progress }: SolveOptions): (hundredths: number) => void {
  let told = -1
  return (hundredths) => {
    const done = Math.min(ALL, Math.floor(hundredths))
    if (done <= told) return
    told = done
    progress?.(done, ALL)
  }
}
