import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'

/** A question of a run's solver, and the tiles that its answer is made of. */
export interface Cycle {
  run_id: number
  cycle: number
}

export async function findQuestion(db: DbOrTx, { run_id, cycle }: Cycle): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('matching_cycles')
    .select('question')
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .executeTakeFirst()
  return row?.question
}

/** In place of whatever was asked in this cycle and before it. */
export async function insertCycle(tx: DbOrTx, at: Cycle, { question, tiles }: { question: Buffer; tiles: number }) {
  await tx.deleteFrom('matching_cycles').where('run_id', '=', at.run_id).execute()
  await tx
    .insertInto('matching_cycles')
    .values({ ...at, question })
    .execute()
  await sql`
    insert into matching_tiles (run_id, cycle, tile)
    select ${at.run_id}, ${at.cycle}, tile from generate_series(0, ${tiles - 1}::int) tile`.execute(tx)
}

export async function listOpenTiles(db: Db, { run_id, cycle }: Cycle): Promise<number[]> {
  const rows = await db
    .selectFrom('matching_tiles')
    .select('tile')
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .where('answer', 'is', null)
    .orderBy('tile')
    .execute()
  return rows.map(({ tile }) => tile)
}

/** Open tiles that were rung for so long ago that their ring is taken for lost; they count as rung for now. */
export async function listLostTiles(db: Db, { run_id, cycle }: Cycle, afterSeconds: number): Promise<number[]> {
  const rows = await db
    .updateTable('matching_tiles')
    .set({ rung_at: sql`clock_timestamp()` })
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .where('answer', 'is', null)
    .where(sql<boolean>`rung_at < clock_timestamp() - make_interval(secs => ${afterSeconds})`)
    .returning('tile')
    .execute()
  return rows.map(({ tile }) => tile)
}

/** The answers in the order of the tiles. */
export async function listAnswers(db: Db, { run_id, cycle }: Cycle): Promise<Buffer[]> {
  const rows = await db
    .selectFrom('matching_tiles')
    .select('answer')
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .where('answer', 'is not', null)
    .orderBy('tile')
    .execute()
  return rows.map(({ answer }) => answer as Buffer)
}

export interface Tile extends Cycle {
  tile: number
}

/** Whether the tile still waits for its answer. */
export async function isTileOpen(db: Db, { run_id, cycle, tile }: Tile): Promise<boolean> {
  const row = await db
    .selectFrom('matching_tiles')
    .select('tile')
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .where('tile', '=', tile)
    .where('answer', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Answered twice, the first answer stays: it is the same. */
export async function recordAnswer(db: Db, { run_id, cycle, tile }: Tile, answer: Buffer): Promise<void> {
  await db
    .updateTable('matching_tiles')
    .set({ answer })
    .where('run_id', '=', run_id)
    .where('cycle', '=', cycle)
    .where('tile', '=', tile)
    .where('answer', 'is', null)
    .execute()
}
