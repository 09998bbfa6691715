import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MatchingResult } from '../solve/index.ts'
import type { UnmatchedReason } from './run-queries.ts'

/** A proposal as it is written; `id` only where it had one before. */
export interface ProposalValues {
  id: number
  /** Basis points. */
  score: number
  by_hand: boolean
  special_request: boolean
  reasons: string[]
  introduction: string
  members: { person_id: number; role: 'mentor' | 'protege' | null }[]
}

export interface UnmatchedValues {
  person_id: number
  reason: UnmatchedReason
  possible_partners: number
}

/** Rows of one statement: a parameter of JSON stays small. */
const ROWS_A_STATEMENT = 5000

/** Ids for so many proposals to be. */
export async function takeProposalIds(tx: DbOrTx, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('proposals', 'id')) as id from generate_series(1, ${count}::int)`.execute(tx)
  return rows.map(({ id }) => id)
}

export async function insertProposals(tx: DbOrTx, runId: number, proposals: readonly ProposalValues[]): Promise<void> {
  for (let at = 0; at < proposals.length; at += ROWS_A_STATEMENT) {
    const some = JSON.stringify(proposals.slice(at, at + ROWS_A_STATEMENT))
    await sql`
      insert into proposals (id, run_id, score, by_hand, special_request, reasons, introduction)
      overriding system value
      select id, ${runId}, score, by_hand, special_request, reasons, introduction
      from jsonb_to_recordset(${some}::jsonb)
        as row (id bigint, score integer, by_hand boolean, special_request boolean, reasons jsonb, introduction text)`.execute(
      tx,
    )
    await sql`
      insert into proposal_members (run_id, proposal_id, person_id, role)
      select ${runId}, row.id, member.person_id, member.role
      from jsonb_to_recordset(${some}::jsonb) as row (id bigint, members jsonb),
        jsonb_to_recordset(row.members) as member (person_id bigint, role text)`.execute(tx)
  }
}

export async function insertUnmatched(tx: DbOrTx, runId: number, people: readonly UnmatchedValues[]): Promise<void> {
  for (let at = 0; at < people.length; at += ROWS_A_STATEMENT)
    await sql`
      insert into unmatched_people (run_id, person_id, reason, possible_partners)
      select ${runId}, person_id, reason, possible_partners
      from jsonb_to_recordset(${JSON.stringify(people.slice(at, at + ROWS_A_STATEMENT))}::jsonb)
        as row (person_id bigint, reason text, possible_partners integer)`.execute(tx)
}

/** The figures, and with them the run's end. */
export async function recordRunEnd(tx: DbOrTx, runId: number, result: MatchingResult): Promise<void> {
  const { cardinality, total_score, worst_score, objective, dual_value, gap, proven_optimal, bound } = result
  await tx
    .updateTable('matching_runs')
    .set({
      ...{ cardinality, total_score, worst_score, objective, dual_value, gap, proven_optimal, bound },
      greedy: JSON.stringify(result.greedy),
      rounds: JSON.stringify(result.rounds),
      timings: JSON.stringify(result.timings),
      barrier: result.barrier && JSON.stringify(result.barrier),
      finished_at: sql`clock_timestamp()`,
    })
    .where('id', '=', runId)
    .execute()
}
