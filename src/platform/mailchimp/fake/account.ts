import { createHash } from 'node:crypto'
import type { Clock } from '../../../lib/clock.ts'
import { systemClock } from '../../../lib/clock.ts'
import type { MailchimpCampaignStatus, MemberStatus } from '../shapes.ts'
import { type LateWrites, openLateWrites } from './late-writes.ts'
import { type Random, seededRandom } from './random.ts'
import type { FakeCopy, FakeEvent, FakeOptions } from './shapes.ts'

/** A contact. Its tags are ids of the list's tags. */
export interface Contact {
  hash: string
  /** Of its address in all lists of all accounts. */
  unique_id: string
  address: string
  status: MemberStatus
  /** What it was when it was archived: leaving holds beyond it. */
  status_before: MemberStatus | undefined
  fields: Map<string, string>
  tags: Map<number, Date>
  /** Tags as lagging reads still see them; undefined: as they are. */
  tags_seen: Map<number, Date> | undefined
  /** Not seen by lagging reads yet. */
  hidden: boolean
  /** Deleted for good: still in the list's order until it is swept. */
  gone: boolean
  changed_at: Date
  signed_up_at: Date
  reason: string | undefined
  source: string
  web_id: number
  bounces: 'hard' | 'soft' | undefined
}

export interface Tag {
  id: number
  name: string
  members: Set<Contact>
  created_at: Date
  updated_at: Date
}

export interface Field {
  merge_id: number
  tag: string
  name: string
  type: string
  required: boolean
  default_value: string
  choices: string[]
}

export interface Webhook {
  id: string
  url: string
  events: Record<string, boolean>
  sources: Record<string, boolean>
}

export interface List {
  id: string
  name: string
  created_at: Date
  contacts: Map<string, Contact>
  /** In the order they came, for reading page by page. */
  order: Contact[]
  /** Whether some in `order` are gone. */
  unswept: boolean
  /** Deleted for good: never again by the API. */
  forgotten: Set<string>
  tags: Map<number, Tag>
  fields: Map<number, Field>
  webhooks: Map<string, Webhook>
}

/** An opening, a click or a bounce, as email-activity tells it. */
export interface Deed {
  action: 'open' | 'click' | 'bounce'
  at: Date
  url: string | undefined
  type: string | undefined
  ip: string | undefined
}

export interface Campaign {
  id: string
  web_id: number
  list_id: string
  segment_id: number | undefined
  type: string
  settings: Record<string, unknown>
  tracking: Record<string, unknown>
  status: MailchimpCampaignStatus
  created_at: Date
  send_time: Date | undefined
  html: string
  plain_text: string
  /** By name of the contact. */
  copies: Map<string, FakeCopy>
  deeds: Map<string, Deed[]>
  unsubscribed: Map<string, { address: string; at: Date; reason: string }>
  abuse_reports: number
}

export interface Batch {
  id: string
  status: 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished'
  operations: Record<string, unknown>[]
  finished: number
  errored: number
  submitted_at: Date
  completed_at: Date | undefined
  /** The archive of results. */
  results: Buffer | undefined
}

/** Everything that is in the account. */
export interface Account {
  options: FakeOptions
  key: string
  clock: Clock
  random: Random
  late: LateWrites
  /** Set when the server listens; without the prefix. */
  origin: string
  lists: Map<string, List>
  campaigns: Map<string, Campaign>
  batches: Map<string, Batch>
  /** What webhooks are yet to be told. */
  events: FakeEvent[]
  /** Where one test mail went; nobody reads it. */
  tests: string[]
  nextNumber(): number
  /** Ten hexadecimal digits, as most names there. */
  nextId(): string
}

/** How Mailchimp names a contact. */
export const hashOf = (address: string) => createHash('md5').update(address.trim().toLowerCase()).digest('hex')

/** How Mailchimp names an address across all of its accounts. */
export const uniqueIdOf = (address: string) => hashOf(`everywhere ${address}`).slice(0, 10)

export function createAccount(options: FakeOptions): Account {
  const clock = options.clock ?? systemClock
  let number = 1000
  const account: Account = {
    options,
    key: options.key ?? 'fake-us1',
    clock,
    random: seededRandom(options.seed ?? 1),
    late: openLateWrites(clock, options.lag),
    origin: '',
    lists: new Map(),
    campaigns: new Map(),
    batches: new Map(),
    events: [],
    tests: [],
    nextNumber: () => ++number,
    nextId: () => createHash('md5').update(`made up ${++number}`).digest('hex').slice(0, 10),
  }
  for (const list of options.lists ?? [{ id: 'aaaaaaaaaa', name: 'Programme' }]) addList(account, list)
  return account
}

const FIELDS_AT_FIRST = [
  { tag: 'FNAME', name: 'First Name', type: 'text' },
  { tag: 'LNAME', name: 'Last Name', type: 'text' },
  { tag: 'ADDRESS', name: 'Address', type: 'address' },
  { tag: 'PHONE', name: 'Phone Number', type: 'phone' },
  { tag: 'BIRTHDAY', name: 'Birthday', type: 'birthday' },
]

function addList(account: Account, { id, name }: { id: string; name: string }): void {
  const fields = FIELDS_AT_FIRST.map((field, at) => ({
    ...{ ...field, merge_id: at + 1, required: false, default_value: '', choices: [] },
  }))
  account.lists.set(id, {
    ...{ id, name, created_at: account.clock.now(), contacts: new Map(), order: [], unswept: false },
    ...{ forgotten: new Set(), tags: new Map(), webhooks: new Map() },
    fields: new Map(fields.map((field) => [field.merge_id, field])),
  })
}

export function fieldByTag(list: List, tag: string): Field | undefined {
  for (const field of list.fields.values()) if (field.tag === tag) return field
  return undefined
}

/** By name, as Mailchimp compares tags: without regard to case. */
export function tagByName(list: List, name: string): Tag | undefined {
  const wanted = name.toLowerCase()
  for (const tag of list.tags.values()) if (tag.name.toLowerCase() === wanted) return tag
  return undefined
}

/** Everybody who is not gone, in the order they came. */
export function contactsOf(list: List): Contact[] {
  if (list.unswept) {
    list.order = list.order.filter((contact) => !contact.gone)
    list.unswept = false
  }
  return list.order
}

/** ISO 8601 to the second, as Mailchimp writes it; empty when there is none. */
export const writeTime = (at: Date | undefined) => (at ? `${at.toISOString().slice(0, 19)}+00:00` : '')
