import { setTimeout as wait } from 'node:timers/promises'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { TileRunner } from '../solve/index.ts'
import { type Cycle, findQuestion, insertCycle, listAnswers, listLostTiles, listOpenTiles } from './tile-queries.ts'

interface Running {
  run_id: number
  /** Aborted when the run is cancelled or its worker stops. */
  signal: AbortSignal
}

/** How soon it looks for the answers again: at first at once, since few people have few tiles. */
const FIRST_LOOK_MS = 10
const LAST_LOOK_MS = 500
/** A tile takes a second or two; its ring may wait behind those of all the others. */
const LOST_AFTER_SECONDS = 30

/**
 * The solver's questions, answered by any number of workers: each tile is a row of matching_tiles and a ring. Answers
 * that came before a crash still count. Rings that the queue has lost are rung again while the solver waits.
 */
export function openTileRunner({ db, ring }: { db: Db; ring: Ring }, { run_id, signal }: Running): TileRunner {
  return {
    async ask(cycle, question, tiles) {
      const at = { run_id, cycle }
      for (;;) {
        await ensureAsked(db, at, Buffer.from(question), tiles)
        await waitForAnswers(at)
        const answers = await listAnswers(db, at)
        // Fewer: a worker that was thought lost has asked its own question in the place of this one.
        if (answers.length === tiles) return answers
      }
    },
  }

  async function waitForAnswers(at: Cycle): Promise<void> {
    for (const tile of await listOpenTiles(db, at)) {
      signal.throwIfAborted()
      await ring('score-matching-tile', { ...at, tile })
    }
    for (let ms = FIRST_LOOK_MS; (await listOpenTiles(db, at)).length > 0; ms = Math.min(LAST_LOOK_MS, ms * 2)) {
      await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
      for (const tile of await listLostTiles(db, at, LOST_AFTER_SECONDS))
        await ring('score-matching-tile', { ...at, tile })
    }
    signal.throwIfAborted()
  }
}

/** The same question of before a crash keeps the answers it has got. */
async function ensureAsked(db: Db, at: Cycle, question: Buffer, tiles: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const asked = await findQuestion(tx, at)
    if (!asked?.equals(question)) await insertCycle(tx, at, { question, tiles })
  })
}
