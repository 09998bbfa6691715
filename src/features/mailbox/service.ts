import { createTransport } from 'nodemailer'
import { Conflict, InvalidInput, NotFound, Upstream, wordsOf } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { newMessageId, sameAddress, thread } from './answers.ts'
import { type Content, formatMailbox, PARSED_BYTES, parsedPart, readContent, readHead } from './message.ts'
import { findBytes, findIdByMessageId, findMessage, type MessageRow } from './queries.ts'
import { MESSAGE_BYTES } from './server.ts'

const QUOTED_LENGTH = 20_000
const HAND_OVER_MS = 10_000

export interface ReadMessage {
  row: MessageRow
  content: Content
  /** Bytes of the whole message. */
  size: number
  /** The message is longer than what is parsed; all of it is in the source. */
  shortened: boolean
}

/** A message with its parts. @throws NotFound */
export async function getMessage({ db }: { db: Db }, { id }: { id: number }): Promise<ReadMessage> {
  const row = await findMessage(db, id)
  const bytes = row && (await findBytes(db, id, PARSED_BYTES))
  if (!row || !bytes) throw new NotFound(`Message ${id}`)
  const shortened = parsedPart(bytes.raw).length < bytes.size
  return { row, content: await readContent(bytes.raw), size: bytes.size, shortened }
}

/** A message as it came. @throws NotFound */
export async function getSource({ db }: { db: Db }, input: { id: number; bytes?: number }): Promise<Buffer> {
  const bytes = await findBytes(db, input.id, input.bytes ?? 2 * MESSAGE_BYTES)
  if (!bytes) throw new NotFound(`Message ${input.id}`)
  return bytes.raw
}

/**
 * Answers a caught message in its recipient's name, as a mail program does, and hands the answer over by SMTP to the
 * mailbox's own server. Gives the id of the stored answer.
 * @throws NotFound @throws InvalidInput without text @throws Conflict when there is nobody to answer @throws Upstream
 */
export async function replyToMessage(
  { db, smtpUrl }: { db: Db; smtpUrl: string },
  { id, text }: { id: number; text: string },
): Promise<number | undefined> {
  if (text.trim() === '') throw new InvalidInput([{ field: 'text', message: 'Write something first.' }])
  const row = await findMessage(db, id)
  if (!row) throw new NotFound(`Message ${id}`)
  const raw = await getSource({ db }, { id, bytes: PARSED_BYTES })
  const head = await readHead(raw)
  const to = head.reply_to ?? head.from
  if (!to) throw new Conflict('nobody_to_answer', 'The message says neither From nor Reply-To.')

  const messageId = newMessageId(row.rcpt_to)
  const server = new URL(smtpUrl)
  const transport = createTransport({
    host: server.hostname,
    port: Number(server.port),
    secure: false,
    ignoreTLS: true,
    greetingTimeout: HAND_OVER_MS,
    socketTimeout: HAND_OVER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const own = head.to.find(({ address }) => sameAddress(address, row.rcpt_to))
  try {
    await transport.sendMail({
      envelope: { from: row.rcpt_to, to: to.address },
      from: { name: own?.name ?? '', address: row.rcpt_to },
      to,
      subject: /^re:/i.test(head.subject ?? '') ? head.subject : `Re: ${head.subject ?? ''}`,
      messageId,
      ...thread(head),
      text: `${text.trimEnd()}\n\n${quote(head.from ?? to, row.received_at, (await readContent(raw)).text)}`,
    })
  } catch (error) {
    throw new Upstream('mailbox_refused', `The answer was not taken: ${wordsOf(error)}`, {
      cause: error,
      retryable: true,
    })
  } finally {
    transport.close()
  }
  return findIdByMessageId(db, messageId)
}

function quote(from: { name: string; address: string }, at: Date, text = ''): string {
  const lines = text.slice(0, QUOTED_LENGTH).trimEnd().split(/\r?\n/)
  return `On ${at.toUTCString()}, ${formatMailbox(from)} wrote:\n${lines.map((line) => `> ${line}`).join('\n')}\n`
}
