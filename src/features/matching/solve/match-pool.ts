import {
  type Claim,
  type ColumnSolution,
  type PolicySolution,
  solveByColumns,
  solveByPolicy,
} from '../../../lib/weighted-matching/index.ts'
import type { Profiles } from '../scores/profiles.ts'
import { type Asker, openLocalAsker } from './ask.ts'
import { describeBarrier, type PoolBarrier } from './barrier.ts'
import { checkpointOfBytes, checkpointToBytes } from './checkpoint.ts'
import { listAllPairs } from './list-all-pairs.ts'
import { openPoolSource, type PoolSource } from './pair-source.ts'
import type { MatchingProblem, SolveRound, TileRunner } from './problem.ts'
import { runGreedy } from './run-greedy.ts'
import { openScoringThreads, type ScoringThreads } from './scoring-threads.ts'
import { openStopwatch } from './stopwatch.ts'
import { openTileAsker } from './tile-asker.ts'

/**
 * How all pairs are held, by how many people there are: as a graph; as scores in memory, of which a graph of the best
 * pairs is made and completed; or not at all, scored again whenever they are asked for.
 */
export type Tier = 'graph' | 'stored' | 'tiles'

export function tierFor(people: number): Tier {
  if (people <= 2000) return 'graph'
  return people <= 20_000 ? 'stored' : 'tiles'
}

export interface PoolTask {
  kind: 'pool'
  profiles: Profiles
  policy: MatchingProblem['policy']
  tier: Tier
  threads: number
  candidates: number
  gap: number
  resume: Uint8Array | undefined
}

/** What the one who waits is told and asked, from whatever thread this runs on. */
export interface Waiting {
  /** In hundredths of the work. */
  progress(hundredths: number): void
  checkpoint: ((round: number, content: Uint8Array) => Promise<void>) | undefined
  tiles: TileRunner | undefined
  /** Begun before the task was known; otherwise they are begun when they are needed. */
  scoringThreads?: ScoringThreads | undefined
}

/** A pairing of the pool. Persons are those of the profiles. */
export interface PoolMatch {
  mate: Int32Array
  objective: number
  dual_value: number
  gap: number
  /** By the checker, over all pairs. */
  proven: boolean
  greedyMate: Int32Array
  /** Possible partners within the pool, of those who are left over. */
  partners: Int32Array
  barrier: PoolBarrier | null
  rounds: SolveRound[]
  timings: Record<string, number>
}

/** Best partners of everybody that a graph of the best pairs begins with: with fewer it takes more rounds. */
export const CANDIDATES = 24

const AFTER_SCORING = 15
const AFTER_GREEDY = 25
const AFTER_SOLVING = 85
const AFTER_CHECK = 99

/** Nobody knows how many rounds there will be; each goes a fifth of the way that is left. */
const afterRound = (round: number): number => AFTER_SOLVING - (AFTER_SOLVING - AFTER_GREEDY) * 0.8 ** round

export async function matchPool(task: PoolTask, waiting: Waiting): Promise<PoolMatch> {
  const { profiles, tier, candidates } = task
  const watch = openStopwatch()
  const resumed = task.resume && checkpointOfBytes(task.resume)
  const cycle = { next: resumed?.nextCycle ?? 0 }
  const steps = openSteps(waiting)
  const asker = openAsker(task, waiting, cycle, steps.told)
  try {
    const source = openPoolSource(profiles.n, asker)
    if (!resumed) await source.bestLists(candidates, null)
    watch.lap('score')
    steps.next(AFTER_GREEDY)
    const greedyMate = resumed?.greedyMate ?? (await runGreedy(source, candidates)).mate
    watch.lap('greedy')
    steps.next(afterRound(1))

    const rounds = resumed?.rounds ?? []
    let solution: PolicySolution & Partial<ColumnSolution>
    if (tier === 'graph') {
      solution = solveByPolicy(profiles.n, listAllPairs(profiles.n, asker.rows), task.policy)
    } else {
      solution = await solveByColumns(source, {
        policy: task.policy,
        candidates,
        gap: task.gap,
        ...(resumed ? { resume: resumed.solver } : {}),
        async onRound({ round, violated, added, objective, gap }, snapshot) {
          rounds.push({ round, violated, added, objective, gap, ms: watch.lap('solve') })
          steps.next(afterRound(round + 1))
          const content = () => checkpointToBytes({ solver: snapshot(), greedyMate, rounds, nextCycle: cycle.next })
          await waiting.checkpoint?.(round, content())
        },
      })
    }
    watch.lap('solve')
    steps.next(AFTER_SOLVING)
    steps.next(AFTER_CHECK)

    const proven = solution.proven ?? true
    if (proven) await refuseFaultyProof(source, solution)
    watch.lap('check')
    const partners = await countPartnersOfLeftOver(source, solution.mate)
    const isAlone = (person: number) => (solution.mate[person] as number) < 0 && partners[person] === 0
    const waitsForPartner = solution.mate.filter((mate, person) => mate < 0 && !isAlone(person)).length
    return {
      mate: solution.mate,
      objective: solution.objective,
      dual_value: solution.dual,
      gap: solution.gap ?? 0,
      proven,
      greedyMate,
      partners,
      // One alone is odd, and no barrier is needed to say why.
      barrier: waitsForPartner > 1 ? describeBarrier(solution.proof.barrier, isAlone) : null,
      rounds,
      timings: watch.timings,
    }
  } finally {
    await asker.close()
  }
}

/** Progress goes from step to step, and within a step as far as its question over all pairs has come. */
function openSteps({ progress }: Waiting) {
  let from = 0
  let to = AFTER_SCORING
  return {
    told: (part: number) => progress(from + (to - from) * part),
    next(end: number) {
      from = to
      to = end
      progress(from)
    },
  }
}

function openAsker(
  task: PoolTask,
  { tiles, scoringThreads }: Waiting,
  cycle: { next: number },
  told: (part: number) => void,
): Asker {
  const { profiles, tier, threads } = task
  if (tier === 'graph') return openLocalAsker(profiles)
  if (tier === 'tiles' && tiles) return openTileAsker(profiles, tiles, cycle)
  return (scoringThreads ?? openScoringThreads(threads)).score(profiles, tier === 'stored', told)
}

/** @throws Error: a proof that is not accepted is a fault of ours, and its matching must not be used */
async function refuseFaultyProof(source: PoolSource, claim: Claim): Promise<void> {
  const fault = await source.faultOf(claim)
  if (fault !== null) throw new Error(`The proof of this matching is not accepted: ${fault}`)
}

async function countPartnersOfLeftOver(source: PoolSource, mate: Int32Array): Promise<Int32Array> {
  const leftOver = Uint8Array.from(mate, (partner) => (partner < 0 ? 1 : 0))
  return leftOver.includes(1) ? source.countPartners(leftOver) : new Int32Array(source.n)
}
