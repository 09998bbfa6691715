import type { Db } from '../../platform/db/open.ts'
import { type NewMessage, recordMessages } from './queries.ts'

/** Stores messages in groups: what arrives while one insert runs goes into the next. */
export interface Writer {
  /** Resolves when the rows of one message are committed, all or none. */
  store(rows: NewMessage[]): Promise<void>
  /** Resolves when what was given so far is written, or has failed. */
  drain(): Promise<void>
}

interface Entry {
  rows: NewMessage[]
  bytes: number
  done(): void
  fail(error: unknown): void
}

const GROUP_MESSAGES = 100
const GROUP_BYTES = 8 * 1024 * 1024

export function createWriter({ db }: { db: Db }): Writer {
  const waiting: Entry[] = []
  let isRunning = false
  let run: Promise<void> = Promise.resolve()

  async function writeAll(): Promise<void> {
    isRunning = true
    while (waiting.length > 0) await write(db, takeGroup(waiting))
    isRunning = false
  }

  return {
    store: (rows) =>
      new Promise<void>((done, fail) => {
        const bytes = rows.reduce((sum, { raw }) => sum + raw.length, 0)
        waiting.push({ rows, bytes, done, fail })
        if (!isRunning) run = writeAll()
      }),
    drain: () => run,
  }
}

function takeGroup(waiting: Entry[]): Entry[] {
  let bytes = 0
  let count = 0
  for (const entry of waiting) {
    bytes += entry.bytes
    if (count === GROUP_MESSAGES || (count > 0 && bytes > GROUP_BYTES)) break
    count++
  }
  return waiting.splice(0, count)
}

/** One statement for the group. When it fails, each message is tried alone: one must not take others with it. */
async function write(db: Db, group: Entry[]): Promise<void> {
  try {
    await recordMessages(
      db,
      group.flatMap((entry) => entry.rows),
    )
    for (const entry of group) entry.done()
  } catch (error) {
    if (group.length === 1) return group[0]?.fail(error)
    for (const entry of group) await write(db, [entry])
  }
}
