import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

export const DECISION_KINDS = ['lock', 'ban'] as const
/** Keep two people together, or never pair them. */
export type DecisionKind = (typeof DECISION_KINDS)[number]

export interface DecisionRow {
  id: number
  round_id: number
  kind: DecisionKind
  first_person_id: number
  second_person_id: number
  note: string
  decided_by: string | null
  decided_at: Date
  lifted_at: Date | null
}

const COLUMNS = [
  'id',
  'round_id',
  'kind',
  'first_person_id',
  'second_person_id',
  'note',
  'decided_by',
  'decided_at',
  'lifted_at',
] as const

/** What stands for a round, the newest first. */
export async function listDecisionRows(db: DbOrTx, roundId: number): Promise<DecisionRow[]> {
  const rows = await db
    .selectFrom('matching_decisions')
    .select(COLUMNS)
    .where('round_id', '=', roundId)
    .where('lifted_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
  return rows as DecisionRow[]
}

export async function findDecision(db: DbOrTx, id: number): Promise<DecisionRow | undefined> {
  const row = await db.selectFrom('matching_decisions').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return row as DecisionRow | undefined
}

export async function insertDecision(
  tx: DbOrTx,
  values: Pick<DecisionRow, 'round_id' | 'kind' | 'first_person_id' | 'second_person_id' | 'note' | 'decided_by'>,
): Promise<DecisionRow> {
  const row = await tx.insertInto('matching_decisions').values(values).returning(COLUMNS).executeTakeFirstOrThrow()
  return row as DecisionRow
}

/** Lifted before, it stays as it was. */
export async function liftDecision(db: DbOrTx, id: number, by: string): Promise<void> {
  await db
    .updateTable('matching_decisions')
    .set({ lifted_at: sql`clock_timestamp()`, lifted_by: by })
    .where('id', '=', id)
    .where('lifted_at', 'is', null)
    .execute()
}

/** Until the transaction ends nobody else decides about a round's pairs, starts a run of it or approves one. */
export async function lockRoundMatching(tx: DbOrTx, roundId: number): Promise<void> {
  await tx.selectFrom('rounds').select('id').where('id', '=', roundId).forNoKeyUpdate().execute()
}

/** Of these people, those who have an application to the round. */
export async function listApplicants(db: DbOrTx, roundId: number, personIds: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectFrom('applications')
    .select('person_id')
    .where('round_id', '=', roundId)
    .where('person_id', 'in', personIds)
    .execute()
  return rows.map(({ person_id }) => person_id)
}
