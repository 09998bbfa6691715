import { askCardinality } from './cardinality-round.ts'
import { type ColumnSolution, solutionOfColumns } from './column-solution.ts'
import { type ColumnState, openColumnState, type RoundFindings, type RoundReport } from './column-state.ts'
import { askFloor } from './floor-round.ts'
import type { PairSource } from './pair-source.ts'
import type { Policy } from './policy.ts'
import { restoreState, snapshotOf } from './snapshot.ts'
import { askWeight } from './weight-round.ts'

export interface ColumnGenerationOptions {
  policy: Policy
  /** How many best pairs of everybody the graph begins with; 24 when left out */
  candidates?: number
  /**
   * Stop as soon as no matching can be better by more than this part of the objective; 0, or left out: go on to the
   * proof
   */
  gap?: number
  /** After every round, before the next begins; `snapshot` gives what `resume` goes on from, with the same result. */
  onRound?: (round: RoundReport, snapshot: () => Uint8Array) => Promise<void> | void
  resume?: Uint8Array
  signal?: AbortSignal
}

const CANDIDATES = 24
/** Violated pairs of one person taken in at a time: many are violated for the same reason, and a few put it right. */
const MOST_PER_PERSON = 8

/**
 * The optimum of a policy where the pairs are too many to be listed (column generation: Gilmore and Gomory 1961; for
 * matchings, there called pricing: Derigs and Metz 1991, Cook and Rohe 1999). A graph of everybody's best pairs is
 * solved exactly; its duals are held against all pairs; those that speak against them are taken in, and it is solved
 * again from where it is. When none is left the duals prove the optimum among all pairs. Three questions are settled
 * so, one after the other: how many can be matched, how good the worst pair can be (policy floor), how great the sum.
 *
 * Rejects with the signal's reason when it is aborted, and with whatever `source` or `onRound` reject with.
 */
export async function solveByColumns(source: PairSource, options: ColumnGenerationOptions): Promise<ColumnSolution> {
  const { policy, signal, onRound } = options
  signal?.throwIfAborted()
  const state = options.resume
    ? restoreState(options.resume, source.n, policy)
    : openColumnState(
        source.n,
        policy,
        await source.bestPairs(options.candidates ?? CANDIDATES, Number.NEGATIVE_INFINITY),
      )
  while (!isDone(state)) {
    signal?.throwIfAborted()
    const found = await ask(source, state, options.gap ?? 0)
    if (found === undefined) continue
    if (found.violated > 0 && found.added === 0 && !isDone(state))
      throw new Error('The source tells of no violated pair.')
    const round = { round: state.rounds.length + 1, ...found }
    state.rounds.push(round)
    await onRound?.(round, () => snapshotOf(state))
  }
  return solutionOfColumns(state)
}

const isDone = ({ phase }: ColumnState) => phase === 'done'

/** The next question over all pairs; undefined where a phase could be ended without one. */
function ask(source: PairSource, state: ColumnState, gap: number): Promise<RoundFindings | undefined> {
  if (state.phase === 'cardinality') return askCardinality(source, state, MOST_PER_PERSON)
  if (state.phase === 'floor') return askFloor(source, state, MOST_PER_PERSON)
  return askWeight(source, state, MOST_PER_PERSON, gap)
}
