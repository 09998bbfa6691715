import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { AutomaticKey } from './catalog.ts'

/** An automatic email of a round: a campaign that stays open. */
export interface AutomaticRow {
  id: number
  live_version: number
  language: string
  switched_off_at: Date | null
}

export async function findAutomatic(
  db: DbOrTx,
  { round_id, key }: { round_id: number; key: AutomaticKey },
): Promise<AutomaticRow | undefined> {
  const row = await db
    .selectFrom('campaigns')
    .select(['id', 'live_version', 'language', 'switched_off_at'])
    .where('round_id', '=', round_id)
    .where('automatic_key', '=', key)
    .executeTakeFirst()
  return row as AutomaticRow | undefined
}

/** The one of the last round before this one that has it. */
export async function findEarlierAutomatic(
  db: DbOrTx,
  { round_id, key }: { round_id: number; key: AutomaticKey },
): Promise<{ id: number; live_version: number } | undefined> {
  const { rows } = await sql<{ id: number; live_version: number }>`
    select c.id, c.live_version from campaigns c where c.automatic_key = ${key} and c.round_id <> ${round_id}
    order by c.id desc limit 1`.execute(db)
  return rows[0]
}

/** Of two who make it at once one does: undefined for the other. */
export async function insertAutomatic(
  tx: DbOrTx,
  row: {
    round_id: number
    key: AutomaticKey
    lane: string
    language: string
    from_name: string | null
    fallbacks: Record<string, string>
    now: Date
  },
): Promise<number | undefined> {
  const { key, fallbacks, now, ...values } = row
  const made = await tx
    .insertInto('campaigns')
    .values({
      ...values,
      ...{ kind: 'automatic', automatic_key: key, state: 'sending', version: 1, live_version: 1, web_copy: false },
      ...{ fallbacks: JSON.stringify(fallbacks), started_at: now, starts_at: now, created_at: now, updated_at: now },
    })
    .onConflict((conflict) =>
      conflict.columns(['round_id', 'automatic_key']).where('automatic_key', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return made?.id
}

export async function copyVersion(
  tx: DbOrTx,
  input: { from: number; version: number; to: number; now: Date },
): Promise<void> {
  await sql`insert into campaign_variants (campaign_id, version, language, subject, preheader, body_markdown, extras, compiled, written_by, created_at)
    select ${input.to}, 1, language, subject, preheader, body_markdown, extras, compiled, written_by, ${input.now}
    from campaign_variants where campaign_id = ${input.from} and version = ${input.version}`.execute(tx)
}

/** The languages of its text that goes out. */
export async function listLiveLanguages(db: DbOrTx, { id, live_version }: Pick<AutomaticRow, 'id' | 'live_version'>) {
  const rows = await db
    .selectFrom('campaign_variants')
    .select('language')
    .where('campaign_id', '=', id)
    .where('version', '=', live_version)
    .execute()
  return rows.map(({ language }) => language)
}

/** The languages in which people, or contacts, read. */
export async function listReaderLanguages(
  db: DbOrTx,
  { table, ids }: { table: 'people' | 'contacts'; ids: readonly number[] },
): Promise<string[]> {
  const { rows } = await sql<{ language: string }>`
    select distinct language from ${sql.table(table)} where id = any(${ids}::bigint[])`.execute(db)
  return rows.map(({ language }) => language)
}

/**
 * A copy for each of them, once more for whoever had it before; left out with a reason where there is no address or it
 * must not be mailed. In the order of ids, so that two at once wait for one another in one order.
 */
export async function insertCopies(
  tx: DbOrTx,
  input: {
    campaign_id: number
    version: number
    lane: string
    table: 'people' | 'contacts'
    ids: readonly number[]
    /** The variant for each language that readers read. */
    languages: Record<string, string>
    default_language: string
    address: string | null
    in_reply_to: string | null
    now: Date
  },
): Promise<{ delivery_id: number; reader_id: number; skipped: string | null }[]> {
  const column = input.table === 'people' ? sql.ref('person_id') : sql.ref('contact_id')
  const address =
    input.table === 'people'
      ? sql`(select a.address from addresses a where a.person_id = reader.id and a.is_primary)`
      : sql`reader.address`
  const { rows } = await sql<{ delivery_id: number; reader_id: number; skipped: string | null }>`
    with readers as (
      select reader.id, reader.language, coalesce(${input.address}, ${address}) as address
      from ${sql.table(input.table)} reader where reader.id = any(${input.ids}::bigint[])
    ), looked as (
      select readers.*, case when readers.address is null then 'no_address' else (
        select case when s.reason = 'manual' then 'suppressed' else s.reason end from suppressions s
        where s.address = readers.address and s.lifted_at is null and (s.scope = 'all' or (${input.lane} = 'campaign' and s.scope = 'campaigns'))
        order by s.scope, s.created_at limit 1) end as skipped
      from readers
    )
    insert into deliveries
      (campaign_id, ${column}, occasion, lane, state, skipped_reason, address, domain, language, version, due_at, in_reply_to)
    select ${input.campaign_id}, looked.id,
      (select coalesce(max(d.occasion) + 1, 0) from deliveries d
        where d.campaign_id = ${input.campaign_id} and d.${column} = looked.id and not d.is_test),
      ${input.lane}, case when skipped is null then 'queued' else 'skipped' end, skipped, address,
      lower(split_part(address, '@', 2)), coalesce(${JSON.stringify(input.languages)}::jsonb ->> looked.language, ${input.default_language}),
      ${input.version}, ${input.now}, ${input.in_reply_to}
    from looked order by looked.id
    returning id as delivery_id, ${column} as reader_id, skipped_reason as skipped`.execute(tx)
  return rows
}

export interface ListedAutomatic {
  key: string
  campaign_id: number
  version: number
  live_version: number
  switched_off_at: Date | null
  subject: string
  /** Copies by state. */
  counts: Record<string, number>
  last_at: Date | null
}

export async function listAutomaticRows(db: DbOrTx, roundId: number): Promise<ListedAutomatic[]> {
  const { rows } = await sql<ListedAutomatic>`
    select c.automatic_key as key, c.id as campaign_id, c.version, c.live_version, c.switched_off_at,
      coalesce(v.subject, '') as subject, coalesce(counted.counts, '{}') as counts, counted.last_at
    from campaigns c
    left join campaign_variants v on v.campaign_id = c.id and v.version = c.live_version and v.language = c.language
    left join lateral (
      select jsonb_object_agg(state, count) as counts, max(last_at) as last_at from (
        select state, count(*) as count, max(accepted_at) as last_at from deliveries
        where campaign_id = c.id and not is_test group by state) by_state
    ) counted on true
    where c.round_id = ${roundId} and c.automatic_key is not null`.execute(db)
  return rows
}

/** Its row, locked until the transaction ends. */
export async function lockAutomatic(tx: DbOrTx, campaignId: number) {
  const { rows } = await sql<{ version: number; live_version: number; automatic_key: string }>`
    select version, live_version, automatic_key from campaigns
    where id = ${campaignId} and automatic_key is not null for no key update`.execute(tx)
  return rows[0]
}

export async function recordLiveVersion(
  tx: DbOrTx,
  { campaign_id, version, now }: { campaign_id: number; version: number; now: Date },
): Promise<void> {
  await tx
    .updateTable('campaigns')
    .set({ live_version: version, updated_at: now })
    .where('id', '=', campaign_id)
    .execute()
}

/** @param at null: it is on again */
export async function recordSwitch(
  tx: DbOrTx,
  { campaign_id, at, now }: { campaign_id: number; at: Date | null; now: Date },
): Promise<void> {
  await tx
    .updateTable('campaigns')
    .set({ switched_off_at: at, updated_at: now })
    .where('id', '=', campaign_id)
    .execute()
}
