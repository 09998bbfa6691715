import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { FACTS, type FactsWanted } from '../engagement/facts-queries.ts'
import { type Behind, listBehind, type Page } from '../engagement/people-queries.ts'

/** What is counted of a receiving domain: emails, beside the people that they went to. */
export const MAIL_COUNTED = [
  'recipients',
  'accepted',
  'deferred',
  'rejected',
  'uncertain',
  'bounced_hard',
  'bounced_other',
  'complained',
] as const
export type MailCounted = (typeof MAIL_COUNTED)[number]

const TESTS: Record<MailCounted, RawBuilder<boolean>> = {
  recipients: sql`true`,
  accepted: sql`accepted`,
  deferred: sql`state = 'deferred'`,
  rejected: sql`rejected`,
  uncertain: sql`state = 'uncertain'`,
  bounced_hard: sql`bounced_hard`,
  bounced_other: sql`bounced and not bounced_hard`,
  complained: sql`complained`,
}

/** Keys of rows that are no domain: no domain has a tilde. */
export const OTHER_DOMAINS = '~other'
export const ALL_DOMAINS = '~total'

/** Fewer people than this are put together with others. */
export const FEWEST_PEOPLE = 5
/** So many domains stand for themselves. */
export const MOST_DOMAINS = 100

export type DomainRow = Record<MailCounted, number> & { key: string; people: number }

/** `mail`: a row for each email of the campaigns that was meant to leave, with the row of the report that it belongs to. */
const MAIL = (wanted: FactsWanted) => sql`
  facts as materialized (
    select person_id, contact_id, case when person_id is null then -contact_id else person_id end as reader, domain, state,
      accepted, rejected, bounced, bounced_hard, complained
    from (${FACTS(wanted)}) all_facts where state <> 'skipped'
  ), own_row as (
    select domain from (select domain, reader, count(*) as emails from facts where domain is not null group by domain, reader) met
    group by domain having count(*) >= ${FEWEST_PEOPLE} order by sum(emails) desc, domain collate "C" limit ${MOST_DOMAINS}
  ), mail as (
    select facts.*, coalesce(own_row.domain, ${OTHER_DOMAINS}) as key from facts left join own_row using (domain)
  )`

/** The largest first, then the others and all of them. */
export async function countDomains(db: DbOrTx, wanted: FactsWanted): Promise<DomainRow[]> {
  const counts = MAIL_COUNTED.map((counted) => sql`count(*) filter (where ${TESTS[counted]}) as ${sql.ref(counted)}`)
  const sums = MAIL_COUNTED.map((counted) => sql`sum(${sql.ref(counted)})::bigint as ${sql.ref(counted)}`)
  const { rows } = await sql<DomainRow>`
    with ${MAIL(wanted)},
    -- people are told apart over far fewer rows than there are emails
    by_reader as (select key, reader, ${sql.join(counts)} from mail group by key, reader)
    select coalesce(key, ${ALL_DOMAINS}) as key, count(distinct reader) as people, ${sql.join(sums)}
    from by_reader group by grouping sets ((key), ())
    order by key is null, key = ${OTHER_DOMAINS}, recipients desc, key collate "C"`.execute(db)
  return rows
}

/** The people behind a figure of a domain. @param wanted.column people are those of `recipients` */
export function listBehindDomain(
  db: DbOrTx,
  wanted: FactsWanted & Page & { row: string; column: MailCounted },
): Promise<Behind> {
  const { row, column } = wanted
  const own = sql`
    with ${MAIL(wanted)}
    select person_id, contact_id from mail where ${row === ALL_DOMAINS ? sql`true` : sql`key = ${row}`} and ${TESTS[column]}`
  return listBehind(db, own, wanted)
}
