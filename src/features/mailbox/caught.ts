import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Caught } from './answers.ts'
import { readContent, readHead } from './message.ts'
import { type Direction, findMessage, listMessagesAfter, type MessageRow } from './queries.ts'
import { getSource } from './service.ts'

const PAGE = 1000

/** A caught message with its parts. */
export type CaughtMessage = Caught & { text: string | undefined; html: string | undefined }

/** What was caught so far, oldest first. */
export async function listCaught(db: Db, { direction }: { direction: Direction }): Promise<MessageRow[]> {
  const caught: MessageRow[] = []
  for (;;) {
    const rows = await listMessagesAfter(db, { direction, after: caught.at(-1)?.id ?? 0, limit: PAGE })
    if (rows.length === 0) return caught
    caught.push(...rows)
  }
}

/** @throws NotFound */
export async function getCaught({ db }: { db: Db }, { id }: { id: number }): Promise<CaughtMessage> {
  const row = await findMessage(db, id)
  if (!row) throw new NotFound(`Message ${id}`)
  const raw = await getSource({ db }, { id })
  const [head, { text, html }] = [await readHead(raw), await readContent(raw)]
  return { mail_from: row.mail_from, rcpt_to: row.rcpt_to, raw, head, received_at: row.received_at, text, html }
}
