import { fromBytes, toBytes } from './bytes.ts'
import type { SolveRound } from './problem.ts'

/** Where a run that was lost goes on: what the solver wants to be kept, and what was found beside it. */
export interface Checkpoint {
  solver: Uint8Array
  greedyMate: Int32Array
  rounds: SolveRound[]
  /** The number of the next question to tile workers. */
  nextCycle: number
}

export function checkpointToBytes({ solver, greedyMate, rounds, nextCycle }: Checkpoint): Uint8Array {
  return toBytes({ head: { rounds, nextCycle }, columns: { solver, greedyMate } })
}

export function checkpointOfBytes(bytes: Uint8Array): Checkpoint {
  const { head, columns } = fromBytes(bytes)
  return {
    solver: columns.solver as Uint8Array,
    greedyMate: columns.greedyMate as Int32Array,
    rounds: head.rounds as SolveRound[],
    nextCycle: head.nextCycle as number,
  }
}
