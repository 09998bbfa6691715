import { availableParallelism } from 'node:os'
import { componentsOf } from './contradictions.ts'
import { type GroupsMatch, type GroupsTask, MOST_AT_ONCE } from './groups/match-groups.ts'
import { CANDIDATES, type PoolMatch, type PoolTask, type Tier, tierFor, type Waiting } from './match-pool.ts'
import { freePlacesOf, packProblem } from './pack-problem.ts'
import { presentGroups } from './present-groups.ts'
import { presentResult } from './present-result.ts'
import type { MatchingProblem, MatchingResult, SolveOptions } from './problem.ts'
import { refuseFaults } from './refuse-faults.ts'
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
  const { signal, checkpoint, tiles } = options
  signal?.throwIfAborted()
  refuseFaults(problem)
  const waiting: Waiting = { progress: openProgress(options), checkpoint, tiles }
  const places = freePlacesOf(problem)
  const threads = Math.max(1, options.threads ?? availableParallelism())
  const packed = remember(() => packProblem(problem, places))
  const makeTask = (): Task => {
    const { profiles } = packed()
    return problem.mode === 'groups'
      ? { kind: 'groups', profiles, size: problem.group_size, kept: keptPeople(problem), threads, ...groupWays(ways) }
      : { kind: 'pool', profiles, policy: problem.policy, threads, ...poolWays(ways, places.length), ...goals(options) }
  }
  const found =
    places.length <= (ways.few ?? FEW)
      ? await runTask(makeTask(), waiting)
      : await runInThread(makeTask, needsThreads(problem, places.length, options, ways) ? threads : 0, waiting, signal)
  const result =
    problem.mode === 'groups'
      ? presentGroups(problem, packed(), found as GroupsMatch)
      : presentResult(problem, packed(), found as PoolMatch)
  signal?.throwIfAborted()
  waiting.progress(ALL)
  return result
}

const poolWays = ({ tier, candidates }: Ways, people: number): Pick<PoolTask, 'tier' | 'candidates'> => ({
  tier: tier ?? tierFor(people),
  candidates: candidates ?? CANDIDATES,
})

const groupWays = ({ mostAtOnce }: Ways): Pick<GroupsTask, 'mostAtOnce'> => ({ mostAtOnce: mostAtOnce ?? MOST_AT_ONCE })

const goals = ({ gap, resume }: SolveOptions): Pick<PoolTask, 'gap' | 'resume'> => ({ gap: gap ?? 0, resume })

function needsThreads({ mode }: MatchingProblem, people: number, { tiles }: SolveOptions, ways: Ways): boolean {
  if (mode === 'groups') return people > groupWays(ways).mostAtOnce
  const { tier } = poolWays(ways, people)
  return tier === 'stored' || (tier === 'tiles' && tiles === undefined)
}

/** Locked people by who must be in one group: indices of applicants, which in groups are the persons of the pool. */
function keptPeople({ applicants, locks }: MatchingProblem): number[][] {
  const personOf = new Map(applicants.map(({ person_id }, person) => [person_id, person]))
  return componentsOf(locks).map((ids) => ids.map((id) => personOf.get(id) as number))
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

function remember<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}
