import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { pairsOf } from '../runs/pair-judge.ts'
import { findRun } from '../runs/run-queries.ts'
import type { PairExplanation } from '../scores/index.ts'
import { decideAboutPair, type MatchingDecision } from '../settings/decisions.ts'
import { findProposal } from './proposal-queries.ts'
import { type ListedProposal, withMembers } from './proposals.ts'
import { openReviewJudge } from './review-judge.ts'

export interface ExplainedProposal extends ListedProposal {
  /** Each two of its people, by what the run was given: later answers change nothing in it. */
  explanations: { person_ids: [number, number]; explanation: PairExplanation }[]
}

/** A proposal with everything that speaks for it. @throws NotFound */
export async function getProposal({ db }: { db: Db }, { id }: { id: number }): Promise<ExplainedProposal> {
  const proposal = await getProposalRow({ db }, { id })
  const judge = await openReviewJudge(db, proposal.run_id)
  const pairs = pairsOf(proposal.members.map(({ person_id }) => person_id))
  const explanations = pairs.map((person_ids) => ({ person_ids, explanation: judge.explain(...person_ids) }))
  return { ...proposal, explanations }
}

/** As it is listed. @throws NotFound */
export async function getProposalRow({ db }: { db: Db }, { id }: { id: number }): Promise<ListedProposal> {
  const row = await findProposal(db, id)
  const [proposal] = row ? await withMembers(db, [row]) : []
  if (!proposal) throw new NotFound(`Proposal ${id}`)
  return proposal
}

/**
 * Keeps the two people of a proposal together, in every run of the round until somebody lifts it.
 * @throws NotFound, Conflict `not_a_pair` or `contradiction`
 */
export async function lockPair(
  { db }: { db: Db },
  { proposal_id, note, by }: { proposal_id: number; note?: string | undefined; by: string },
): Promise<MatchingDecision> {
  const { members, run_id } = await getProposalRow({ db }, { id: proposal_id })
  const run = await findRun(db, run_id)
  const [one, other, third] = members
  if (!run || !one || !other || third)
    throw new Conflict('not_a_pair', 'Only two people can be kept together by a decision.')
  const person_ids: [number, number] = [one.person_id, other.person_id]
  return decideAboutPair({ db }, { code: run.round, kind: 'lock', person_ids, note, by })
}
