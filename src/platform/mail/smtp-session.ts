import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Upstream } from '../../lib/errors.ts'
import { clip, enhancedCode } from './smtp-reply.ts'
import { TRIAL_METHOD, type TrialResult, tryRecipients } from './smtp-trial.ts'

/**
 * One SMTP connection with connecting, logging in and handing over a message apart. nodemailer's own transports
 * cannot tell "never connected" from "dropped after the final dot"; here the first throws from `openSession` and the
 * second is `unknown`, so that nobody gets a message twice and nobody is lost.
 */
export interface SmtpSession {
  /** One dialogue: MAIL, RCPT, DATA for one recipient. Never throws. */
  deliver(envelope: { from: string; to: string }, message: Buffer): Promise<DialogueResult>
  /** MAIL and RCPT without DATA: whether the server would take mail for all of these. Never throws. */
  tryRecipients(envelope: { from: string; to: readonly string[] }): Promise<TrialResult>
  /** False once the server or a fault ended the connection. */
  usable(): boolean
  close(): void
}

export type DialogueResult =
  /** The server took responsibility: 2xx to the final dot. */
  | { kind: 'accepted'; code: number; enhanced: string | undefined; words: string }
  /** The server answered 4xx or 5xx. `reachedData` is false when it refused before any of the message was handed over. */
  | { kind: 'refused'; code: number; enhanced: string | undefined; words: string; reachedData: boolean }
  /** Nothing of the message was handed over: the connection was gone, or ended before the server asked for it. */
  | { kind: 'not_begun'; words: string }
  /** Handed over, in part or whole, and no reply we can read: whether it was accepted cannot be known. */
  | { kind: 'unknown'; words: string }

export interface SmtpTimeouts {
  connectMs: number
  greetingMs: number
  /** RFC 5321 §4.5.3.2.6 asks for 10 minutes after the final dot: less makes duplicates. */
  replyMs: number
}

const RESET_MS = 10_000
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
    customAuth: TRIAL_METHOD,
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

  let needsReset = false
  /** RFC 6531 §3.5: nothing is handed over to a server that cannot take the address. */
  const cannotTake = (address: string) =>
    needsSmtpUtf8(address) && !extensions(connection).includes('SMTPUTF8') ? ASCII_ONLY : undefined
  async function begin(): Promise<boolean> {
    if (needsReset && !ended) await reset(connection)
    needsReset = false
    return !ended
  }
  function leave(): void {
    ended = true
    connection.close()
  }
  return {
    usable: () => !ended,
    close() {
      if (!ended) connection.quit()
      ended = true
    },
    async deliver({ from, to }, message) {
      const fault = cannotTake(to)
      if (fault) return { kind: 'refused', ...fault, reachedData: false }
      if (!(await begin())) return GONE
      const result = await converse(connection, { from, to, size: message.length }, message)
      if (result.kind === 'unknown' || result.kind === 'not_begun') leave()
      // Asked for before the next dialogue, not now: a server slow to answer RSET must not keep an outcome waiting.
      needsReset = result.kind === 'refused'
      return result
    },
    async tryRecipients({ from, to }) {
      for (const address of to) {
        const fault = /[\r\n<>]/.test(address) ? NO_ADDRESS : cannotTake(address)
        if (fault) return { kind: 'refused', address, ...fault }
      }
      if (!(await begin())) return GONE
      const result = await tryRecipients(connection, { from, to, utf8: to.some(needsSmtpUtf8) })
      if (result.kind === 'not_begun') leave()
      needsReset = true
      return result
    },
  }
}

const GONE = { kind: 'not_begun', words: 'The mail server had ended the connection.' } as const
const ASCII_ONLY = {
  code: 553,
  enhanced: '5.6.7',
  words: 'The mail server cannot take an address with non-ASCII letters.',
}
const NO_ADDRESS = { code: 553, enhanced: '5.1.3', words: 'This is not an address that a server could be asked about.' }

/**
 * One transaction. The message is a stream that nodemailer reads only once the server has asked for it with 354: that
 * it was read is what tells "nothing can have been accepted" from "we cannot know".
 */
function converse(
  connection: SMTPConnection,
  envelope: { from: string; to: string; size: number },
  message: Buffer,
): Promise<DialogueResult> {
  let handedOver = false
  const body = new Readable({
    read() {
      handedOver = true
      this.push(message)
      this.push(null)
    },
  })
  return new Promise((done) => {
    const finish = (result: DialogueResult) => {
      connection.removeListener('end', onEnd)
      done(result)
    }
    // nodemailer does not call back when it finds its socket closed while it writes.
    const onEnd = () => setImmediate(() => finish(withoutReply('The connection ended without an answer.', handedOver)))
    connection.once('end', onEnd)
    connection.send(envelope, body, (error, info) => {
      finish(error ? readFailure(error as SmtpFailure, handedOver) : readReply(info?.response ?? ''))
    })
  })
}

const withoutReply = (words: string, handedOver: boolean): DialogueResult => ({
  kind: handedOver ? 'unknown' : 'not_begun',
  words,
})

interface SmtpFailure extends Error {
  code?: string
  originalCode?: string
  command?: string
  response?: string
  responseCode?: number
}

/** Ends a refused transaction; a server that does not answer RSET in time is closed. */
async function reset(connection: SMTPConnection): Promise<void> {
  await new Promise<void>((done) => {
    const finish = () => {
      clearTimeout(timer)
      connection.removeListener('end', finish)
      done()
    }
    const timer = setTimeout(() => connection.close(), RESET_MS)
    connection.once('end', finish)
    connection.reset((error) => {
      if (error) connection.close()
      finish()
    })
  })
}

/** RFC 5321 §4.3.2 knows one reply of success to the final dot: 250. A 221 or a second greeting is none. */
function readReply(response: string): DialogueResult {
  if (!/^250(?=[ -]|$)/.test(response))
    return { kind: 'unknown', words: `The server answered what is no reply: ${clip(response)}` }
  return { kind: 'accepted', code: 250, enhanced: enhancedCode(response), words: clip(response) }
}

function readFailure(error: SmtpFailure, handedOver: boolean): DialogueResult {
  const code = error.responseCode ?? 0
  const words = clip(error.response ?? error.message)
  if (code >= 400 && code <= 599) {
    return { kind: 'refused', code, enhanced: enhancedCode(words), words, reachedData: handedOver }
  }
  // Larger than the server said it takes (RFC 1870 §6.1): refused before anything was said.
  if (error.code === 'EMESSAGE' && error.command === 'MAIL FROM') {
    return { kind: 'refused', code: 552, enhanced: '5.3.4', words, reachedData: false }
  }
  return withoutReply(words, handedOver)
}

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
