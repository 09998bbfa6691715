import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import { WAS_ASKED } from './standing-queries.ts'

/**
 * The figures of a round's confirmation, each the number of those whom its list shows. They overlap: somebody silent may
 * have bounced.
 */
export const GROUPS = [
  'to_ask',
  'asked',
  'confirmed',
  'declined',
  'silent',
  'lapsed',
  'bounced',
  'without_conduct',
  'in_inbox',
] as const
export type Group = (typeof GROUPS)[number]

/** What is said of each application; one expression for figure and list, so that they agree. */
const SEEN = (roundId: number) => sql`
  select a.person_id, a.state, a.state_changed_at, a.country_code, ${WAS_ASKED} as is_asked, a.code_of_conduct_agreed as agreed,
    exists (
      select from deliveries d join campaigns c on c.id = d.campaign_id
      where d.person_id = a.person_id and not d.is_test and c.round_id = a.round_id and c.kind in ('confirmation', 'reminder')
        and (d.state = 'rejected' or exists (
          select from delivery_events e where e.delivery_id = d.id and e.kind = 'bounce' and e.class is distinct from 'soft'))
    ) as did_bounce,
    exists (
      select from inbox_items i where i.person_id = a.person_id and i.state = 'open'
        and coalesce(i.round_id, a.round_id) = a.round_id
    ) as is_in_inbox
  from applications a where a.round_id = ${roundId}`

const TESTS: Record<Group, RawBuilder<boolean>> = {
  to_ask: sql<boolean>`state = 'applied' and not is_asked and agreed`,
  asked: sql<boolean>`is_asked`,
  confirmed: sql<boolean>`state = 'confirmed'`,
  declined: sql<boolean>`state = 'declined'`,
  silent: sql<boolean>`state = 'applied' and is_asked`,
  lapsed: sql<boolean>`state = 'lapsed'`,
  // Who has answered all the same was reached otherwise.
  bounced: sql<boolean>`did_bounce and state in ('applied', 'lapsed')`,
  without_conduct: sql<boolean>`not agreed and state in ('applied', 'waitlisted')`,
  in_inbox: sql<boolean>`is_in_inbox`,
}

export async function countGroups(db: DbOrTx, roundId: number): Promise<Record<Group, number>> {
  const columns = GROUPS.map((group) => sql`count(*) filter (where ${TESTS[group]}) as ${sql.ref(group)}`)
  const { rows } = await sql<Record<Group, number>>`
    select ${sql.join(columns)} from (${SEEN(roundId)}) seen`.execute(db)
  return rows[0] as Record<Group, number>
}

export interface GroupPerson {
  person_id: number
  given_name: string
  family_name: string
  address: string | null
  country_code: string
  state: string
  state_changed_at: Date
}

/** People of a figure by id. @param input.after the id of the last one seen, 0 for none */
export async function listGroup(
  db: DbOrTx,
  { round_id, group, after, limit }: { round_id: number; group: Group; after: number; limit: number },
): Promise<{ items: GroupPerson[]; next: number | null }> {
  const { rows } = await sql<GroupPerson>`
    select seen.person_id, p.given_name, p.family_name, own.address, seen.country_code, seen.state, seen.state_changed_at
    from (${SEEN(round_id)}) seen
    join people p on p.id = seen.person_id
    left join addresses own on own.person_id = p.id and own.is_primary
    where ${TESTS[group]} and seen.person_id > ${after}
    order by seen.person_id limit ${limit + 1}`.execute(db)
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.person_id ?? null) : null }
}

/** A request of a round, with what became of its copies. */
export interface RequestRow {
  campaign_id: number
  state: string
  starts_at: Date | null
  accepted: number
  /** Not decided yet by the mail server, or by a person. */
  under_way: number
}

/** The requests of a round that were scheduled, in their order. */
export async function listRequests(db: DbOrTx, roundId: number): Promise<RequestRow[]> {
  const { rows } = await sql<RequestRow>`
    select c.id as campaign_id, c.state, c.starts_at, counted.accepted, counted.under_way from campaigns c
    cross join lateral (
      select count(*) filter (where d.state = 'accepted') as accepted,
        count(*) filter (where d.state in ('queued', 'claimed', 'sending', 'deferred', 'held', 'uncertain')) as under_way
      from deliveries d where d.campaign_id = c.id and not d.is_test
    ) counted
    where c.round_id = ${roundId} and c.kind = 'confirmation' and c.frozen_at is not null and c.state <> 'cancelled'
    order by c.starts_at, c.id`.execute(db)
  return rows
}
