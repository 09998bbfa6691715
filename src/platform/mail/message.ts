import { encodeWord, foldLines, quoteString } from 'nodemailer/lib/mime-funcs'
import type { DkimSigner } from './dkim.ts'

/** A name with its address, as in From and To. */
export interface Mailbox {
  name: string
  address: string
}

/** What one message says in its header. Every text is ours or a merge value: control characters are taken out. */
export interface MessageHeader {
  from: Mailbox
  to: Mailbox
  replyTo: string
  subject: string
  date: Date
  /** Without angle brackets. Deterministic per delivery, so that a second try is the same message. */
  messageId: string
  /** Names the programme's stream to readers and to Gmail's feedback loop. */
  listId: string
  feedbackId: string
  /** The Message-ID of what it answers, in angle brackets (RFC 5322 §3.6.4). */
  inReplyTo?: string | null
  /** Automatic email says so (RFC 3834 §5), that no out-of-office answers it. */
  automatic: boolean
  /** One-click unsubscribe (RFC 8058): the https address that a POST acts on, and a mailto for others. */
  unsubscribe: { url: string; mailto: string } | undefined
}

/**
 * The octets of one message (RFC 5322), signed when a signer is given. Lines end in CRLF and are 7-bit.
 * @param body from body.ts
 */
export function composeMessage(
  header: MessageHeader,
  contentType: string,
  body: readonly Buffer[],
  signer?: DkimSigner,
): Buffer {
  const lines: [string, string][] = [
    ['From', formatMailbox(header.from)],
    ['To', formatMailbox(header.to)],
    ['Reply-To', header.replyTo],
    ['Subject', encodeText(oneLine(header.subject))],
    ['Date', header.date.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${header.messageId}>`],
    ['List-Id', header.listId],
    ['Feedback-ID', header.feedbackId],
  ]
  if (header.inReplyTo) {
    const answered = messageIds(header.inReplyTo)
    if (answered !== '') lines.push(['In-Reply-To', answered], ['References', answered])
  }
  if (header.unsubscribe) {
    // One header with both addresses: two headers would be two lists (RFC 2369 §2).
    lines.push(['List-Unsubscribe', `<${header.unsubscribe.url}>, <${header.unsubscribe.mailto}>`])
    lines.push(['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'])
  }
  if (header.automatic) lines.push(['Auto-Submitted', 'auto-generated'])
  lines.push(['X-Auto-Response-Suppress', 'OOF, AutoReply'], ['MIME-Version', '1.0'], ['Content-Type', contentType])

  // Programs that look for a Message-ID do not all look on the next line.
  const fields = lines.map(([name, value]) => ({
    name,
    line: name === 'Message-ID' ? `${name}: ${value}` : foldLines(`${name}: ${value}`, 76),
  }))
  const signature = signer ? `${signer.sign(fields, body)}\r\n` : ''
  const head = Buffer.from(`${signature}${fields.map((field) => field.line).join('\r\n')}\r\n\r\n`)
  return Buffer.concat([head, ...body])
}

/** Nothing else may slip in with an identifier that another wrote: RFC 5322 §3.6.4's msg-id, of what ASCII it allows. */
function messageIds(text: string): string {
  return (text.match(/<[\x21-\x3b\x3d\x3f-\x7e]{1,300}>/g) ?? []).slice(0, 1).join(' ')
}

/** RFC 5322 §3.4, the name encoded by RFC 2047 where it is not plain ASCII. */
export function formatMailbox({ name, address }: Mailbox): string {
  const clean = oneLine(name)
  if (!clean) return address
  if (needsEncoding(clean)) return `${encodeText(clean)} <${address}>`
  return `${/^[\w ]+$/.test(clean) ? clean : quoteString(clean)} <${address}>`
}

/** Unstructured text (RFC 5322 §3.2.5): as it is, or as encoded words (RFC 2047) that each fit a line. */
function encodeText(text: string): string {
  return needsEncoding(text) ? encodeWord(text, 'Q', 52) : text
}

/** A word longer than this could not be folded into lines. */
const LONGEST_WORD = 70

/**
 * Not only what is not ASCII: a name that looks like an encoded word would be decoded by the reader's program into
 * whatever its owner hid in it.
 */
function needsEncoding(text: string): boolean {
  return /[^\x20-\x7e]|=\?/.test(text) || text.split(' ').some((word) => word.length > LONGEST_WORD)
}

/**
 * One line without control characters (RFC 5322 §2.2), nor those that turn round the direction of what follows: a
 * name could otherwise make the address beside it look like another.
 */
function oneLine(value: string): string {
  return value
    .replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
}
