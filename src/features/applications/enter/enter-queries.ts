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
