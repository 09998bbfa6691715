import type { Clock } from '../../../lib/clock.ts'
import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { createPartnerships, ensureIntroductionDraft, findIntroduction } from '../../partnerships/index.ts'
import { namesOf } from '../pool/names.ts'
import { listChanges } from '../runs/changes.ts'
import { findRun, findRunForUpdate, type RunRow } from '../runs/run-queries.ts'
import { lockRoundMatching } from '../settings/decision-queries.ts'
import {
  countPartnershipsOfRun,
  findApprovedRun,
  listBrokenDecisions,
  listLostMembers,
  listPartnershipsToBe,
  type PartnershipToBe,
  recordApproved,
} from './approve-queries.ts'

export interface Approved {
  partnerships: number
  /** The introduction: a draft, which nobody gets before it is scheduled. */
  campaign_id: number | null
  /** It was approved before. */
  already: boolean
}

export interface Approving {
  id: number
  /** Whoever approves has seen that data have changed since. */
  accept_changed?: boolean | undefined
  by: string
}

/**
 * Makes partnerships of a run's proposals, and the draft of their introduction; nobody is mailed. One transaction:
 * approved twice, it is approved once, and of a round only one run.
 * @throws NotFound, Conflict `not_finished`, `other_run_approved`, `no_proposals`, `data_changed`, `no_longer_confirmed`,
 * `contradiction` or `has_partner`
 */
export async function approveRun(
  { db, clock }: { db: Db; clock: Clock },
  { id, accept_changed = false, by }: Approving,
): Promise<Approved> {
  const run = await findRun(db, id)
  if (!run) throw new NotFound(`Matching run ${id}`)
  if (!run.approved_at && !accept_changed) await refuseChanged(db, run)
  return db.transaction().execute(async (tx) => {
    await lockRoundMatching(tx, run.round_id)
    const already = (await findRunForUpdate(tx, id))?.approved_at !== null
    const campaign_id = already ? await readIntroductionId(tx, run) : await approve(tx, run, { by, now: clock.now() })
    return { partnerships: await countPartnershipsOfRun(tx, id), campaign_id, already }
  })
}

async function readIntroductionId(tx: DbOrTx, { round_id }: RunRow): Promise<number | null> {
  return (await findIntroduction({ db: tx }, { round_id }))?.campaign_id ?? null
}

/** Returns the id of the draft that introduces them. */
async function approve(tx: DbOrTx, run: RunRow, { by, now }: { by: string; now: Date }): Promise<number> {
  if (!run.finished_at) throw new Conflict('not_finished', `Run ${run.id} has not found its proposals yet.`)
  const other = await findApprovedRun(tx, run.round_id)
  if (other !== undefined)
    throw new Conflict(
      'other_run_approved',
      `Run ${other} of round ${run.round} is approved already, and partnerships come from one run.`,
    )
  const partnerships = await listPartnershipsToBe(tx, run.id)
  if (partnerships.length === 0)
    throw new Conflict('no_proposals', `Run ${run.id} has no proposals, so there is nothing to approve.`)
  refuseAlone(partnerships)
  await refuseLost(tx, run.id)
  await refuseBrokenDecisions(tx, run.id)
  await recordApproved(tx, run.id, by)
  await createPartnerships(tx, { round_id: run.round_id, run_id: run.id, partnerships, now })
  return ensureIntroductionDraft(tx, { round_id: run.round_id, by })
}

async function refuseChanged(db: Db, run: RunRow): Promise<void> {
  const changes = await listChanges(db, run)
  if (changes.length === 0) return
  throw new Conflict(
    'data_changed',
    `${changes.join(' ')} Run the matching again, or approve this run as it is knowing that.`,
  )
}

/** Whoever was deleted, with an import that was undone, has left their partner alone. */
function refuseAlone(partnerships: readonly PartnershipToBe[]): void {
  const alone = partnerships.filter(({ person_ids }) => person_ids.length < 2).length
  if (alone === 0) return
  const words = alone === 1 ? '1 proposal has' : `${alone} proposals have`
  throw new Conflict('no_longer_confirmed', `${words} lost a person who is here no longer. Run the matching again.`)
}

async function refuseLost(tx: DbOrTx, id: number): Promise<void> {
  const lost = await listLostMembers(tx, id)
  if (lost.length === 0) return
  const are = lost.length === 1 ? 'is' : 'are'
  throw new Conflict(
    'no_longer_confirmed',
    `${namesOf(lost)} ${are} no longer confirmed. Break their proposals, or run the matching again.`,
  )
}

async function refuseBrokenDecisions(tx: DbOrTx, id: number): Promise<void> {
  const broken = await listBrokenDecisions(tx, id)
  if (broken.length === 0) return
  const sentences = broken.map(({ kind, first_name, second_name }) =>
    kind === 'ban'
      ? `${first_name} and ${second_name} are never to be paired, but are.`
      : `${first_name} and ${second_name} are to be kept together, but are not paired.`,
  )
  throw new Conflict('contradiction', `${sentences.join(' ')} Change the proposals, lift the decision or run again.`)
}
