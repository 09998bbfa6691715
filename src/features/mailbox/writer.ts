import type { Db, DbOrTx } from '../../platform/db/open.ts'
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

/** Who reads the mail to the programme. */
export interface Reader {
  /** Takes it over in the transaction that stores it: both know of it, or neither. */
  keep(tx: DbOrTx, messages: readonly KeptMessage[]): Promise<number[]>
  /** Told when it is committed. @param ids what `keep` gave */
  notify(ids: readonly number[]): void
}

export type KeptMessage = Pick<NewMessage, 'mail_from' | 'rcpt_to' | 'raw'>

export function createWriter({ db, reader }: { db: Db; reader?: Reader | undefined }): Writer {
  const waiting: Entry[] = []
  let isRunning = false
  let run: Promise<void> = Promise.resolve()

  async function writeAll(): Promise<void> {
    isRunning = true
    while (waiting.length > 0) await write({ db, reader }, takeGroup(waiting))
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
async function write(deps: { db: Db; reader: Reader | undefined }, group: Entry[]): Promise<void> {
  try {
    await record(
      deps,
      group.flatMap((entry) => entry.rows),
    )
    for (const entry of group) entry.done()
  } catch (error) {
    if (group.length === 1) return group[0]?.fail(error)
    for (const entry of group) await write(deps, [entry])
  }
}

async function record({ db, reader }: { db: Db; reader: Reader | undefined }, rows: NewMessage[]): Promise<void> {
  const replies = rows.filter(({ direction }) => direction === 'to_programme')
  if (!reader || replies.length === 0) return void (await recordMessages(db, rows))
  const ids = await db.transaction().execute(async (tx) => {
    await recordMessages(tx, rows)
    return reader.keep(tx, replies)
  })
  reader.notify(ids)
}
