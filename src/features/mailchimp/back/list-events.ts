import type { MailchimpDeps } from '../deps.ts'
import { type EventRow, forgetEvents, listEventRows } from './event-queries.ts'

const PAGE = 50
const KEPT_MS = 90 * 86_400_000

/** What Mailchimp told us, without addresses, the newest first. @param wanted.before `next` of the page before */
export async function listMailchimpEvents(
  { db }: Pick<MailchimpDeps, 'db'>,
  wanted: { before?: number | undefined; limit?: number | undefined } = {},
): Promise<{ items: EventRow[]; next: number | null }> {
  const limit = wanted.limit ?? PAGE
  const rows = await listEventRows(db, { before: wanted.before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** Returns how many were older than 90 days. */
export function forgetMailchimpEvents({ db, clock }: Pick<MailchimpDeps, 'db' | 'clock'>): Promise<number> {
  return forgetEvents(db, new Date(clock.now().getTime() - KEPT_MS))
}
