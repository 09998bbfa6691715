import type { Barrier } from './barrier.ts'
import { type Columns, columnsOf } from './columns.ts'
import type { FloorRange } from './floor.ts'
import type { Pairs } from './graph.ts'
import type { Matching } from './matching.ts'
import { highestOf, type Policy } from './policy.ts'

/** Everything a column generation knows between two rounds: what comes after depends on nothing else. */
export interface ColumnState {
  n: number
  policy: Policy
  phase: RoundReport['phase'] | 'done'
  rounds: RoundReport[]
  columns: Columns
  /** The best score of all pairs; 0: there are none */
  highest: number
  /** The largest matching found so far; in phase floor of pairs at least as good as its lower end. */
  mate: Int32Array
  /** Why no more can be matched, once that is settled. */
  barrier?: Barrier
  /** Policy floor: how good the worst pair can be, as far as it is known, and how often it was tried. */
  floor?: FloorRange
  floorTries: number
  /** In phase weight: how many of the columns its graph holds. */
  admitted: number
  matching?: Matching
}

/** What one question over all pairs brought. */
export interface RoundReport {
  /** From 1 */
  round: number
  /** What was asked: can more be matched, can the worst pair be better, can the sum be greater. */
  phase: 'cardinality' | 'floor' | 'weight'
  /** Pairs outside of the graph that said so, and how many of them were taken into it */
  violated: number
  added: number
  /** Of the matching in the graph so far: its pairs (cardinality, floor), or the policy's sum (weight) */
  objective: number
  /**
   * In phase weight: what is missing to the optimum at most, as a part of the objective. 1 before that: nothing is
   * known yet.
   */
  gap: number
}

export type RoundFindings = Omit<RoundReport, 'round'>

export function openColumnState(n: number, policy: Policy, candidates: Pairs): ColumnState {
  return {
    n,
    policy,
    phase: 'cardinality',
    rounds: [],
    columns: columnsOf(candidates),
    highest: candidates.count > 0 ? highestOf(candidates) : 0,
    mate: new Int32Array(n).fill(-1),
    floorTries: 0,
    admitted: 0,
  }
}
