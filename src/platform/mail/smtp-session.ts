import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Upstream } from '../../lib/errors.ts'

/**
 * One SMTP connection with connecting, logging in and handing over a message apart. nodemailer's own transports
 * cannot tell "never connected" from "dropped after the final dot"; here the first throws from `openSession` and the
 * second is `unknown`, so that nobody gets a message twice and nobody is lost.
 */
export interface SmtpSession {
  /** One dialogue: MAIL, RCPT, DATA for one recipient. Never throws. */
  deliver(envelope: { from: string; to: string }, message: Buffer): Promise<DialogueResult>
  /** False once the server or a fault ended the connection. */
  usable(): boolean
  close(): void
}

export type DialogueResult =
  /** The server took responsibility: 2xx to the final dot. */
  | { kind: 'accepted'; code: number; enhanced: string | undefined; words: string }
  /** The server answered 4xx or 5xx. `reachedData` is false when it refused before any of the message was handed over. */
  | { kind: 'refused'; code: number; enhanced: string | undefined; words: string; reachedData: boolean }
  /** No reply code: the connection dropped, timed out or said garbage. Whether it was accepted cannot be known. */
  | { kind: 'unknown'; words: string }

export interface SmtpTimeouts {
  connectMs: number
  greetingMs: number
  /** RFC 5321 §4.5.3.2.6 asks for 10 minutes after the final dot: less makes duplicates. */
  replyMs: number
}

const TIMEOUTS: SmtpTimeouts = { connectMs: 30_000, greetingMs: 30_000, replyMs: 600_000 }

/**
 * Connects and logs in. @param url smtp://user:password@host:port or smtps://
 * @throws Upstream smtp_unreachable, smtp_no_greeting, smtp_certificate, smtp_login: a sentence without the password
 */
export async function openSession(url: string, name: string, timeouts: SmtpTimeouts = TIMEOUTS): Promise<SmtpSession> {
  const target = new URL(url)
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const loopback = /^(localhost|127\.|::1$)/.test(host)
  const connection = new SMTPConnection({
    host,
    ...(target.port ? { port: Number(target.port) } : {}),
    secure: target.protocol === 'smtps:',
    // A password never goes over an open line, except to this machine.
    requireTLS: target.username !== '' && !loopback,
    name,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.replyMs,
    socketCloseTimeout: 1000,
    logger: false,
  })
  let ended = false
  connection.on('end', () => {
    ended = true
  })
  let fail: (error: Error) => void = () => undefined
  connection.on('error', (error: Error) => {
    ended = true
    fail(error)
  })
  const at = `${host}:${connection.port}`

  try {
    await new Promise<void>((done, failed) => {
      fail = failed
      connection.connect((error) => (error ? failed(error) : done()))
    })
    if (target.username) {
      const credentials = { user: decodeURIComponent(target.username), pass: decodeURIComponent(target.password) }
      await new Promise<void>((done, failed) => {
        fail = failed
        connection.login(credentials, (error) => (error ? failed(error) : done()))
      })
    }
  } catch (error) {
    connection.close()
    throw explain(error as SmtpFailure, at)
  }
  fail = () => undefined

  return {
    usable: () => !ended,
    close() {
      if (!ended) connection.quit()
      ended = true
    },
    async deliver({ from, to }, message) {
      if (needsSmtpUtf8(to) && !extensions(connection).includes('SMTPUTF8')) {
        // RFC 6531 §3.5: nothing is handed over to a server that cannot take the address.
        return {
          kind: 'refused',
          code: 553,
          enhanced: '5.6.7',
          words: 'The mail server cannot take an address with non-ASCII letters.',
          reachedData: false,
        }
      }
      const result = await new Promise<DialogueResult>((done) => {
        connection.send({ from, to, size: message.length }, message, (error, info) =>
          done(error ? readFailure(error as SmtpFailure) : readReply(info?.response ?? '')),
        )
      })
      if (result.kind === 'unknown') {
        ended = true
        connection.close()
      } else if (result.kind === 'refused' && !ended) await reset(connection)
      return result
    },
  }
}

interface SmtpFailure extends Error {
  code?: string
  originalCode?: string
  command?: string
  response?: string
  responseCode?: number
}

/** Ends a half-done transaction; a server that does not answer RSET is closed. */
async function reset(connection: SMTPConnection): Promise<void> {
  await new Promise<void>((done) => {
    connection.once('end', () => done())
    connection.reset((error) => {
      if (error) connection.close()
      done()
    })
  })
}

function readReply(response: string): DialogueResult {
  const code = /^2\d\d(?=[ -]|$)/.exec(response)?.[0]
  if (!code) return { kind: 'unknown', words: `The server answered what is no reply: ${clip(response)}` }
  return { kind: 'accepted', code: Number(code), enhanced: enhancedCode(response), words: clip(response) }
}

function readFailure(error: SmtpFailure): DialogueResult {
  const code = error.responseCode ?? 0
  if (code >= 400 && code <= 599) {
    const words = clip(error.response ?? error.message)
    // Only the reply to the final dot comes as EMESSAGE; all earlier refusals are of the envelope.
    return { kind: 'refused', code, enhanced: enhancedCode(words), words, reachedData: error.code === 'EMESSAGE' }
  }
  return { kind: 'unknown', words: clip(error.message) }
}

/** RFC 3463, right after the reply code. */
function enhancedCode(reply: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1]
}

const clip = (words: string) => words.replace(/\s+/g, ' ').trim().slice(0, 500)

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is "not ASCII"
const needsSmtpUtf8 = (address: string) => /[^\x00-\x7f]/.test(address)

function extensions(connection: SMTPConnection): string[] {
  return (connection as unknown as { _supportedExtensions?: string[] })._supportedExtensions ?? []
}

function explain(error: SmtpFailure, at: string): Upstream {
  const original = error.originalCode ?? error.code ?? ''
  const make = (code: string, message: string, retryable: boolean) =>
    new Upstream(code, message, { cause: error, retryable })
  if (error.responseCode && error.code === 'EAUTH') {
    return make(
      'smtp_login',
      `The mail server ${at} refused the user name or password: ${clip(error.response ?? '')}`,
      false,
    )
  }
  if (error.code === 'EAUTH')
    return make('smtp_login', `Logging in to the mail server ${at} failed: ${clip(error.message)}`, false)
  if (error.code === 'ETLS' || /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(original)) {
    return make(
      'smtp_certificate',
      `The mail server ${at} did not show a certificate we can trust: ${clip(error.message)}`,
      false,
    )
  }
  if (/greeting/i.test(error.message))
    return make('smtp_no_greeting', `The mail server ${at} took the connection but never greeted.`, true)
  if (error.responseCode)
    return make('smtp_unreachable', `The mail server ${at} turned us away: ${clip(error.response ?? '')}`, true)
  return make('smtp_unreachable', `The mail server ${at} cannot be reached: ${clip(error.message)}`, true)
}
