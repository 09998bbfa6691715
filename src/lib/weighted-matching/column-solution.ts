import type { ColumnState, RoundReport } from './column-state.ts'
import { graphOf } from './graph.ts'
import { inScores, type PolicySolution } from './policy.ts'
import { solutionOf } from './solve.ts'
import { weightGraph } from './weight-round.ts'

export interface ColumnSolution extends PolicySolution {
  rounds: RoundReport[]
  /** What is missing to the optimum at most, as a part of the objective; 0 when proven */
  gap: number
  /** Whether the proof is complete. If not, it holds but for pairs that are still violated. */
  proven: boolean
}

/** The answer of a column generation that is done. */
export function solutionOfColumns(state: ColumnState): ColumnSolution {
  const { n, policy, columns, highest, floor, barrier, matching, rounds } = state
  const last = rounds.at(-1)
  if (matching === undefined || barrier === undefined || last === undefined)
    throw new Error('No round of weights was done.')
  matching.graph = weightGraph(state)
  const { proof, ...solution } = solutionOf(matching, barrier)
  if (floor) proof.floor = { worst: floor.good, barrier: floor.barrier }
  if (policy === 'balanced' && columns.count > 0) proof.highest = highest
  return {
    ...inScores({ ...solution, proof }, policy, graphOf(n, columns)),
    rounds,
    gap: last.gap,
    proven: last.violated === 0,
  }
}
