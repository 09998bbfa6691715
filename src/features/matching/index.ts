/**
 * Matching: who becomes whose partner. Owns the tables matching_settings, matching_decisions, matching_runs with what
 * they are made of, proposals, unmatched_people and proposal_edits. Guarantees that a run works from what it was given
 * when it began and explains itself from that; that the same input gives the same pairs; that a run that is lost goes on
 * after its last round and ends once; that of two who change the same proposals one is told; and that partnerships come
 * from one run of a round. Nobody is mailed before the introduction, which is the partnerships' business.
 */
export { measurePool, type Pool } from './pool/pool.ts'
export { type Approved, approveRun } from './review/approve.ts'
export { listSwapCandidates, type SwapCandidate, type SwapCandidates } from './review/candidates.ts'
export { breakProposal, type EditDone, pairPeople, swapPartner } from './review/edits.ts'
export { writePeopleCsv, writeProposalsCsv, writeUnmatchedCsv } from './review/files.ts'
export { type ExplainedProposal, getProposal, getProposalRow, lockPair } from './review/get-proposal.ts'
export { introduceRun } from './review/introduce.ts'
export { listEdits } from './review/list-edits.ts'
export type { ProposalOrder } from './review/proposal-queries.ts'
export { type ListedProposal, listCountriesOfRun, listProposals, type ProposalMember } from './review/proposals.ts'
export { undoEdit } from './review/undo.ts'
export { addMatchingRoutes } from './routes.ts'
export { getMatchingRun, listMatchingRuns, type MatchingRun } from './runs/get-run.ts'
export type { RunState, UnmatchedReason } from './runs/run-queries.ts'
export { startMatchingRun } from './runs/start.ts'
export { tileScorer } from './runs/tile-worker.ts'
export { matchingWork } from './runs/work.ts'
export {
  DEFAULT_HIERARCHY,
  type DescribedCriterion,
  describeHierarchy,
  describeUnknown,
  type Effect,
  type Hierarchy,
  type PairExplanation,
} from './scores/index.ts'
export type { Mode, OddOne, Policy } from './settings/choices.ts'
export {
  decideAboutPair,
  liftMatchingDecision,
  listMatchingDecisions,
  type MatchingDecision,
} from './settings/decisions.ts'
export { measureSettingsEffect, type SettingsEffect } from './settings/effect.ts'
export {
  getMatchingSettings,
  listAnswerNames,
  type MatchingSettings,
  saveMatchingSettings,
} from './settings/settings.ts'
