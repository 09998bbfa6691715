import MailComposer from 'nodemailer/lib/mail-composer'
import { createComposer, senderOf } from '../../../src/features/campaigns/index.ts'
import {
  createInboxReplyComposer,
  type ReadDeps,
  type Received,
  readIncomingJob,
  receiveMessage,
} from '../../../src/features/inbox/index.ts'
import { readWords } from '../../../src/features/inbox/read/words.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { readIncoming } from '../../../src/platform/mail/incoming/index.ts'
import type { TestDeps } from '../../support/deps.ts'
import { askEverybody, openRound, type People } from '../confirmations/asked.ts'

export interface Letter {
  from?: string
  to?: string
  subject?: string
  text?: string
  html?: string
  headers?: Record<string, string>
  message_id?: string
  in_reply_to?: string
}

let written = 0

/** A message as a mail program writes it. */
export async function write(letter: Letter): Promise<Buffer> {
  written++
  const {
    from = 'ana@library.example',
    to = 'programme@localhost.example',
    subject = 'Re: Can you still take part?',
  } = letter
  return new MailComposer({
    ...{ from, to, subject, text: letter.text ?? 'Hello', headers: letter.headers ?? {} },
    messageId: letter.message_id ?? `<letter-${written}@mail.example>`,
    ...(letter.html === undefined ? {} : { html: letter.html }),
    ...(letter.in_reply_to === undefined ? {} : { inReplyTo: letter.in_reply_to, references: letter.in_reply_to }),
    newline: 'win',
  })
    .compile()
    .build()
}

/** What the job of a worker needs, without threads and without name servers. */
export function readDeps(deps: TestDeps, change: Partial<ReadDeps> = {}): ReadDeps {
  const composing = { ...deps, signer: undefined, from: senderOf(deps.config, { from_name: '' }, null) }
  return {
    ...deps,
    ring: async () => undefined,
    read: readIncoming,
    compose: createInboxReplyComposer(composing, createComposer(composing)),
    checkSender: async () => null,
    readWords: async (input) => readWords(input),
    ...change,
  }
}

/** A round whose applicants were asked to confirm, and mail that comes in. */
export async function openInbox(people?: People, change: Partial<ReadDeps> = {}) {
  const round = await openRound(people)
  const asked = await askEverybody(round)
  const { deps } = round
  const read = readIncomingJob(readDeps(deps, change))
  const quiet = { ...deps, ring: async () => undefined }
  const addressOf = async (name: string, part: 'reply' | 'bounce' | 'u' = 'reply') => {
    const purpose = part === 'u' ? 'unsubscribe' : part
    return `${part}+${signToken(deps.keys, purpose, await asked.deliveryOf(name))}@${deps.config.mailDomain}`
  }
  const messageIdOf = async (name: string) => {
    const id = await asked.deliveryOf(name)
    return `<${id}.${signToken(deps.keys, 'resend', id)}@${deps.config.mailDomain}>`
  }
  const rowOf = (id: number) =>
    deps.db.selectFrom('incoming_messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  /** Takes a message without reading it. */
  const take = async (raw: Buffer, envelope: Partial<Received> = {}) => {
    const { id } = await receiveMessage(quiet, {
      ...{ raw, source: 'smtp', mail_from: 'ana@library.example', rcpt_to: 'programme@localhost.example' },
      ...envelope,
    })
    return id as number
  }
  /** Takes and reads a message; what was recorded of it. */
  const receive = async (raw: Buffer, envelope: Partial<Received> = {}) => {
    const id = await take(raw, envelope)
    await read({ incoming_id: id })
    return rowOf(id)
  }
  /** Somebody answers the request to confirm, to its reply address. */
  const reply = async (name: string, text: string, letter: Letter = {}, envelope: Partial<Received> = {}) => {
    const to = letter.to ?? (await addressOf(name))
    const from = letter.from ?? `${name}@library.example`
    return receive(await write({ ...letter, from, to, text }), { rcpt_to: to, mail_from: from, ...envelope })
  }
  const items = () => deps.db.selectFrom('inbox_items').selectAll().orderBy('id').execute()
  const suppressed = async () => {
    const rows = await deps.db
      .selectFrom('suppressions')
      .selectAll()
      .where('lifted_at', 'is', null)
      .orderBy('id')
      .execute()
    return rows.map(({ address, scope, reason }) => `${address} ${scope} ${reason}`)
  }
  const events = async () => {
    const rows = await deps.db.selectFrom('delivery_events').selectAll().orderBy('id').execute()
    return rows.map(({ kind, class: of, address }) => [kind, of, address].filter(Boolean).join(' '))
  }
  return { ...round, ...asked, read, addressOf, messageIdOf, rowOf, take, receive, reply, items, suppressed, events }
}

export type OpenInbox = Awaited<ReturnType<typeof openInbox>>
