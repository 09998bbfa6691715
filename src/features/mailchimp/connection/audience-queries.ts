import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { FieldTags } from '../mirror/fields.ts'

/** The audience that the programme is mirrored to. */
export interface AudienceRow {
  list_id: string
  list_name: string
  account_name: string
  /** Our field → its merge tag. */
  fields: FieldTags
  /** Whoever has an application in one of these states is there. */
  states: string[]
  count_opens: boolean
  webhook_id: string | null
  connected_by: string
  connected_at: Date
  /** When somebody first had it synced; null: nothing of people is written there yet. */
  begun_at: Date | null
  /** When the last whole reading began that came to its end. */
  read_at: Date | null
  others_there: number | null
  trouble_words: string | null
  trouble_at: Date | null
}

const COLUMNS = sql`list_id, list_name, account_name, fields, states, count_opens, webhook_id, connected_by, connected_at,
  begun_at, read_at, others_there, trouble_words, trouble_at`

export async function findAudience(db: DbOrTx): Promise<AudienceRow | undefined> {
  return (await sql<AudienceRow>`select ${COLUMNS} from mailchimp_audience`.execute(db)).rows[0]
}

export type NewAudience = Pick<
  AudienceRow,
  | 'list_id'
  | 'list_name'
  | 'account_name'
  | 'fields'
  | 'states'
  | 'count_opens'
  | 'connected_by'
  | 'connected_at'
  | 'begun_at'
>

/** False when there is one already. */
export async function insertAudience(tx: DbOrTx, row: NewAudience): Promise<boolean> {
  const values = { ...row, fields: JSON.stringify(row.fields) }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('mailchimp_audience')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** From now on people are written there. */
export async function recordBegun(tx: DbOrTx, at: Date): Promise<void> {
  await sql`update mailchimp_audience set begun_at = ${at} where begun_at is null`.execute(tx)
}

export async function recordWebhook(db: DbOrTx, list_id: string, webhook_id: string | null): Promise<void> {
  await sql`update mailchimp_audience set webhook_id = ${webhook_id} where list_id = ${list_id}`.execute(db)
}

export async function updateAudience(
  tx: DbOrTx,
  change: { fields?: FieldTags; states?: readonly string[]; count_opens?: boolean },
): Promise<void> {
  const { fields, states, count_opens } = change
  await sql`
    update mailchimp_audience set
      fields = coalesce(${fields ? JSON.stringify(fields) : null}::jsonb, fields),
      states = coalesce(${states ?? null}::text[], states),
      count_opens = coalesce(${count_opens ?? null}::boolean, count_opens),
      -- everybody is to be decided anew
      read_at = case when ${states ?? null}::text[] is distinct from states then null else read_at end`.execute(tx)
}

/** Fields that mean something else from now on: what is known of them is not, until they were read again. */
export async function forgetFieldsThere(tx: DbOrTx): Promise<void> {
  await sql`update mailchimp_members set fields = '{}', agreed = '{}', digest = null`.execute(tx)
  await sql`update mailchimp_audience set read_at = null`.execute(tx)
}

/**
 * The reading that began then has come to its end, and with `is_synced` what followed from it was written. Nothing is noted
 * when another choice was made meanwhile: everybody is to be decided anew.
 */
export async function recordReading(
  db: DbOrTx,
  { list_id, states, fields }: Pick<AudienceRow, 'list_id' | 'states' | 'fields'>,
  { began_at, others_there, is_synced }: { began_at: Date; others_there: number; is_synced: boolean },
): Promise<void> {
  await sql`
    update mailchimp_audience set others_there = ${others_there},
      read_at = case when ${is_synced} then ${began_at}::timestamptz else read_at end
    where list_id = ${list_id} and states = ${states}::text[] and fields = ${JSON.stringify(fields)}::jsonb`.execute(db)
}

/** Why the last work with it failed; null: all is well. */
export async function recordAudienceTrouble(
  db: DbOrTx,
  list_id: string,
  words: string | null,
  at: Date,
): Promise<void> {
  await sql`
    update mailchimp_audience set trouble_words = ${words},
      trouble_at = case when ${words}::text is null then null else ${at}::timestamptz end
    where list_id = ${list_id} and (${words}::text is not null or trouble_words is not null)`.execute(db)
}

/** What we know of the audience; what was handed over to it stays for its reports. */
export async function deleteAudience(tx: DbOrTx): Promise<void> {
  await sql`delete from mailchimp_audience`.execute(tx)
  await sql`delete from mailchimp_members`.execute(tx)
  await sql`delete from mailchimp_changes`.execute(tx)
  await sql`delete from mailchimp_clashes`.execute(tx)
  await sql`delete from mailchimp_events`.execute(tx)
}
