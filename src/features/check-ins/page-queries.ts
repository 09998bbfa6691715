import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { CheckInAnswer } from './rules.ts'

/** Whom an email went to, and about which round. */
export interface LinkRow {
  delivery_id: number
  person_id: number | null
  round_id: number
  round_code: string
  round_name: string
  is_test: boolean
  /** The reader's own language; of a test email that of the email. */
  language: string
}

/** Undefined when the email is gone, is about no round, or its reader was forgotten. */
export async function findLink(db: DbOrTx, deliveryId: number): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`
    select d.id as delivery_id, d.person_id, r.id as round_id, r.code as round_code, r.name as round_name, d.is_test,
      case when d.is_test then d.language else p.language end as language
    from deliveries d join campaigns c on c.id = d.campaign_id join rounds r on r.id = c.round_id
    left join people p on p.id = d.person_id
    where d.id = ${deliveryId} and (d.is_test or (p.id is not null and p.erased_at is null))`.execute(db)
  return rows[0]
}

/** One partnership of the reader that stands. Of the others their names only: never what they answered. */
export interface OwnPartnership {
  id: number
  /** Without a name: they were forgotten. */
  partners: { given_name: string; country_code: string }[]
  /** The reader's own last answer. */
  answer: CheckInAnswer | null
  said_at: Date | null
}

/** By id: introduced, not ended, and the reader has neither left the round nor was removed from it. */
export async function listOwnPartnerships(
  db: DbOrTx,
  { round_id, person_id }: { round_id: number; person_id: number },
): Promise<OwnPartnership[]> {
  const { rows } = await sql<OwnPartnership>`
    select s.id, last.answer, last.said_at, (
      select coalesce(jsonb_agg(jsonb_build_object(
        'given_name', case when p.erased_at is null then p.given_name else '' end, 'country_code', p.country_code) order by p.id), '[]')
      from partnership_members o join people p on p.id = o.person_id
      where o.partnership_id = s.id and o.person_id <> ${person_id}) as partners
    from partnership_members m join partnerships s on s.id = m.partnership_id
    left join lateral (
      select c.answer, c.said_at from check_in_answers c
      where c.partnership_id = s.id and c.person_id = m.person_id order by c.id desc limit 1
    ) last on true
    where m.person_id = ${person_id} and s.round_id = ${round_id} and s.introduced_at is not null and s.ended_at is null
      and not exists (select from applications a where a.person_id = m.person_id and a.round_id = s.round_id
        and a.state in ('withdrawn', 'removed'))
    order by s.id`.execute(db)
  return rows
}
