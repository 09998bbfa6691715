import { type Address, addressParser, decodeWords } from 'postal-mime'
import { ADDRESSES, FIELD_OCTETS } from './caps.ts'
import { storable } from './decode.ts'
import { type Field, fieldOf, valuesOf } from './fields.ts'
import type { Head, MailAddress } from './incoming.ts'

/** As in features/mailbox: RFC 5322 §2.1.1 allows 998 characters a line. */
const SHORT = 998
const LIST_FIELD = /^(list-[a-z-]{1,30}|mailing-list|x-mailing-list|x-list|x-beenthere|x-google-group-id)$/

/** @param fields of the message itself */
export function readHead(fields: readonly Field[]): Head {
  const one = (name: string) => readAddresses(valuesOf(fields, name).slice(0, 1))[0] ?? null
  const word = (name: string) => short((fieldOf(fields, name) ?? '').split(';')[0] ?? '').toLowerCase() || null
  return {
    message_id: readMessageIds(fieldOf(fields, 'message-id') ?? '')[0] ?? null,
    in_reply_to: readMessageIds(valuesOf(fields, 'in-reply-to').join(' ')),
    references: readMessageIds(valuesOf(fields, 'references').join(' ')),
    from: one('from'),
    sender: one('sender'),
    reply_to: one('reply-to'),
    to: readAddresses(valuesOf(fields, 'to')),
    cc: readAddresses(valuesOf(fields, 'cc')),
    subject: short(decodeField(fieldOf(fields, 'subject') ?? '')),
    date: readDate(fieldOf(fields, 'date')),
    auto_submitted: word('auto-submitted'),
    precedence: word('precedence'),
    return_path: readReturnPath(fieldOf(fields, 'return-path')),
    list_fields: [...new Set(fields.map(({ name }) => name).filter((name) => LIST_FIELD.test(name)))],
  }
}

const short = (text: string) => storable(text).replace(/\s+/g, ' ').trim().slice(0, SHORT).toWellFormed()

/** RFC 2047 encoded words; text as it stands where they are malformed. */
export function decodeField(value: string): string {
  try {
    return decodeWords(value.slice(0, FIELD_OCTETS))
  } catch {
    return value
  }
}

/** Groups are opened. What has no address is left out. */
export function readAddresses(values: readonly string[]): MailAddress[] {
  const found: MailAddress[] = []
  for (const value of values) {
    if (found.length >= ADDRESSES) break
    try {
      for (const address of addressParser(value.slice(0, FIELD_OCTETS))) found.push(...membersOf(address))
    } catch {
      // Not an address list at all.
    }
  }
  return found.slice(0, ADDRESSES).map(({ name, address }) => ({ name: short(name), address: short(address) }))
}

const membersOf = (address: Address): MailAddress[] =>
  (address.group ?? [address as MailAddress]).filter((member) => member.address)

const MESSAGE_ID = /<([^<>\s]{1,998})>/g

/** RFC 5322 §3.6.4, without brackets; a lone one may lack them. */
export function readMessageIds(value: string): string[] {
  const ids = [...value.matchAll(MESSAGE_ID)].map(([, id]) => storable(id))
  const bare = value.trim()
  if (ids.length === 0 && /^[^\s<>@]{1,400}@[^\s<>@]{1,400}$/.test(bare)) return [storable(bare)]
  return [...new Set(ids)].slice(-ADDRESSES)
}

/** Empty for the null return path. */
export function readReturnPath(value: string | undefined): string | null {
  if (value === undefined) return null
  return short(/<([^<>]*)>/.exec(value)?.[1] ?? value.replace(/[<>]/g, ''))
}

function readDate(value: string | undefined): Date | null {
  const date = new Date((value ?? '').slice(0, 200).replace(/\([^()]*\)/g, ''))
  const year = date.getUTCFullYear()
  // Beyond these years it is a fault of the sender's clock, and no column takes all that JavaScript does.
  return year >= 1970 && year < 2200 ? date : null
}
