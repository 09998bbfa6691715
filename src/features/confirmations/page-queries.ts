import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import { type StandingRow, selectStanding } from './standing-queries.ts'

/** Whom an email went to, and about which round. */
export interface LinkRow {
  delivery_id: number
  round_id: number
  round_name: string
  confirm_by: string | null
  is_test: boolean
  person_id: number | null
  /** The reader's own language; of a test email that of the email. */
  language: string
}

/** Undefined when the email is gone or is about no round. */
export async function findLink(db: DbOrTx, deliveryId: number): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`
    select d.id as delivery_id, r.id as round_id, r.name as round_name, r.confirm_by, d.is_test, d.person_id,
      case when d.is_test or p.id is null then d.language else p.language end as language
    from deliveries d join campaigns c on c.id = d.campaign_id join rounds r on r.id = c.round_id
    left join people p on p.id = d.person_id
    where d.id = ${deliveryId}`.execute(db)
  return rows[0]
}

/** Undefined when they have no application in the round, or were erased. */
export async function findStanding(
  db: DbOrTx,
  { round_id, person_id }: { round_id: number; person_id: number },
): Promise<StandingRow | undefined> {
  const where = sql`a.round_id = ${round_id} and a.person_id = ${person_id} and p.erased_at is null`
  return (await selectStanding(where).execute(db)).rows[0]
}
