import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Why they were proposed and what staff noted; for `person_ids` null, of everybody in these runs. */
export async function eraseProposalTexts(
  tx: DbOrTx,
  { run_ids, person_ids }: { run_ids: readonly number[]; person_ids: readonly number[] | null },
): Promise<void> {
  const theirs =
    person_ids === null
      ? sql`true`
      : sql`exists (
          select from proposal_members m where m.proposal_id = p.id and m.person_id = any(${person_ids}::bigint[]))`
  await sql`
    update proposals p set reasons = '[]', introduction = ''
    where p.run_id = any(${run_ids}::bigint[]) and (p.reasons <> '[]' or p.introduction <> '') and ${theirs}`.execute(
    tx,
  )
}

export async function eraseDecisionNotes(
  tx: DbOrTx,
  whose: { person_ids: readonly number[] } | { round_id: number },
): Promise<void> {
  const theirs =
    'round_id' in whose
      ? sql`round_id = ${whose.round_id}`
      : sql`(first_person_id = any(${whose.person_ids}::bigint[]) or second_person_id = any(${whose.person_ids}::bigint[]))`
  await sql`update matching_decisions set note = '' where note <> '' and ${theirs}`.execute(tx)
}

/** What a run was given, locked. */
export async function lockInput(tx: DbOrTx, runId: number): Promise<Buffer | undefined> {
  const { rows } = await sql<{ input: Buffer }>`select input from matching_runs where id = ${runId} for update`.execute(
    tx,
  )
  return rows[0]?.input
}

/** The digest stays that of what was given: it tells whether a run of the same data would be another. */
export async function recordInput(tx: DbOrTx, runId: number, input: Buffer): Promise<void> {
  await tx.updateTable('matching_runs').set({ input }).where('id', '=', runId).execute()
}

export interface EditRow {
  id: number
  did: string
  before: unknown
  after: unknown
}

export async function lockEdits(tx: DbOrTx, runIds: readonly number[]): Promise<EditRow[]> {
  const { rows } = await sql<EditRow>`
    select id, did, before, after from proposal_edits where run_id = any(${runIds}::bigint[]) order by id for update`.execute(
    tx,
  )
  return rows
}

export async function recordEdits(tx: DbOrTx, rows: readonly EditRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update proposal_edits e set did = new.did, before = new.before, after = new.after
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id bigint, did text, before jsonb, after jsonb)
    where e.id = new.id`.execute(tx)
}
