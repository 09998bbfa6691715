/**
 * From a problem to a result: no database, no clock that decides anything. Owns how a problem of any size is scored,
 * solved and proven, and on which threads.
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
export { answerTile } from './tile-asker.ts'
