import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Those of these people who have a partnership in the round that stands, at most ten. */
export async function listPeopleWithPartners(tx: DbOrTx, roundId: number, personIds: readonly number[]) {
  const { rows } = await sql<{ given_name: string; family_name: string }>`
    select p.given_name, p.family_name from people p
    where p.id = any(${personIds}::bigint[]) and exists (
      select from partnership_members m join partnerships s on s.id = m.partnership_id
      where m.person_id = p.id and s.round_id = ${roundId} and s.ended_at is null)
    order by p.id limit 10`.execute(tx)
  return rows
}

/** Ids for partnerships to come, in order: they name one another before they are there. */
export async function takePartnershipIds(tx: DbOrTx, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('partnerships', 'id')) as id from generate_series(1, ${count}::int)`.execute(
    tx,
  )
  return rows.map(({ id }) => Number(id)).sort((a, b) => a - b)
}

export async function insertPartnerships(
  tx: DbOrTx,
  input: {
    round_id: number
    run_id: number | null
    now: Date
    rows: readonly {
      id: number
      person_ids: number[]
      score: number
      reasons: string
      introduced_with: number | null
    }[]
  },
): Promise<void> {
  const rows = JSON.stringify(input.rows)
  await sql`
    insert into partnerships (id, round_id, run_id, score, reasons, introduced_with, created_at) overriding system value
    select id, ${input.round_id}, ${input.run_id}::bigint, score, reasons, introduced_with, ${input.now}
    from jsonb_to_recordset(${rows}::jsonb) as e(id bigint, score int, reasons text, introduced_with bigint)`.execute(
    tx,
  )
  await sql`
    insert into partnership_members (partnership_id, person_id)
    select e.id, person_id
    from jsonb_to_recordset(${rows}::jsonb) as e(id bigint, person_ids bigint[]), unnest(person_ids) as person_id`.execute(
    tx,
  )
  // Milliseconds here; without it an introduction is planned as if the tables were empty, which costs half a minute.
  await sql`analyze partnerships, partnership_members`.execute(tx)
}
