import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { FACTS, type FactsWanted, wasBefore } from './facts-queries.ts'
import type { Counted } from './figures-queries.ts'

/** Which deliveries a figure counts; the same tests as those of the figures. */
const TESTS: Record<Counted, RawBuilder<boolean>> = {
  recipients: sql`state <> 'skipped'`,
  accepted: sql`accepted`,
  rejected: sql`rejected`,
  uncertain: sql`state = 'uncertain'`,
  skipped: sql`state = 'skipped'`,
  bounced: sql`bounced`,
  bounced_hard: sql`bounced_hard`,
  complained: sql`complained`,
  unsubscribed: sql`unsubscribed`,
  replied: sql`replied`,
  auto_replied: sql`auto_replied`,
  clicked: sql`clicked`,
  clicks: sql`clicks > 0`,
  machine_clicks: sql`machine_clicks > 0`,
  agreed: sql`agreed`,
  opened: sql`opened`,
  machine_opened: sql`machine_opened`,
}

export interface Behind {
  items: PersonBehind[]
  /** People behind the figure who are not named at all. */
  unnamed: number
}

export interface PersonBehind {
  person_id: number
  given_name: string
  family_name: string
  erased_at: Date | null
  country_code: string
}

export interface Page {
  /** Only people whose last word on individual tracking is yes are named. */
  needs_consent: boolean
  after: number
  limit: number
}

export function listBehindColumn(db: DbOrTx, wanted: FactsWanted & Page & { column: Counted }): Promise<Behind> {
  return listBehind(
    db,
    sql`select person_id, contact_id from (${FACTS(wanted)}) facts where ${TESTS[wanted.column]}`,
    wanted,
  )
}

/** People who clicked one link of a campaign. */
export function listBehindLink(db: DbOrTx, wanted: FactsWanted & Page & { link_key: string }): Promise<Behind> {
  const { link_key, before } = wanted
  const clicked = sql`
    select person_id, contact_id from (${FACTS(wanted)}) facts
    join delivery_hits h on h.delivery_id = facts.id and h.link_key = ${link_key}
    where facts.accepted and h.human > 0 and ${wasBefore(sql`h.first_at`, before)}`
  return listBehind(db, clicked, wanted)
}

/**
 * The people of some deliveries, by id. @param deliveries with person_id and contact_id: who is known by an address only
 * has no name here
 */
export async function listBehind(db: DbOrTx, deliveries: RawBuilder<unknown>, page: Page): Promise<Behind> {
  const { needs_consent, after, limit } = page
  const { rows } = await sql<PersonBehind & { unnamed: number }>`
    with behind as materialized (select distinct person_id, contact_id from (${deliveries}) d),
    named as (
      select p.id as person_id, p.given_name, p.family_name, p.erased_at, p.country_code
      from behind b join people p on p.id = b.person_id
      where ${needs_consent ? AGREES : sql`true`}
    ),
    page as (select * from named where person_id > ${after} order by person_id limit ${limit})
    select page.*, (select count(*) from behind) - (select count(*) from named) as unnamed
    from (select 1) once left join page on true order by page.person_id`.execute(db)
  return {
    items: rows.filter((row) => row.person_id !== null).map(({ unnamed: _, ...person }) => person),
    unnamed: rows[0]?.unnamed ?? 0,
  }
}

const AGREES = sql`p.erased_at is null and coalesce((
  select c.given from consents c where c.person_id = p.id and c.purpose = 'tracking' order by c.id desc limit 1), false)`
