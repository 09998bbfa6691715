import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionCustomAuthContext, SMTPConnectionCustomAuthHandlers } from 'nodemailer/lib/smtp-connection'
import { clip, enhancedCode } from './smtp-reply.ts'

/**
 * Whether the server would take mail for some recipients, as far as it says so to RCPT (RFC 5321 section 3.3). DATA is
 * never said: nothing is handed over, and nothing counts against a limit.
 *
 * nodemailer says DATA in the same breath as RCPT (PIPELINING) and has no call for an envelope alone. Its public way to
 * say a command of one's own is a login method: the handler gets a `sendCommand` whose replies stay in step with
 * nodemailer's own. So this is, to nodemailer, a login that never ends; to the server it is a transaction that is
 * forgotten by the RSET before the next one.
 */
export type TrialResult =
  | { kind: 'taken' }
  /** `address` is null when the server refused the sender: that says nothing about anybody. */
  | { kind: 'refused'; address: string | null; code: number; enhanced: string | undefined; words: string }
  /** The connection was gone, or ended before the server had answered. */
  | { kind: 'not_begun'; words: string }

const METHOD = 'PAIRPOST-COMMANDS'
type Converse = (context: SMTPConnectionCustomAuthContext) => void

/** To be given to the connection when it is made. */
export const TRIAL_METHOD: SMTPConnectionCustomAuthHandlers = {
  [METHOD]: (context) => {
    const { converse } = context.auth as { converse?: Converse }
    // A server that offers a method of this name is not logged in to with it.
    if (converse) converse(context)
    else context.reject('There is no such method.')
  },
}

/** Asks about each recipient; the first refusal for good is told, else the first for now. The caller resets. */
export function tryRecipients(
  connection: SMTPConnection,
  { from, to, utf8 }: { from: string; to: readonly string[]; utf8: boolean },
): Promise<TrialResult> {
  const lines = [`MAIL FROM:<${from}>${utf8 ? ' SMTPUTF8' : ''}`, ...to.map((address) => `RCPT TO:<${address}>`)]
  const replies: string[] = []
  return new Promise((done) => {
    const finish = (fault = 'The connection ended without an answer.') => {
      connection.removeListener('end', onEnd)
      done(judge(replies, to, fault))
    }
    const onEnd = () => finish()
    connection.once('end', onEnd)
    const converse: Converse = ({ sendCommand, extensions }) => {
      const say = (at: number) =>
        sendCommand(lines[at] as string, (_error, { response }) => {
          replies.push(response)
          if (replies.length === lines.length) finish()
          else if (!pipelining && at === 0 && !isTaken(response)) finish()
          else if (!pipelining) say(at + 1)
        })
      // RFC 2920 section 3.1: both may be said without waiting for the answer to the one before.
      const pipelining = extensions.includes('PIPELINING')
      for (let at = 0; at < (pipelining ? lines.length : 1); at++) say(at)
    }
    connection.login({ method: METHOD, converse }, (error) => finish(error?.message))
  })
}

const isTaken = (reply: string | undefined) => reply?.startsWith('2') === true

function judge([mail, ...answers]: readonly string[], to: readonly string[], fault: string): TrialResult {
  const refusal = (reply: string, address: string | null): TrialResult => {
    const code = Number(/^[45]\d\d(?=[ -]|$)/.exec(reply)?.[0])
    const words = clip(reply)
    if (Number.isNaN(code)) return { kind: 'not_begun', words: `The server answered what is no reply: ${words}` }
    return { kind: 'refused', address, code, enhanced: enhancedCode(words), words }
  }
  if (mail === undefined) return { kind: 'not_begun', words: clip(fault) }
  if (!isTaken(mail)) return refusal(mail, null)
  const refused = to.flatMap((address, at) => {
    const reply = answers[at]
    return reply === undefined || isTaken(reply) ? [] : [refusal(reply, address)]
  })
  const forGood = refused.find((one) => one.kind === 'refused' && one.code >= 500)
  const worst = forGood ?? refused[0]
  if (worst) return worst
  return answers.length < to.length ? { kind: 'not_begun', words: clip(fault) } : { kind: 'taken' }
}
