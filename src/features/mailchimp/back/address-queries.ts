import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

async function findOwner(tx: DbOrTx, address: string): Promise<number | undefined> {
  const { rows } = await sql<{ person_id: number }>`
    select person_id from addresses where address = ${address}`.execute(tx)
  return rows[0]?.person_id
}

export async function isPrimary(db: DbOrTx, { person_id, address }: { person_id: number; address: string }) {
  const { rows } = await sql`
    select from addresses where person_id = ${person_id} and address = ${address} and is_primary`.execute(db)
  return rows.length > 0
}

/**
 * One more address of the person; mail goes to it from now on, and the others stay known. What stands against the person
 * for their own wish or ours stands against it too. False when somebody else has it.
 */
export async function makePrimary(
  tx: DbOrTx,
  { person_id, address, source }: { person_id: number; address: string; source: string },
): Promise<boolean> {
  const added = await sql`
    insert into addresses (person_id, address, is_primary) values (${person_id}, ${address}, false)
    on conflict (address) do nothing`.execute(tx)
  if (added.numAffectedRows !== 1n && (await findOwner(tx, address)) !== person_id) return false
  await sql`insert into suppressions (address, scope, reason, source, ends_at)
    select distinct on (s.scope, s.reason) ${address}, s.scope, s.reason, ${source}, s.ends_at
    from suppressions s join addresses a on a.address = s.address
    where a.person_id = ${person_id} and s.lifted_at is null and s.reason <> 'hard_bounce'
    order by s.scope, s.reason, s.ends_at desc nulls first
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(tx)
  await sql`update addresses set is_primary = false
    where person_id = ${person_id} and is_primary and address <> ${address}`.execute(tx)
  await sql`update addresses set is_primary = true where person_id = ${person_id} and address = ${address}`.execute(tx)
  return true
}
