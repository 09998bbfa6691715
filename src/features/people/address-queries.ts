import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Whose address it is, with their name. */
export async function findOwner(tx: DbOrTx, address: string): Promise<{ id: number; name: string } | undefined> {
  const { rows } = await sql<{ id: number; name: string }>`
    select p.id, trim(p.given_name || ' ' || p.family_name) as name
    from addresses a join people p on p.id = a.person_id where a.address = ${address}`.execute(tx)
  return rows[0]
}

/** False when somebody has it meanwhile. What stands against the person for their own wish or ours stands against it too. */
export async function insertAddress(
  tx: DbOrTx,
  { person_id, address, source }: { person_id: number; address: string; source: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into addresses (person_id, address, is_primary)
    values (${person_id}, ${address}, not exists (select from addresses where person_id = ${person_id} and is_primary))
    on conflict (address) do nothing`.execute(tx)
  if (numAffectedRows !== 1n) return false
  await sql`insert into suppressions (address, scope, reason, source, ends_at)
    select distinct on (s.scope, s.reason) ${address}, s.scope, s.reason, ${source}, s.ends_at
    from suppressions s join addresses a on a.address = s.address
    where a.person_id = ${person_id} and s.lifted_at is null and s.reason <> 'hard_bounce'
    order by s.scope, s.reason, s.ends_at desc nulls first
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(tx)
  return true
}

/** The address that mail goes to from now on; the others stay known. */
export async function makePrimary(tx: DbOrTx, { person_id, address }: { person_id: number; address: string }) {
  await sql`update addresses set is_primary = false where person_id = ${person_id} and is_primary and address <> ${address}`.execute(
    tx,
  )
  await sql`update addresses set is_primary = true where person_id = ${person_id} and address = ${address}`.execute(tx)
}
