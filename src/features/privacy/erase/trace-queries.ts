import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Where something personal about some people is: rows by their ids, and the words that name them. */
export interface Traces {
  person_ids: number[]
  application_ids: number[]
  /** Copies that went to them, not test emails, which go to staff. */
  delivery_ids: number[]
  /** Mail that came from them or about mail to them. */
  incoming_ids: number[]
  /** What they were before they were people of ours. */
  contact_ids: number[]
  partnership_ids: number[]
  /** Matching runs of their rounds. */
  run_ids: number[]
  /** In lower case; those that they had before too. */
  addresses: string[]
  names: { given_name: string; family_name: string }[]
}

/** What we hold of these people, found by whatever leads to them. */
export async function findTraces(db: DbOrTx, personIds: readonly number[]): Promise<Traces> {
  const { rows } = await sql<Traces>`
    with who as (
      select id from unnest(${personIds}::bigint[]) as id
    ), forms as (
      select a.id, a.round_id from applications a join who on who.id = a.person_id
    ), own_addresses as (
      select a.address from addresses a join who on who.id = a.person_id
    ), known as (
      select distinct o.id from contacts o
      where o.address in (select address from own_addresses)
        or o.id in (select f.contact_id from application_drafts f where f.application_id in (select id from forms))
    ), copies as (
      select d.id, lower(d.address) as address from deliveries d join who on who.id = d.person_id where not d.is_test
      union all
      select d.id, lower(d.address) from deliveries d join known on known.id = d.contact_id where not d.is_test
    ), all_addresses as (
      select address from own_addresses
      union select address from copies where address is not null
      union select lower(t.address) from attempts t join copies on copies.id = t.delivery_id where t.address <> ''
      union select lower(c.after ->> 'address') from import_changes c join who on c.after ->> 'person_id' = who.id::text
        where c.table_name = 'addresses'
    ), letters as (
      select m.id from incoming_messages m join who on who.id = m.person_id
      union select m.id from incoming_messages m join copies on copies.id = m.delivery_id
      union select m.id from incoming_messages m
        where lower(m.from_address) in (select address from all_addresses)
          or lower(m.mail_from) in (select address from all_addresses)
    )
    select array(select id from who order by id) as person_ids,
      array(select id from forms order by id) as application_ids,
      array(select id from copies order by id) as delivery_ids,
      array(select id from letters order by id) as incoming_ids,
      array(select id from known order by id) as contact_ids,
      array(select distinct m.partnership_id from partnership_members m join who on who.id = m.person_id order by 1) as partnership_ids,
      array(select r.id from matching_runs r where r.round_id in (select round_id from forms) order by r.id) as run_ids,
      array(select distinct address from all_addresses where address <> '' order by 1) as addresses,
      (select coalesce(jsonb_agg(jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name)), '[]')
        from people p join who on who.id = p.id where p.erased_at is null) as names`.execute(db)
  const found = rows[0] as Traces
  const numbers = (ids: readonly (number | string)[]) => ids.map(Number)
  return {
    ...found,
    person_ids: numbers(found.person_ids),
    application_ids: numbers(found.application_ids),
    delivery_ids: numbers(found.delivery_ids),
    incoming_ids: numbers(found.incoming_ids),
    contact_ids: numbers(found.contact_ids),
    partnership_ids: numbers(found.partnership_ids),
    run_ids: numbers(found.run_ids),
  }
}
