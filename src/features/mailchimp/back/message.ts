import { memberHash } from '../../../platform/mailchimp/index.ts'

/** What Mailchimp tells us (Marketing API 3.0, "Sync audience data with webhooks"). */
export const EVENT_KINDS = ['subscribe', 'unsubscribe', 'cleaned', 'upemail', 'profile', 'campaign'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** One message, as much of it as we use. */
export interface Told {
  kind: EventKind
  list_id: string
  fired_at: Date | null
  /** MD5 of the address in lower case; null for a campaign. */
  hash: string | null
  address: string | null
  new_address: string | null
  mailchimp_campaign: string | null
  /** 'manual', 'abuse' or 'hard' in Mailchimp's words; DELETED when staff there took the contact out. */
  reason: string | null
  /** Merge fields as they stand there now, by tag; only of a subscribe or a profile. */
  merges: Record<string, string>
}

/** An "unsubscribe" that is none: somebody deleted or archived the contact there. */
export const DELETED = 'delete'

/** Mailchimp has at most 80 merge fields, some of several parts. */
const MOST_PAIRS = 1000
/** RFC 5321 §4.5.3.1.3, with room for what other systems take. */
const LONGEST_ADDRESS = 320
const LONGEST_VALUE = 1000

/**
 * Reads a form-encoded message. Only fields that are named here are read: whatever else stands in it is passed over.
 * Undefined: it is no message of a kind that we know, or lacks what it is about.
 */
export function parseMessage(body: Buffer): Told | undefined {
  const form = new URLSearchParams(body.toString('utf8'))
  if (form.size > MOST_PAIRS) return undefined
  const kind = EVENT_KINDS.find((each) => each === form.get('type'))
  const list_id = wordOf(form, 'data[list_id]')
  if (kind === undefined || list_id === null) return undefined
  const address = addressOf(form, kind === 'upemail' ? 'data[old_email]' : 'data[email]')
  const new_address = kind === 'upemail' ? addressOf(form, 'data[new_email]') : null
  const mailchimp_campaign = wordOf(form, kind === 'campaign' ? 'data[id]' : 'data[campaign_id]')
  const about = kind === 'campaign' ? mailchimp_campaign : address
  if (about === null || (kind === 'upemail' && new_address === null)) return undefined
  const isDeleted = kind === 'unsubscribe' && form.get('data[action]') === DELETED
  return {
    ...{ kind, list_id, fired_at: timeOf(form.get('fired_at')), new_address, mailchimp_campaign },
    ...{
      address: kind === 'campaign' ? null : address,
      hash: kind === 'campaign' ? null : memberHash(address as string),
    },
    reason: isDeleted && form.get('data[reason]') !== 'abuse' ? DELETED : wordOf(form, 'data[reason]'),
    merges: kind === 'subscribe' || kind === 'profile' ? mergesOf(form) : {},
  }
}

/** No text of PostgreSQL's holds a NUL: what has one is none of ours. */
const isStorable = (text: string, most: number) =>
  text.length > 0 && text.length <= most && !text.includes('\0') && text.isWellFormed()

/** An id or a word of Mailchimp's; whatever else stands there is kept nowhere. */
function wordOf(form: URLSearchParams, name: string): string | null {
  const text = form.get(name)?.trim() ?? ''
  return /^[\w-]{1,60}$/.test(text) ? text : null
}

function addressOf(form: URLSearchParams, name: string): string | null {
  const text = form.get(name)?.trim() ?? ''
  return isStorable(text, LONGEST_ADDRESS) && text.includes('@') ? text : null
}

function mergesOf(form: URLSearchParams): Record<string, string> {
  const found: [string, string][] = []
  for (const [name, value] of form) {
    const tag = /^data\[merges\]\[([A-Z0-9_]{1,50})\]$/.exec(name)?.[1]
    if (tag !== undefined && value.length <= LONGEST_VALUE && !value.includes('\0')) found.push([tag, value])
  }
  // Made of pairs, a name such as __proto__ is a key like any other.
  return Object.fromEntries(found)
}

/** "2026-03-26 21:35:57", in UTC. */
function timeOf(text: string | null): Date | null {
  if (text === null || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const time = new Date(`${text.replace(' ', 'T')}Z`)
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 2000 ? null : time
}
