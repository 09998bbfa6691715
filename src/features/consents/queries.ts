import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { Purpose } from './purposes.ts'

export interface ConsentRow {
  id: number
  purpose: Purpose
  given: boolean
  at: Date
  /** What the person read when they decided. */
  wording: string
  language: string
  source: 'form' | 'link' | 'email' | 'staff' | 'import' | 'mailchimp'
  delivery_id: number | null
  recorded_by: string | null
}

const COLUMNS = sql`id, purpose, given, at, wording, language, source, delivery_id, recorded_by`

/** The last decision of each purpose, where there is one. */
export async function listLastConsents(db: DbOrTx, personId: number): Promise<ConsentRow[]> {
  const { rows } = await sql<ConsentRow>`
    select distinct on (purpose) ${COLUMNS} from consents where person_id = ${personId}
    order by purpose, id desc`.execute(db)
  return rows
}

const MOST_CONSENTS = 200

/** The newest first; the oldest of very many are left out. */
export async function listConsentRows(db: DbOrTx, personId: number): Promise<ConsentRow[]> {
  const { rows } = await sql<ConsentRow>`
    select ${COLUMNS} from consents where person_id = ${personId} order by id desc limit ${MOST_CONSENTS}`.execute(db)
  return rows
}

export async function hasPerson(db: DbOrTx, personId: number): Promise<boolean> {
  const { rows } = await sql`select from people where id = ${personId}`.execute(db)
  return rows.length > 0
}

/** Until the transaction ends nobody else decides for the person. False when there is none, or they were erased. */
export async function lockPerson(tx: DbOrTx, personId: number): Promise<boolean> {
  const { rows } = await sql`
    select from people where id = ${personId} and erased_at is null for no key update`.execute(tx)
  return rows.length > 0
}

export async function insertConsent(tx: DbOrTx, row: Omit<ConsentRow, 'id'> & { person_id: number }): Promise<void> {
  await tx.insertInto('consents').values(row).execute()
}

/** Stops mail of a scope to every address of the person; what stands already stays. */
export async function stopMail(
  tx: DbOrTx,
  { person_id, scope, source }: { person_id: number; scope: string; source: string },
): Promise<void> {
  await sql`
    insert into suppressions (address, scope, reason, source)
    select address, ${scope}, 'unsubscribed', ${source} from addresses where person_id = ${person_id}
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(tx)
}

/** Takes back what the person stopped themselves; a bounce, a complaint or a stop by staff stays. */
export async function letMailGo(tx: DbOrTx, { person_id, scope }: { person_id: number; scope: string }): Promise<void> {
  await sql`
    update suppressions set lifted_at = clock_timestamp()
    where address in (select address from addresses where person_id = ${person_id})
      and scope = ${scope} and reason = 'unsubscribed' and lifted_at is null`.execute(tx)
}
