import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { DeliveryState } from './delivery-queries.ts'

/** One person's copy of an email, as a list of people shows it. */
export interface DeliveryOfPerson {
  id: number
  person_id: number | null
  given_name: string | null
  family_name: string | null
  /** As it was when the audience was frozen. */
  address: string | null
  state: DeliveryState
  skipped_reason: string | null
  held_reason: string | null
  due_at: Date
  accepted_at: Date | null
  tries: number
  /** The last that the server said, and its code. */
  code: number | null
  words: string | null
}

const COLUMNS = sql`
  d.id, d.person_id, p.given_name, p.family_name, d.address, d.state, d.skipped_reason, d.held_reason, d.due_at,
  d.accepted_at, d.tries, t.code, t.words
  from deliveries d left join people p on p.id = d.person_id left join attempts t on t.id = d.attempt_id`

/** People of a campaign in some states, by id. @param input.after the id of the last one seen, 0 for none */
export async function listDeliveryPeople(
  db: DbOrTx,
  input: {
    campaign_id: number
    states: readonly DeliveryState[]
    skipped_reason?: string | undefined
    after: number
    limit: number
  },
): Promise<{ items: DeliveryOfPerson[]; next: number | null }> {
  const { states, skipped_reason, limit } = input
  // One state at a time is read in the order of the index; several are put together after that.
  const rows = await Promise.all(
    states.map(async (state) => {
      const found = await sql<DeliveryOfPerson>`
        select ${COLUMNS}
        where d.campaign_id = ${input.campaign_id} and d.state = ${state} and d.id > ${input.after} and not d.is_test
          ${skipped_reason === undefined ? sql`` : sql`and d.skipped_reason = ${skipped_reason}`}
        order by d.id limit ${limit + 1}`.execute(db)
      return found.rows
    }),
  )
  const all = rows.flat().sort((a, b) => a.id - b.id)
  const items = all.slice(0, limit)
  return { items, next: all.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** The test emails of a campaign, the newest first, at most ten. */
export async function listTests(db: DbOrTx, campaignId: number): Promise<DeliveryOfPerson[]> {
  const { rows } = await sql<DeliveryOfPerson>`
    select ${COLUMNS} where d.campaign_id = ${campaignId} and d.is_test order by d.id desc limit 10`.execute(db)
  return rows
}
