import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { onTestFinished } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { startMailboxServer } from '../../../src/features/mailbox/index.ts'
import { openTestDeps } from '../../support/deps.ts'

/** A mailbox with its server and pages, closed when the test ends. */
export async function openMailbox(environment: Record<string, string> = {}) {
  const deps = await openTestDeps({ MAIL_DOMAIN: 'programme.example', ...environment })
  const waited: number[] = []
  let replies = 0
  const server = await startMailboxServer({
    ...deps,
    wait: async (milliseconds) => waited.push(milliseconds),
    reader: {
      keep: async (_tx, messages) => messages.map((_message, at) => at),
      notify: (ids) => {
        replies += ids.length
      },
    },
  })
  onTestFinished(() => server.close())
  const app = await buildApp(deps, { mailboxSmtpUrl: server.url })
  onTestFinished(() => app.close())
  return { deps, server, app, waited, replies: () => replies }
}

export interface Outcome {
  accepted: boolean
  code?: number | undefined
  words: string
}

/** One message over real SMTP, on a connection of its own. */
export function hand(
  url: string,
  message: { to: string | string[]; from?: string | false; raw?: string | Buffer },
): Promise<Outcome> {
  const connection = new SMTPConnection({ port: Number(new URL(url).port), host: '127.0.0.1', ignoreTLS: true })
  const { to, from = 'bounce+token@programme.example', raw = 'Subject: Hello\r\n\r\nHello\r\n' } = message
  return new Promise((done) => {
    const end = (outcome: Outcome) => {
      connection.close()
      done(outcome)
    }
    connection.on('error', (error: Error & { responseCode?: number; response?: string }) =>
      end({ accepted: false, code: error.responseCode, words: error.response ?? error.message }),
    )
    connection.connect(() => {
      connection.send({ from, to }, raw, (error, info) => {
        if (error) end({ accepted: false, code: error.responseCode, words: error.response ?? error.message })
        else end({ accepted: true, code: Number(info?.response.slice(0, 3)), words: info?.response ?? '' })
      })
    })
  })
}

/** The same message to many, over ten connections, as a sender does. */
export async function handMany(url: string, raw: string, recipients: string[]): Promise<void> {
  const waiting = [...recipients]
  const send = async () => {
    const connection = new SMTPConnection({ port: Number(new URL(url).port), host: '127.0.0.1', ignoreTLS: true })
    await new Promise<void>((done, fail) => {
      connection.on('error', fail)
      connection.connect((error) => (error ? fail(error) : done()))
    })
    for (let to = waiting.pop(); to; to = waiting.pop()) {
      const envelope = { from: 'bounce@programme.example', to }
      await new Promise<void>((done, fail) => {
        connection.send(envelope, raw, (error) => (error ? fail(error) : done()))
      })
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: 10 }, send))
}

/** The messages in the mailbox, through its API. */
export async function listMailbox(app: Awaited<ReturnType<typeof openMailbox>>['app'], query = '') {
  const answer = await app.inject(`/mailbox/api/messages${query}`)
  return answer.json().items as {
    id: number
    to: string
    from: string
    subject: string
    direction: string
    envelope_from: string
    message_id: string | null
  }[]
}
