import { MAGIC_PARTS } from './faults.ts'
import type { MessageRow } from './queries.ts'
import type { Part } from './schema.ts'
import { PARTS } from './schema.ts'
import type { ReadMessage } from './service.ts'

const SHOWN_HEADERS = 300
const SHOWN_LENGTH = 200_000

const PART_NAMES: Record<Part, string> = { html: 'Message', text: 'Plain text', headers: 'Headers', source: 'Source' }

export interface ListFilter {
  search: string
  direction: string
}

/** View model of mailbox/list. */
export function presentList(rows: MessageRow[], total: number, filter: ListFilter, next: number | undefined) {
  const { search, direction } = filter
  return {
    search,
    direction,
    filtered: search !== '' || direction !== '',
    total: new Intl.NumberFormat('en-GB').format(total),
    isOne: total === 1,
    isEmpty: rows.length === 0,
    directions: [
      { name: 'All', value: '' },
      { name: 'To participants', value: 'to_participant' },
      { name: 'To the programme', value: 'to_programme' },
    ].map(({ name, value }) => ({
      name,
      current: value === direction,
      href: `/mailbox?${new URLSearchParams({ q: search, direction: value })}`,
    })),
    items: rows.map(presentRow),
    next: next === undefined ? '' : `/mailbox?${new URLSearchParams({ q: search, direction, before: String(next) })}`,
    magic: MAGIC_PARTS.map(({ part, does }) => ({ part, does })),
  }
}

/** View model of mailbox/message. `source` is needed for that part only. */
export function presentMessagePage(message: ReadMessage, asked: Part | undefined, source: Buffer | undefined) {
  const { row, content, size } = message
  const part = asked ?? (content.html === undefined ? 'text' : 'html')
  const text = part === 'source' ? (source?.toString('utf8') ?? '') : (content.text ?? '')
  return {
    ...presentRow(row),
    message_id: row.message_id ?? '',
    size: formatSize(size),
    shortened: message.shortened,
    parts: PARTS.map((each) => ({
      name: PART_NAMES[each],
      current: each === part,
      href: `/mailbox/${row.id}?part=${each}`,
    })),
    isHtml: part === 'html' && content.html !== undefined,
    isHeaders: part === 'headers',
    isText: part === 'text' && content.text !== undefined,
    isSource: part === 'source',
    isMissing: (part === 'html' && content.html === undefined) || (part === 'text' && content.text === undefined),
    text: text.slice(0, SHOWN_LENGTH),
    textCut: text.length > SHOWN_LENGTH || (part === 'source' && size > SHOWN_LENGTH),
    headers: content.headers
      .slice(0, SHOWN_HEADERS)
      .map(({ name, value }) => ({ name, value: value.slice(0, SHOWN_HEADERS * 10) })),
    headersLeft: Math.max(0, content.headers.length - SHOWN_HEADERS),
    attachments: content.attachments.map(({ filename, mime_type, size: bytes }) => ({
      name: filename ?? 'without a name',
      mime_type,
      size: formatSize(bytes),
    })),
  }
}

/** Bytes of the source that its part shows. */
export const SHOWN_SOURCE = SHOWN_LENGTH

function presentRow(row: MessageRow) {
  return {
    id: row.id,
    href: `/mailbox/${row.id}`,
    subject: row.subject ?? '(no subject)',
    ...presentSender(row),
    to: row.rcpt_to,
    mailFrom: row.mail_from || '<>',
    toProgramme: row.direction === 'to_programme',
    iso: row.received_at.toISOString(),
    time: `${TIME.format(row.received_at)} UTC`,
  }
}

/** Name and address apart: each keeps its own direction. */
function presentSender({ header_from, mail_from }: MessageRow): { fromName: string; fromAddress: string } {
  const named = /^(.*) <([^<>]*)>$/.exec(header_from ?? '')
  if (named) return { fromName: named[1] ?? '', fromAddress: `<${named[2]}>` }
  return { fromName: '', fromAddress: header_from ?? (mail_from || 'nobody (null sender)') }
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
