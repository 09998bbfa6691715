import PostalMime, { type Address, type Email } from 'postal-mime'

/** What a list, a reply and a generated answer need of a message: its header only. */
export interface Head {
  subject: string | undefined
  message_id: string | undefined
  references: string | undefined
  from: Mailbox | undefined
  reply_to: Mailbox | undefined
  to: Mailbox[]
}

export interface Mailbox {
  name: string
  address: string
}

export interface Content {
  headers: { name: string; value: string }[]
  html: string | undefined
  text: string | undefined
  attachments: { filename: string | undefined; mime_type: string; size: number }[]
}

/**
 * The parser needs about 12 µs a line, so hostile mail of many megabytes would hold up the service for minutes. Mail
 * of this service has some hundred lines.
 */
export const PARSED_BYTES = 1024 * 1024
const PARSED_LINES = 20_000
const HEAD_BYTES = 256 * 1024

/** Reads the header; of a message that cannot be parsed, nothing. Never throws. */
export async function readHead(raw: Buffer): Promise<Head> {
  const email = await parse(headerBlock(raw))
  return {
    subject: storable(email?.subject),
    message_id: storable(email?.messageId),
    references: email?.references,
    from: mailboxes(email?.from)[0],
    reply_to: mailboxes(...(email?.replyTo ?? []))[0],
    to: mailboxes(...(email?.to ?? [])),
  }
}

/** Reads what a page shows. Of a message that cannot be parsed, nothing but its source. Never throws. */
export async function readContent(raw: Buffer): Promise<Content> {
  const email = (await parse(parsedPart(raw))) ?? (await parse(headerBlock(raw)))
  return {
    headers: (email?.headers ?? []).map(({ originalKey, value }) => ({ name: originalKey, value })),
    html: email?.html || undefined,
    text: email?.text || undefined,
    attachments: (email?.attachments ?? []).map(({ filename, mimeType, content }) => ({
      filename: filename ?? undefined,
      mime_type: mimeType,
      size: typeof content === 'string' ? content.length : content.byteLength,
    })),
  }
}

/** As much of a message as is parsed. */
export function parsedPart(raw: Buffer): Buffer {
  const start = raw.subarray(0, PARSED_BYTES)
  let end = -1
  for (let lines = 0; lines < PARSED_LINES; lines++) {
    end = start.indexOf('\n', end + 1)
    if (end < 0) return start
  }
  return start.subarray(0, end + 1)
}

/** The header block with the empty line that ends it; at most HEAD_BYTES. */
export function headerBlock(raw: Buffer): Buffer {
  const start = raw.subarray(0, HEAD_BYTES)
  const ends = [
    { at: start.indexOf('\r\n\r\n'), length: 4 },
    { at: start.indexOf('\n\n'), length: 2 },
  ].filter(({ at }) => at >= 0)
  const end = ends.sort((a, b) => a.at - b.at)[0]
  return end ? start.subarray(0, end.at + end.length) : start
}

export function formatMailbox({ name, address }: Mailbox): string {
  return name && name !== address ? `${name} <${address}>` : address
}

/** Text that PostgreSQL takes: no NUL, and not endless (RFC 5322 §2.1.1 allows 998 characters a line). */
export function storable(text: string | undefined): string | undefined {
  return text?.replaceAll('\0', '').slice(0, 998) || undefined
}

async function parse(raw: Buffer): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(raw, { maxNestingDepth: 50 })
  } catch {
    return undefined
  }
}

function mailboxes(...addresses: (Address | undefined)[]): Mailbox[] {
  return addresses
    .flatMap((address) => (address?.group ? address.group : address ? [address] : []))
    .filter(({ address }) => address)
    .map(({ name, address }) => ({ name: storable(name) ?? '', address: storable(address) ?? '' }))
}
