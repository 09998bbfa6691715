import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Clock } from '../../lib/clock.ts'
import { wordsOf } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { makeAnswer } from './answers.ts'
import { type Fault, faultOf, type SmtpReply } from './faults.ts'
import { formatMailbox, readHead, storable } from './message.ts'
import type { Direction, NewMessage } from './queries.ts'
import { createWriter, type Reader } from './writer.ts'

export interface MailboxServer {
  /** `smtp://127.0.0.1:PORT` */
  url: string
  /** Ends when every message taken is committed. */
  close(): Promise<void>
}

interface ServerDeps {
  db: Db
  clock: Clock
  log: Pick<Logger, 'warn'>
  config: { mailDomain: string; mailFrom: string }
  /** Gets the messages to the programme: replies, automatic answers, bounces and complaints. */
  reader?: Reader | undefined
  /** How `slow@` waits; tests do not wait. */
  wait?: (milliseconds: number) => Promise<unknown>
}

export const MESSAGE_BYTES = 25 * 1024 * 1024
const SLOW_MS = 3000
/** A sender may keep its connections while limits make it wait. */
const IDLE_MS = 10 * 60_000
const REMEMBERED = 10_000

/**
 * A real SMTP server on a free loopback port that stores each message once per recipient, and fails as the
 * recipient's local part asks (faults.ts). The reply after the final dot leaves after the row is committed.
 */
export async function startMailboxServer(deps: ServerDeps): Promise<MailboxServer> {
  const writer = createWriter(deps)
  const sockets = new Map<number, Socket>()
  const failedOnce = new Set<string>()

  const smtp = new SMTPServer({
    name: 'mailbox.pairpost',
    banner: 'the built-in mailbox, nothing leaves this machine',
    size: MESSAGE_BYTES,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    socketTimeout: IDLE_MS,
    closeTimeout: 500,
    onRcptTo({ address }, _session, done) {
      const fault = isProgramme(deps.config, address) ? undefined : faultOf(address)
      if (fault?.at !== 'rcpt' || (fault.once && isKnown(failedOnce, address))) return done()
      done(smtpError(fault.reply))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        // Beyond the size the rest is read and dropped.
        if (stream.sizeExceeded) chunks.length = 0
        else chunks.push(chunk)
      })
      // The client went away in mid-message: it was not taken.
      stream.on('error', () => undefined)
      stream.on('end', () => {
        take(stream, session, chunks).then(done, (error: unknown) => {
          deps.log.warn({ words: wordsOf(error) }, 'mailbox could not store a message')
          done(smtpError({ code: 451, text: '4.3.0 The message could not be stored' }))
        })
      })
    },
  })

  /** Resolves with the error to answer, or nothing for 250; never, when there is to be no reply. */
  async function take(stream: SMTPServerDataStream, session: SMTPServerSession, chunks: Buffer[]) {
    if (stream.sizeExceeded) return smtpError({ code: 552, text: '5.3.4 The message is longer than 25 MB' })
    const recipients = session.envelope.rcptTo.map(({ address }) => address)
    const faults = recipients.map((address) => (isProgramme(deps.config, address) ? undefined : faultOf(address)))
    const refusal = faults.find((fault) => fault?.at === 'dot')
    if (refusal?.at === 'dot') return smtpError(refusal.reply)

    const rows = await makeRows(deps, {
      mail_from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
      recipients: recipients.map((address, index) => ({ address, fault: faults[index] })),
      raw: Buffer.concat(chunks),
    })
    await writer.store(rows)

    const fault = faults.find((each) => each?.at === 'taken')
    if (fault?.at !== 'taken') return undefined
    const socket = sockets.get(session.remotePort)
    if (fault.reaction === 'drop') socket?.destroy()
    if (fault.reaction === 'garbage') socket?.end('*** the dog ate the reply ***\r\n')
    if (fault.reaction !== 'slow') return new Promise<undefined>(() => undefined)
    await (deps.wait ?? sleep)(SLOW_MS)
    return undefined
  }

  smtp.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort
    if (port === undefined) return
    sockets.set(port, socket)
    socket.once('close', () => sockets.delete(port))
  })
  // Clients that go away in mid-dialogue are ordinary here; without a listener they would end the process.
  smtp.on('error', () => undefined)

  await new Promise<void>((ready, fail) => {
    smtp.server.once('error', fail)
    smtp.listen(0, '127.0.0.1', ready)
  })
  const { port } = smtp.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: async () => {
      await new Promise<void>((done) => smtp.close(done))
      await writer.drain()
    },
  }
}

interface Taken {
  mail_from: string
  recipients: { address: string; fault: Fault | undefined }[]
  raw: Buffer
}

/** One row per recipient, and one for each message that comes back. */
async function makeRows(
  { config, clock }: Pick<ServerDeps, 'config' | 'clock'>,
  { mail_from, recipients, raw }: Taken,
): Promise<NewMessage[]> {
  const head = await readHead(raw)
  const rows: NewMessage[] = []
  for (const { address, fault } of recipients) {
    const direction: Direction = isProgramme(config, address) ? 'to_programme' : 'to_participant'
    rows.push(makeRow({ mail_from, rcpt_to: address, direction, raw }, head))
    if (fault?.at !== 'later') continue
    const caught = { mail_from, rcpt_to: address, raw, head, received_at: clock.now() }
    const answer = await makeAnswer(fault.answer, caught)
    if (!answer) continue
    // Automatic answers travel with a null return path (RFC 3834 §3.3, RFC 3464 §2).
    rows.push(makeRow({ mail_from: '', direction: 'to_programme', ...answer }, await readHead(answer.raw)))
  }
  return rows
}

function makeRow(
  row: { mail_from: string; rcpt_to: string; direction: Direction; raw: Buffer },
  head: Awaited<ReturnType<typeof readHead>>,
): NewMessage {
  return {
    ...row,
    mail_from: storable(row.mail_from) ?? '',
    rcpt_to: storable(row.rcpt_to) ?? '',
    header_from: head.from ? formatMailbox(head.from) : null,
    message_id: head.message_id ?? null,
    subject: head.subject ?? null,
  }
}

/** Mail to the programme never fails on request: `bounce+token@MAIL_DOMAIN` is an address of ours. */
function isProgramme({ mailDomain, mailFrom }: ServerDeps['config'], address: string): boolean {
  const given = address.toLowerCase()
  const sender = /<([^<>]+)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom
  return given.endsWith(`@${mailDomain.toLowerCase()}`) || given === sender.trim().toLowerCase()
}

/** Whether it was met before; it is from now on. */
function isKnown(known: Set<string>, address: string): boolean {
  const key = address.toLowerCase()
  if (known.has(key)) return true
  if (known.size >= REMEMBERED) known.clear()
  known.add(key)
  return false
}

function smtpError({ code, text }: SmtpReply): Error & { responseCode: number } {
  return Object.assign(new Error(text), { responseCode: code })
}
