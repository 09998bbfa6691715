import type { DbOrTx } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { findRequestDraft, listReminders, type ReminderRow } from './request-queries.ts'
import { confirmationDeadline } from './rules.ts'
import {
  countGroups,
  type Group,
  type GroupPerson,
  listGroup,
  listRequests,
  type RequestRow,
} from './summary-queries.ts'

/** Where the confirmation of a round stands. */
export interface ConfirmationSummary {
  round: string
  confirm_by: string | null
  /** When the last day is over everywhere; null without one. */
  deadline: Date | null
  /** Each with its people: listConfirmationPeople. */
  counts: Record<Group, number>
  /** The request that is being written; null when there is none. */
  draft_id: number | null
  requests: RequestRow[]
  reminders: ReminderRow[]
}

/** @throws NotFound */
export async function summariseConfirmations(db: DbOrTx, { code }: { code: string }): Promise<ConfirmationSummary> {
  const { id, confirm_by } = await getRoundRow({ db }, { code })
  const [counts, draft, requests, reminders] = await Promise.all([
    countGroups(db, id),
    findRequestDraft(db, id),
    listRequests(db, id),
    listReminders(db, id),
  ])
  return {
    ...{ round: code, confirm_by, counts, requests, reminders },
    deadline: confirm_by === null ? null : confirmationDeadline(confirm_by),
    draft_id: draft ?? null,
  }
}

/** Who stands behind a figure, by person id; `next` is passed as `after`. @throws NotFound */
export async function listConfirmationPeople(
  db: DbOrTx,
  { code, group, after = 0, limit = 50 }: { code: string; group: Group; after?: number; limit?: number },
): Promise<{ items: GroupPerson[]; next: number | null }> {
  const { id: round_id } = await getRoundRow({ db }, { code })
  return listGroup(db, { round_id, group, after, limit })
}
