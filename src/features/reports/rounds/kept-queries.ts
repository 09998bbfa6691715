import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Spells REPT. */
const REPORT_LOCK = 0x52455054

/** Until the transaction ends nobody else counts this round: a second reader waits and finds it counted. */
export async function lockFigures(tx: DbOrTx, roundId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(${REPORT_LOCK}, ${roundId}::int)`.execute(tx)
}

/** Whether the round is there, and stays until the transaction ends. */
export async function holdRound(tx: DbOrTx, roundId: number): Promise<boolean> {
  const { rows } = await sql`select from rounds where id = ${roundId} for key share`.execute(tx)
  return rows.length > 0
}

/** Rounds of which something has changed since their figures were kept; also such as are there no more. */
export async function listChangedRounds(db: DbOrTx): Promise<number[]> {
  const { rows } = await sql<{ round_id: number }>`
    select distinct round_id from report_changes where round_id is not null order by round_id`.execute(db)
  return rows.map(({ round_id }) => round_id)
}

/** Figures as they are kept, and whether something has changed since. One statement: both are of one moment. */
export async function readKept(db: DbOrTx, roundIds: readonly number[]) {
  const { rows } = await sql<{ round_id: number; figures: unknown; is_changed: boolean }>`
    select f.round_id, f.figures, exists (select from report_changes c where c.round_id = f.round_id) as is_changed
    from round_figures f where f.round_id = any(${roundIds}::bigint[])`.execute(db)
  return rows
}

/**
 * Takes the changes that are there now, before the figures are counted: what is committed meanwhile leaves a row behind,
 * whether the count has seen it or not. Returns how many.
 */
export async function takeChanges(tx: DbOrTx, roundId: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from report_changes where round_id = ${roundId}`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export async function addChanges(tx: DbOrTx, roundIds: readonly number[]): Promise<void> {
  await sql`insert into report_changes (round_id) select unnest(${roundIds}::bigint[])`.execute(tx)
}

export async function keepFigures(tx: DbOrTx, input: { round_id: number; figures: object; now: Date }): Promise<void> {
  const { round_id, figures, now } = input
  await sql`
    insert into round_figures (round_id, figures, computed_at) values (${round_id}, ${JSON.stringify(figures)}::jsonb, ${now})
    on conflict (round_id) do update set figures = excluded.figures, computed_at = excluded.computed_at`.execute(tx)
}
