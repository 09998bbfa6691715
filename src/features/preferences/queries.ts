import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

/** The person behind a link with what they decided so far. Neither address nor family name: a link may be passed on. */
export interface ReaderRow {
  delivery_id: number
  /** Null for a test email of an empty round. */
  person_id: number | null
  is_test: boolean
  given_name: string
  language: string
  time_zone: string | null
  country_code: string
  topics_stopped: boolean
  news_stopped: boolean
  everything_stopped: boolean
  /** The end of a pause that has not ended. */
  paused_until: Date | null
  /** A bounce, a complaint, or a decision of staff stands against an address of theirs. */
  held_otherwise: boolean
}

/** Undefined when there is nobody to mail behind the delivery any more. */
export async function findReader(db: DbOrTx, deliveryId: number, now: Date): Promise<ReaderRow | undefined> {
  const { rows } = await sql<ReaderRow>`
    select d.id as delivery_id, d.person_id, d.is_test, coalesce(p.given_name, '') as given_name,
      case when p.id is null or d.is_test then d.language else p.language end as language,
      p.time_zone, coalesce(p.country_code, '') as country_code,
      standing.topics_stopped, standing.news_stopped, standing.everything_stopped,
      standing.paused_until, standing.held_otherwise
    from deliveries d
    left join people p on p.id = d.person_id
    cross join lateral (
      select coalesce(bool_or(s.reason = 'unsubscribed' and s.scope = 'campaigns'), false) as topics_stopped,
        coalesce(bool_or(s.reason = 'unsubscribed' and s.scope = 'news'), false) as news_stopped,
        coalesce(bool_or(s.reason = 'unsubscribed' and s.scope = 'all'), false) as everything_stopped,
        max(s.ends_at) filter (where s.reason = 'paused' and s.ends_at > ${now}) as paused_until,
        coalesce(bool_or(s.reason not in ('unsubscribed', 'paused')), false) as held_otherwise
      from addresses a join suppressions s on s.address = a.address and s.lifted_at is null
      where a.person_id = d.person_id and not d.is_test
    ) standing
    where d.id = ${deliveryId}
      and (d.is_test or (p.erased_at is null and exists (select from addresses a where a.person_id = d.person_id)))`.execute(
    db,
  )
  return rows[0]
}

/** The round that an email is about. */
export async function findRoundOfDelivery(db: DbOrTx, deliveryId: number) {
  const { rows } = await sql<{ code: string; name: string }>`
    select r.code, r.name from deliveries d join campaigns c on c.id = d.campaign_id join rounds r on r.id = c.round_id
    where d.id = ${deliveryId}`.execute(db)
  return rows[0]
}

export interface ChangeValues {
  given_name?: string
  family_name?: string
  language?: string
  time_zone?: string | null
}

/** What the reader's own form may change, locked until the transaction ends. */
export function getChangeable(tx: DbOrTx, personId: number): Promise<Required<ChangeValues>> {
  return tx
    .selectFrom('people')
    .select(['given_name', 'family_name', 'language', 'time_zone'])
    .where('id', '=', personId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

export async function insertPreferenceChange(
  tx: DbOrTx,
  change: { person_id: number; delivery_id: number; before: ChangeValues; after: ChangeValues; changed_at: Date },
): Promise<void> {
  const { before, after } = change
  await tx
    .insertInto('preference_changes')
    .values({ ...change, before: JSON.stringify(before), after: JSON.stringify(after) })
    .execute()
}

export interface PreferenceChange {
  delivery_id: number
  changed_at: Date
  before: ChangeValues
  after: ChangeValues
}

const MOST_CHANGES = 200

/** What a person's own links changed, the newest first. */
export async function listPreferenceChanges(db: Db, personId: number): Promise<PreferenceChange[]> {
  const rows = await db
    .selectFrom('preference_changes')
    .select(['delivery_id', 'changed_at', 'before', 'after'])
    .where('person_id', '=', personId)
    .orderBy('id', 'desc')
    .limit(MOST_CHANGES)
    .execute()
  return rows as PreferenceChange[]
}
