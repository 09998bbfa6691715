import type { AddressInfo, Socket } from 'node:net'
import type { Logger } from 'pino'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { wordsOf } from '../../lib/errors.ts'

/** One message for one recipient, as it came over the wire. */
export interface TakenMail {
  /** Empty for the null return path (RFC 5321 §4.5.5). */
  mail_from: string
  rcpt_to: string
  raw: Buffer
  client_ip: string
  client_helo: string
}

export interface Listener {
  port: number
  /** Takes no more; messages under way are answered first. */
  close(): Promise<void>
}

export interface ListenerSettings {
  /** LMTP (RFC 2033) is for a mail server on this machine that hands messages on. */
  protocol: 'smtp' | 'lmtp'
  host: string
  /** 0: any that is free. */
  port: number
  /** How it calls itself. */
  name: string
  log: Pick<Logger, 'warn'>
  /** Octets, said in SIZE (RFC 1870). */
  size: number
  /** Everybody else's mail is refused: this is no relay. */
  accepts(address: string): boolean
  /** Resolves when the message is committed: only then does the client get its 250. */
  take(mail: TakenMail): Promise<unknown>
  timeoutMs?: number
  /** How long one connection may last in all. */
  lifeMs?: number
}

/** RFC 5321 §4.5.3.2.7: a server waits at least five minutes for the next command. */
const TIMEOUT_MS = 5 * 60_000
/** Longer than any mail server keeps one; who sends an octet now and then would hold its place for ever. */
const LIFE_MS = 10 * 60_000
const CLOSE_MS = 3000
const CLIENTS = 50
/** RFC 5321 §4.5.3.1.8: at least a hundred are taken. */
const RECIPIENTS = 100
/** Of all messages that are being taken: beyond it a client is asked to come back. */
const HELD_OCTETS = 200 * 1024 * 1024

/** Listens for mail to us. There is no STARTTLS of its own: a mail server in front of it does that. */
export async function openListener(settings: ListenerSettings): Promise<Listener> {
  const room = { held: 0 }

  const server = new SMTPServer({
    lmtp: settings.protocol === 'lmtp',
    name: settings.name,
    banner: 'Pairpost',
    size: settings.size,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    maxClients: CLIENTS,
    socketTimeout: settings.timeoutMs ?? TIMEOUT_MS,
    closeTimeout: CLOSE_MS,
    onRcptTo({ address }, session, done) {
      if (!settings.accepts(address)) return done(refusal(550, '5.7.1 We do not relay mail to other addresses'))
      if (session.envelope.rcptTo.length >= RECIPIENTS) return done(refusal(452, '4.5.3 Too many recipients'))
      done()
    },
    onData(stream, session, done) {
      receive(stream, session).then((outcomes) => answer(outcomes, done), done)
    },
  })

  /** How it ended for each recipient. @throws Error when nobody's was kept */
  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession) {
    const message = await readAll(stream, room)
    try {
      if (stream.sizeExceeded) throw refusal(552, '5.3.4 The message is too large')
      return await takeEach(session, message)
    } finally {
      room.held -= message.length
    }
  }

  /** One after the other: of a message to several, each recipient's copy is committed or not by itself. */
  async function takeEach(session: SMTPServerSession, raw: Buffer): Promise<(Error | undefined)[]> {
    const outcomes: (Error | undefined)[] = []
    for (const { address } of session.envelope.rcptTo) {
      try {
        await settings.take({
          mail_from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          rcpt_to: address,
          raw,
          client_ip: session.remoteAddress,
          client_helo: session.hostNameAppearsAs,
        })
        outcomes.push(undefined)
      } catch (error) {
        settings.log.warn({ words: wordsOf(error) }, 'an incoming message could not be kept')
        outcomes.push(refusal(451, '4.3.0 The message could not be kept, try again later'))
      }
    }
    return outcomes
  }

  /**
   * SMTP has one answer for all recipients: after a fault of one the client sends it again, and the copies that were kept
   * are known by their digest. LMTP has an answer for each (RFC 2033 §4.2).
   */
  function answer(outcomes: (Error | undefined)[], done: DataDone): void {
    const replies = outcomes.map((fault) => fault ?? KEPT)
    if (settings.protocol === 'lmtp') done(null, replies)
    else done(outcomes.find((each) => each !== undefined) ?? null, KEPT)
  }

  // What was being committed is kept all the same, and known when it is sent again.
  server.server.on('connection', (socket: Socket) => {
    const life = setTimeout(() => socket.destroy(), settings.lifeMs ?? LIFE_MS).unref()
    socket.once('close', () => clearTimeout(life))
  })
  // Clients that go away in mid-dialogue are ordinary; without a listener they would end the process.
  server.on('error', () => undefined)
  await new Promise<void>((ready, fail) => {
    server.server.once('error', fail)
    server.listen(settings.port, settings.host, ready)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((done) => server.close(done)),
  }
}

type DataDone = (error?: Error | null, message?: string | (string | Error)[]) => void

const KEPT = '2.0.0 Kept'

/** The whole message; of one that is too large nothing. Counted in `room` until the caller lets go. */
function readAll(stream: SMTPServerDataStream, room: { held: number }): Promise<Buffer> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = []
    let own = 0
    let isFull = false
    const drop = () => {
      room.held -= own
      own = 0
      chunks.length = 0
    }
    stream.on('data', (chunk: Buffer) => {
      isFull ||= room.held + chunk.length > HELD_OCTETS
      // The rest is read and dropped: the client hears about it after its final dot.
      if (isFull || stream.sizeExceeded) return drop()
      chunks.push(chunk)
      own += chunk.length
      room.held += chunk.length
    })
    stream.once('end', () => {
      if (!isFull) return done(Buffer.concat(chunks))
      drop()
      fail(refusal(452, '4.3.1 Too much mail at once, come back later'))
    })
    // The client went away in mid-message: it was not taken.
    const lost = () => {
      if (stream.readableEnded) return
      drop()
      fail(new Error('The connection was lost in the middle of a message.'))
    }
    stream.once('error', lost)
    stream.once('close', lost)
  })
}

function refusal(responseCode: number, words: string): Error & { responseCode: number } {
  return Object.assign(new Error(words), { responseCode })
}
