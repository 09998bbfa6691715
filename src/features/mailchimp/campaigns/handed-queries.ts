import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { KeptReport } from '../reports/report-queries.ts'

export type HandedState = 'making' | 'ready' | 'scheduled' | 'sending' | 'sent' | 'cancelled' | 'failed'

/** One language of a campaign at Mailchimp. */
export interface Handed {
  campaign_id: number
  language: string
  /** Of the campaign there and of its tag; made before either is, so that both are found again. */
  title: string
  mailchimp_id: string | null
  segment_id: number | null
  recipients: number
  state: HandedState
  send_at: Date | null
  sent_at: Date | null
  /** What stands in its way, or what happened to it there. */
  words: string | null
  /** Mailchimp's totals as it gave them last. */
  report: KeptReport | null
  report_at: Date | null
  look_at: Date | null
}

const COLUMNS = [
  ...(['campaign_id', 'language', 'title', 'mailchimp_id', 'segment_id', 'recipients', 'state'] as const),
  ...(['send_at', 'sent_at', 'words', 'report', 'report_at', 'look_at'] as const),
] as const

export async function listHanded(db: DbOrTx, campaign_id: number): Promise<Handed[]> {
  const rows = await db
    .selectFrom('mailchimp_campaigns')
    .select(COLUMNS)
    .where('campaign_id', '=', campaign_id)
    .orderBy('language')
    .execute()
  return rows as unknown as Handed[]
}

/** Rows for languages that have none yet. */
export async function insertHanded(
  db: DbOrTx,
  rows: readonly Pick<Handed, 'campaign_id' | 'language' | 'title' | 'send_at' | 'look_at'>[],
): Promise<void> {
  if (rows.length === 0) return
  await db
    .insertInto('mailchimp_campaigns')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export type HandedChange = Partial<
  Pick<Handed, 'mailchimp_id' | 'segment_id' | 'recipients' | 'state' | 'send_at' | 'sent_at' | 'words' | 'look_at'>
>

/** Notes what was taken there. */
export async function recordHanded(
  db: DbOrTx,
  { campaign_id, language }: Pick<Handed, 'campaign_id' | 'language'>,
  change: HandedChange,
): Promise<void> {
  await db
    .updateTable('mailchimp_campaigns')
    .set(change)
    .where('campaign_id', '=', campaign_id)
    .where('language', '=', language)
    .execute()
}

/** Back to the beginning, for those that failed. Returns how many. */
export async function recordAgain(tx: DbOrTx, campaign_id: number, { now, look_at }: { now: Date; look_at: Date }) {
  const { numAffectedRows } = await sql`update mailchimp_campaigns
    set state = 'making', words = null, send_at = greatest(send_at, ${now}), look_at = ${look_at}
    where campaign_id = ${campaign_id} and state = 'failed'`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/**
 * Campaigns that something is to be done about now: looked at, gone on with where the work was lost, taken back. What was
 * sent is the report's to look at.
 */
export async function listCampaignsToFollow(db: Db, { now, lost }: { now: Date; lost: Date }): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c
    where c.channel = 'mailchimp' and c.frozen_at is not null and c.state in ('scheduled', 'sending', 'cancelled') and (
      exists (
        select from mailchimp_campaigns m
        where m.campaign_id = c.id and (m.look_at <= ${now} or c.state = 'cancelled')
          and m.state in ('making', 'ready', 'scheduled', 'sending', 'failed'))
      or (c.state = 'cancelled' or c.frozen_at < ${lost}) and exists (
        select from deliveries d
        where d.campaign_id = c.id and d.state = 'held' and d.held_reason = 'mailchimp'
          and not exists (select from mailchimp_campaigns m where m.campaign_id = c.id and m.language = d.language)))
    order by c.id`.execute(db)
  return rows.map((row) => row.id)
}

/** The audience that campaigns go to. */
export async function findHandOverAudience(db: DbOrTx) {
  const query = db
    .selectFrom('mailchimp_audience')
    .select(['list_id', 'fields', 'count_opens', 'read_at', 'connected_at'])
  const row = await query.executeTakeFirst()
  return row && { ...row, fields: row.fields as Record<string, string> }
}

/**
 * Does the work while nobody else, in any process, does any for this campaign; the lock is the connection's, and ends with
 * its process. Undefined when somebody has it.
 */
export async function oneAtATime<Answer>(
  db: Db,
  campaign_id: number,
  work: () => Promise<Answer>,
): Promise<Answer | undefined> {
  return db.connection().execute(async (held) => {
    const key = sql`hashtext('pairpost-mailchimp-campaign'), ${campaign_id}::int`
    const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_lock(${key}) as held`.execute(held)
    if (!rows[0]?.held) return undefined
    try {
      return await work()
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(held)
    }
  })
}
