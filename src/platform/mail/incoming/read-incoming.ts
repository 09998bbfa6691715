import { isByButton, mustNotAnswer, recogniseAutoReply } from './auto-reply.ts'
import { isShown, readBody } from './body.ts'
import { type Returned, readBounce } from './bounce/index.ts'
import { isComplaintSender, readComplaint } from './complaint.ts'
import { openDecoder } from './decode.ts'
import { readHead } from './head.ts'
import type { Incoming, IncomingContext, IncomingKind, Report } from './incoming.ts'
import { recogniseOwnMail } from './own-mail.ts'
import { findTokens } from './own-token.ts'
import { ownParts, type Part, scanParts } from './parts.ts'
import { readTraces } from './traces.ts'

interface Sorted {
  kind: IncomingKind
  why: string
  report?: Report
  returned?: Returned | undefined
}

/**
 * Reads and sorts one message on the thread that calls. Costs up to a second of CPU for hostile mail, so that services
 * use openIncomingReader. Pure: the same message and context give the same answer. Never throws.
 */
export async function readIncoming(raw: Buffer, context: IncomingContext): Promise<Incoming> {
  try {
    return await read(raw, context)
  } catch (error) {
    return unreadable(`It could not be read: ${error instanceof Error ? error.message : 'its form is not known'}.`)
  }
}

async function read(raw: Buffer, context: IncomingContext): Promise<Incoming> {
  const { root, cuts } = scanParts(raw)
  const decoder = openDecoder()
  const head = readHead(root.fields)
  const texts = [...ownParts(root)].filter(isShown)
  const body = await readBody(root, decoder)

  /** The order matters: many bounces say that they are auto-replies, and our own mail may come back as anything. */
  async function sort(): Promise<Sorted> {
    const own = recogniseOwnMail(root.fields, head, context)
    if (own && !isComplaintSender(context.mail_from)) return { kind: 'own', why: own }
    const complaint = await readComplaint(root, head, context.mail_from, decoder)
    if (complaint) return { kind: 'complaint', ...complaint }
    const bounce = await readBounce(root, head, texts, context, decoder)
    if (bounce) return { kind: 'bounce', ...bounce }
    // Apple's unsubscribe mail says Auto-Submitted: it is acted on all the same.
    if (isForUnsubscribing(root, context))
      return { kind: 'unsubscribe', why: 'It was sent to an address that unsubscribes.' }
    const automatic = recogniseAutoReply(root, head)
    if (automatic) return { kind: 'auto_reply', why: automatic }
    return { kind: 'reply', why: 'Nothing in it says that a machine wrote it.' }
  }

  const { kind, why, report, returned } = await sort()
  const isReport = report !== undefined
  return {
    ...head,
    kind,
    why,
    ...body,
    report,
    ...readTraces(root.fields, returned?.fields ?? [], isReport && body.text ? [body.text] : [], context),
    never_answer:
      (kind !== 'reply' && kind !== 'unsubscribe') || isByButton(root) || mustNotAnswer(root.fields, head, context),
    cuts: [...cuts, ...[...decoder.cuts].map((cut) => `Not read: ${cut}.`)],
  }
}

function isForUnsubscribing(root: Part, { rcpt_to, own_domain }: IncomingContext): boolean {
  const written = root.fields.filter(({ name }) => name === 'to' || name === 'delivered-to').map(({ value }) => value)
  const addressed = rcpt_to
    ? findTokens(rcpt_to, 'rcpt_to')
    : written.flatMap((value) => findTokens(value, 'to', own_domain))
  return addressed.some(({ purpose }) => purpose === 'unsubscribe')
}

/** What is recorded of a message that nobody could parse. Its source is kept elsewhere. */
export function unreadable(why: string): Incoming {
  return {
    kind: 'unreadable',
    why,
    cuts: [],
    message_id: null,
    in_reply_to: [],
    references: [],
    from: null,
    sender: null,
    reply_to: null,
    to: [],
    cc: [],
    subject: '',
    date: null,
    auto_submitted: null,
    precedence: null,
    return_path: null,
    list_fields: [],
    text: undefined,
    html: undefined,
    attachments: [],
    report: undefined,
    tokens: [],
    own_message_ids: [],
    never_answer: true,
  }
}
