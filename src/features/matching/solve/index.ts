/**
 * From a problem to a result: who should meet, why nobody could do better, and why somebody is left over. No database, and
 * no clock that decides anything: the same problem has the same result with any number of threads and workers, and after
 * any interruption.
 *
 * Up to 2,000 people all pairs are one graph. Up to 20,000 scoring threads keep all scores in shared memory, the graph
 * begins with everybody's best partners, and pairs that its duals do not allow for are added until there are none. Above
 * that nothing is kept: all pairs are scored again in tiles whenever they are asked about, here or in other processes.
 * Whatever the way, the result is checked over all pairs by lib/weighted-matching's certificate, and a proof that is not
 * accepted is an error, never a result.
 */
export { type Contradiction, findContradictions } from './contradictions.ts'
export { type PackedProblem, packProblem } from './pack-problem.ts'
export type {
  LeftOver,
  LeftOverReason,
  MatchingProblem,
  MatchingProposal,
  MatchingResult,
  PairingFigures,
  ProposalMember,
  SolveOptions,
  SolveRound,
  TileRunner,
} from './problem.ts'
export { solveProblem } from './solve-problem.ts'
export { openTiles } from './tile-asker.ts'
