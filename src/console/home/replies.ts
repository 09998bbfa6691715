import { listDuplicates } from '../../features/applications/index.ts'
import { type ConfirmationSummary, summariseConfirmations } from '../../features/confirmations/index.ts'
import { countOpenInbox, listInbox, listMailboxTroubles } from '../../features/inbox/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'

/** What comes in and wants a person: replies, applicants who may be one, and where the confirmation stands. */
export interface ReplyFacts {
  /** Open replies, and when the oldest came. */
  inbox: { open: number; oldest_at: Date | null } | null
  mailboxes: Awaited<ReturnType<typeof listMailboxTroubles>>
  confirmation: { round: RoundRow; summary: ConfirmationSummary } | null
  duplicates: { code: string; count: number; more: boolean } | null
}

const DUPLICATES_COUNTED = 20

export async function gatherReplies(
  db: Db,
  { role, round, today }: { role: Role; round: RoundRow | undefined; today: string },
): Promise<ReplyFacts> {
  const may = (permission: Permission) => mayDo(role, permission)
  const running = round && (round.ends_on === null || round.ends_on >= today) ? round : undefined
  const [inbox, mailboxes, summary, duplicates] = await Promise.all([
    may('inbox.write') ? gatherInbox(db) : null,
    may('inbox.read') ? listMailboxTroubles(db) : [],
    running && may('confirmations.write') ? summariseConfirmations(db, { code: running.code }) : null,
    running && may('applications.write')
      ? listDuplicates({ db }, { code: running.code, state: 'open', limit: DUPLICATES_COUNTED })
      : null,
  ])
  return {
    inbox,
    mailboxes,
    confirmation: running && summary ? { round: running, summary } : null,
    duplicates:
      running && duplicates
        ? { code: running.code, count: duplicates.items.length, more: duplicates.next !== null }
        : null,
  }
}

async function gatherInbox(db: Db) {
  const [open, { items }] = await Promise.all([countOpenInbox({ db }), listInbox({ db }, { view: 'open', limit: 1 })])
  return { open, oldest_at: items[0]?.received_at ?? null }
}
