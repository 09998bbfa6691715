import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { namesOf } from '../pool/names.ts'
import type { PairJudge } from '../runs/pair-judge.ts'
import {
  insertProposals,
  insertUnmatched,
  type ProposalValues,
  takeProposalIds,
  type UnmatchedValues,
} from '../runs/result-queries.ts'
import { findRunForUpdate, measureProposals } from '../runs/run-queries.ts'
import { isLocked, refuseFixed } from './candidates.ts'
import {
  deleteSide,
  type EditSide,
  insertEdit,
  listDecidedPairs,
  listPlacesOf,
  listProposalValues,
} from './edit-queries.ts'
import { openReviewJudge } from './review-judge.ts'
import { planSwap, type SwapPlan, type Together } from './swap-plan.ts'

/** What an edit has done, and where the run stands with it. */
export interface EditDone {
  edit_id: number
  did: string
  /** Made by it. */
  proposal_ids: number[]
  /** Of the run as it is now, in basis points. */
  total_score: number
}

interface Deps {
  db: Db
}

export interface SwapInput {
  /** Of the run. */
  id: number
  /** Whose partner changes. */
  person_id: number
  /** Their proposal as it was seen; null when they were left over. */
  proposal_id: number | null
  with_person_id: number
  /** The new partner's proposal as it was seen; null when they were left over, or have a place for one more. */
  with_proposal_id: number | null
  by: string
}

/**
 * Gives a person another partner; the two who are freed become partners where they may, else they are left over. Of
 * two reviewers who change the same people, the second is told.
 * @throws NotFound, Conflict `proposals_changed`, `not_allowed_together`, `not_a_pair`, `locked`, `not_finished` or
 * `already_approved`
 */
export function swapPartner(deps: Deps, { id, by, ...swap }: SwapInput): Promise<EditDone> {
  return edit(deps, { id, by }, async (tx, judge) => {
    const { person_id, with_person_id, proposal_id, with_proposal_id } = swap
    const from = await seatOf(tx, judge, { run_id: id, person_id, proposal_id })
    const to = await seatOf(tx, judge, { run_id: id, person_id: with_person_id, proposal_id: with_proposal_id })
    if (from && to && from.id === to.id) throw new Conflict('not_a_pair', 'These two are together already.')
    const locks = await listDecidedPairs(tx, id, 'lock')
    refuseFixed(togetherOf(from), locks)
    if (to && isLocked(togetherOf(to), locks))
      throw new Conflict('locked', `${named(judge, peopleOf(to))} are to be kept together. Lift that decision first.`)
    const plan = planSwap(judge, { person_id, from: togetherOf(from), with_person_id, to: togetherOf(to) })
    if (!plan) throw notAllowed(judge, person_id, with_person_id)
    const touched = [...new Set([person_id, with_person_id, ...peopleOf(from), ...peopleOf(to)])]
    const places = await listPlacesOf(tx, id, touched)
    const before = { proposals: [from, to].filter((one) => one !== undefined), unmatched: places.unmatched }
    const gone = new Set(before.proposals.map((one) => one.id))
    const isElsewhere = (one: number) =>
      places.proposal_ids.some((place) => place.person_id === one && !gone.has(place.proposal_id))
    const left_over = plan.left_over.filter((one) => !isElsewhere(one))
    return { before, did: sayPlan(judge, { ...plan, left_over }), groups: groupsOf(plan), left_over }
  })
}

/** @throws NotFound, Conflict `proposals_changed`, `locked`, `not_finished` or `already_approved` */
export function breakProposal(
  deps: Deps,
  { id, proposal_id, by }: { id: number; proposal_id: number; by: string },
): Promise<EditDone> {
  return edit(deps, { id, by }, async (tx, judge) => {
    const [proposal] = await listProposalValues(tx, id, [proposal_id])
    if (!proposal) throw changed()
    const people = peopleOf(proposal)
    if (isLocked({ people }, await listDecidedPairs(tx, id, 'lock')))
      throw new Conflict('locked', `${named(judge, people)} are to be kept together. Lift that decision first.`)
    const places = await listPlacesOf(tx, id, people)
    const isElsewhere = (one: number) =>
      places.proposal_ids.some((place) => place.person_id === one && place.proposal_id !== proposal_id)
    const before = { proposals: [proposal], unmatched: places.unmatched }
    const left_over = people.filter((one) => !isElsewhere(one))
    const did = people.length === 0 ? 'Took away a proposal that has nobody left.' : `Parted ${named(judge, people)}.`
    return { before, did, groups: [], left_over }
  })
}

/** Two people who are left over, or have a place for one more. @throws NotFound, Conflict `proposals_changed`, `not_allowed_together` and the others */
export function pairPeople(
  deps: Deps,
  { id, person_ids, by }: { id: number; person_ids: [number, number]; by: string },
): Promise<EditDone> {
  return edit(deps, { id, by }, async (tx, judge) => {
    const [one, other] = person_ids
    const places = await listPlacesOf(tx, id, person_ids)
    if (one === other || !person_ids.every((person_id) => isFree(judge, places, person_id))) throw changed()
    const score = judge.score(one, other)
    if (score === undefined) throw notAllowed(judge, one, other)
    const did = `Paired ${named(judge, person_ids)}.`
    const before = { proposals: [], unmatched: places.unmatched }
    return { before, did, groups: [{ people: person_ids, score }], left_over: [] }
  })
}

/** What an edit wants: what stands there now, and what shall. */
interface Wanted {
  before: EditSide
  did: string
  groups: Together[]
  left_over: number[]
}

/** Every edit is one transaction that holds the run, and is written down with what was there before it. */
async function edit(
  { db }: Deps,
  { id, by }: { id: number; by: string },
  plan: (tx: DbOrTx, judge: PairJudge) => Promise<Wanted>,
): Promise<EditDone> {
  const judge = await openReviewJudge(db, id)
  return db.transaction().execute(async (tx) => {
    await lockForReview(tx, id)
    const { before, did, groups, left_over } = await plan(tx, judge)
    const after = {
      proposals: await valuesOf(tx, judge, groups),
      unmatched: left_over.map((one) => brokenOff(judge, one)),
    }
    await replaceSide(tx, id, before, after)
    const edit_id = await insertEdit(tx, { run_id: id, did, before, after, edited_by: by })
    const { total_score } = await measureProposals(tx, id)
    return { edit_id, did, proposal_ids: after.proposals.map((proposal) => proposal.id), total_score }
  })
}

/** @throws NotFound, Conflict `not_finished` or `already_approved` */
export async function lockForReview(tx: DbOrTx, id: number) {
  const run = await findRunForUpdate(tx, id)
  if (!run) throw new NotFound(`Matching run ${id}`)
  if (!run.finished_at) throw new Conflict('not_finished', `Run ${id} has not found its proposals yet.`)
  if (run.approved_at)
    throw new Conflict(
      'already_approved',
      `Run ${id} is approved: its partnerships stand, and no longer its proposals.`,
    )
  return run
}

export async function replaceSide(tx: DbOrTx, runId: number, before: EditSide, after: EditSide): Promise<void> {
  await deleteSide(tx, runId, before)
  await insertProposals(tx, runId, after.proposals)
  await insertUnmatched(tx, runId, after.unmatched)
}

export const changed = () =>
  new Conflict(
    'proposals_changed',
    'Somebody else has changed these proposals since you looked. Nothing was changed: look at them again.',
  )

async function seatOf(
  tx: DbOrTx,
  judge: PairJudge,
  { run_id, person_id, proposal_id }: { run_id: number; person_id: number; proposal_id: number | null },
): Promise<ProposalValues | undefined> {
  if (proposal_id === null) {
    if (!isFree(judge, await listPlacesOf(tx, run_id, [person_id]), person_id)) throw changed()
    return undefined
  }
  const [seat] = await listProposalValues(tx, run_id, [proposal_id])
  if (!seat || !peopleOf(seat).includes(person_id)) throw changed()
  return seat
}

/** Left over, or a mentor with a place for one more. */
function isFree(judge: PairJudge, places: Awaited<ReturnType<typeof listPlacesOf>>, person_id: number): boolean {
  if (places.unmatched.some((one) => one.person_id === person_id)) return true
  const taken = places.proposal_ids.filter((one) => one.person_id === person_id).length
  return taken > 0 && taken < judge.placesOf(person_id)
}

async function valuesOf(tx: DbOrTx, judge: PairJudge, groups: Together[]): Promise<ProposalValues[]> {
  const ids = await takeProposalIds(tx, groups.length)
  return groups.map(({ people, score }, at) => ({
    id: ids[at] as number,
    score,
    by_hand: true,
    ...judge.describe(people),
    members: people.map((person_id) => ({ person_id, role: judge.roleOf(person_id) })),
  }))
}

function brokenOff(judge: PairJudge, person_id: number): UnmatchedValues {
  return { person_id, reason: 'broken', possible_partners: judge.listPartners(person_id).length }
}

const groupsOf = ({ pair, other }: SwapPlan): Together[] => (other ? [pair, other] : [pair])

const peopleOf = (proposal: ProposalValues | undefined) => proposal?.members.map(({ person_id }) => person_id) ?? []

function togetherOf(proposal: ProposalValues): Together
function togetherOf(proposal: ProposalValues | undefined): Together | undefined
function togetherOf(proposal: ProposalValues | undefined): Together | undefined {
  return proposal && { people: peopleOf(proposal), score: proposal.score }
}

function sayPlan(judge: PairJudge, { pair, other, left_over }: SwapPlan): string {
  const made = groupsOf({ pair, other, left_over, cost: 0 }).map(({ people }) => named(judge, people))
  const left = left_over.length === 0 ? '' : ` ${named(judge, left_over)} left over.`
  return `Paired ${made.join('; ')}.${left}`
}

function notAllowed(judge: PairJudge, one: number, other: number): Conflict {
  return new Conflict('not_allowed_together', `${named(judge, [one, other])} may not be partners.`)
}

function named(judge: PairJudge, people: readonly number[]): string {
  return namesOf(people.map((id) => judge.find(id) ?? { given_name: `Person ${id}`, family_name: '' }))
}
