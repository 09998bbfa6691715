import { encodeWords, foldLines, quoteString } from 'nodemailer/lib/mime-funcs'
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
  /** Automatic email says so (RFC 3834 §5), that no out-of-office answers it. */
  automatic: boolean
  /** One-click unsubscribe (RFC 8058): the https address that a POST acts on, and a mailto for others. */
  unsubscribe: { url: string; mailto: string } | undefined
}

/**
 * The octets of one message (RFC 5322), signed when a signer is given. Lines end in CRLF and are 7-bit.
 * @param body from body.ts
 */
export function composeMessage(header: MessageHeader, contentType: string, body: readonly Buffer[], signer?: DkimSigner): Buffer {
  const lines: [string, string][] = [
    ['From', formatMailbox(header.from)],
    ['To', formatMailbox(header.to)],
    ['Reply-To', header.replyTo],
    ['Subject', encodeWords(escapeHeader(header.subject), 'Q', 52)],
    ['Date', header.date.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${header.messageId}>`],
    ['List-Id', header.listId],
    ['Feedback-ID', header.feedbackId],
  ]
  if (header.unsubscribe) {
    // One header with both addresses: two headers would be two lists (RFC 2369 §2).
    lines.push(['List-Unsubscribe', `<${header.unsubscribe.url}>, <${header.unsubscribe.mailto}>`])
    lines.push(['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'])
  }
  if (header.automatic) lines.push(['Auto-Submitted', 'auto-generated'])
  lines.push(['X-Auto-Response-Suppress', 'OOF, AutoReply'], ['MIME-Version', '1.0'], ['Content-Type', contentType])

  const fields = lines.map(([name, value]) => ({ name, line: foldLines(`${name}: ${value}`, 76) }))
  const signature = signer ? `${signer.sign(fields, body)}\r\n` : ''
  const head = Buffer.from(`${signature}${fields.map((field) => field.line).join('\r\n')}\r\n\r\n`)
  return Buffer.concat([head, ...body])
}

/** RFC 5322 §3.4, the name encoded by RFC 2047 where it is not plain ASCII. */
export function formatMailbox({ name, address }: Mailbox): string {
  const clean = escapeHeader(name)
  if (!clean) return address
  const plain = /^[\w ]+$/.test(clean)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is "ASCII"
  const ascii = /^[\x20-\x7e]*$/.test(clean)
  return `${plain ? clean : ascii ? quoteString(clean) : encodeWords(clean, 'Q', 52, true)} <${address}>`
}

/** One line, no control characters (RFC 5322 §2.2). */
function escapeHeader(value: string): string {
  return value.replace(/\p{Cc}+/gu, ' ').trim()
}
