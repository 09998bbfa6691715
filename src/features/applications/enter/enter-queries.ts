import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { FormApplication } from '../form/application-of.ts'

export interface ExistingApplication {
  id: number
  state: string
  submitted_at: Date
}

/** The application of a person in the round, locked until the transaction ends. */
export async function lockApplication(
  tx: DbOrTx,
  { round_id, person_id }: { round_id: number; person_id: number },
): Promise<ExistingApplication | undefined> {
  return tx
    .selectFrom('applications')
    .select(['id', 'state', 'submitted_at'])
    .where('round_id', '=', round_id)
    .where('person_id', '=', person_id)
    .forUpdate()
    .executeTakeFirst()
}

/** Whose application a form of this address would take the place of, and when that one was sent. */
export async function findReplaced(
  db: DbOrTx,
  { round_id, address, submitted_at }: { round_id: number; address: string; submitted_at: Date },
): Promise<{ name: string; submitted_at: Date } | undefined> {
  const { rows } = await sql<{ name: string; submitted_at: Date }>`
    select trim(p.given_name || ' ' || p.family_name) as name, a.submitted_at
    from addresses d join people p on p.id = d.person_id join applications a on a.person_id = p.id
    where d.address = ${address} and a.round_id = ${round_id} and a.state <> 'removed'
      and a.submitted_at <= ${submitted_at}`.execute(db)
  return rows[0]
}

/** What of a form stands in the table applications. */
export interface ApplicationValues extends Omit<FormApplication, 'given_name' | 'family_name' | 'language'> {
  submitted_at: Date
  code_of_conduct_id: number
  code_of_conduct_agreed_at: Date
}

const columnsOf = (values: ApplicationValues) => ({
  ...values,
  answers: JSON.stringify(values.answers),
  code_of_conduct_agreed: true,
})

export async function insertApplication(
  tx: DbOrTx,
  application: ApplicationValues & {
    round_id: number
    person_id: number
    state: 'applied' | 'waitlisted'
    now: Date
  },
): Promise<number> {
  const { round_id, person_id, state, now, ...values } = application
  const waitlisted_at = state === 'waitlisted' ? now : null
  const { id } = await tx
    .insertInto('applications')
    .values({ ...columnsOf(values), round_id, person_id, state, waitlisted_at, created_at: now, state_changed_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The state stays: a form sent again does not take back a confirmation. */
export async function updateApplication(tx: DbOrTx, id: number, values: ApplicationValues): Promise<void> {
  await tx.updateTable('applications').set(columnsOf(values)).where('id', '=', id).execute()
}
