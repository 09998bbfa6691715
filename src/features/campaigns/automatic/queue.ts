import type { DbOrTx } from '../../../platform/db/open.ts'
import { chooseVariant } from '../content/index.ts'
import { findAutomatic, insertCopies, listLiveLanguages, listReaderLanguages } from './automatic-queries.ts'
import { AUTOMATIC_EMAILS, type AutomaticKey } from './catalog.ts'
import { ensureAutomatic } from './ensure.ts'

/** Who gets a copy: people of ours, or contacts. */
export type AutomaticReaders = { person_ids: readonly number[] } | { contact_ids: readonly number[] }

interface Queueing {
  key: AutomaticKey
  round_id: number
  now: Date
}

/** One copy in the ledger. */
export interface QueuedCopy {
  delivery_id: number
  /** The person's or the contact's id. */
  reader_id: number
  /** Why it does not go; null when it does. */
  skipped: string | null
}

/**
 * Queues an automatic email to each of these, in the caller's transaction: the event and its email are recorded together
 * or not at all. The next sweep sends it. Nothing is queued while the email is switched off.
 */
export async function queueAutomaticToAll(
  tx: DbOrTx,
  {
    key,
    round_id,
    to,
    now,
    address = null,
    in_reply_to = null,
  }: Queueing & {
    to: AutomaticReaders
    /** Another address than the reader's own: where a reply came from. */
    address?: string | null
    in_reply_to?: string | null
  },
): Promise<QueuedCopy[]> {
  const { table, ids } =
    'person_ids' in to
      ? ({ table: 'people', ids: to.person_ids } as const)
      : ({ table: 'contacts', ids: to.contact_ids } as const)
  if (ids.length === 0) return []
  await ensureAutomatic(tx, { key, round_id, now })
  const email = await findAutomatic(tx, { key, round_id })
  if (!email || email.switched_off_at !== null) return []
  const variants = await listLiveLanguages(tx, email)
  const languages = (await listReaderLanguages(tx, { table, ids })).map((language) => [
    language,
    chooseVariant(variants, language, email.language),
  ])
  return insertCopies(tx, {
    ...{ campaign_id: email.id, version: email.live_version, lane: AUTOMATIC_EMAILS[key].lane },
    ...{ table, ids, address, in_reply_to, now },
    languages: Object.fromEntries(languages),
    default_language: email.language,
  })
}

/** The same to one. `skipped` says why nothing leaves: 'switched_off', or what stands against their address. */
export async function queueAutomatic(
  tx: DbOrTx,
  {
    to,
    ...input
  }: Queueing & {
    to: { person_id: number } | { contact_id: number }
    address?: string | null
    in_reply_to?: string | null
  },
): Promise<{ delivery_id: number | null; skipped: string | null }> {
  const readers = 'person_id' in to ? { person_ids: [to.person_id] } : { contact_ids: [to.contact_id] }
  const [copy] = await queueAutomaticToAll(tx, { ...input, to: readers })
  return copy ?? { delivery_id: null, skipped: 'switched_off' }
}
