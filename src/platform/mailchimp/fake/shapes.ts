import type { Clock } from '../../../lib/clock.ts'
import type { MailchimpCampaignStatus, MemberStatus } from '../shapes.ts'

/** What the fake is opened with. Everything has a default: `openFakeMailchimp()` is an account with one empty list. */
export interface FakeOptions {
  /** The API key that is right; its data centre is what stands after the last hyphen. Default 'fake-us1'. */
  key?: string
  /** Lists of the account at the start. Default one: `{ id: 'aaaaaaaaaa', name: 'Programme' }`. FNAME, LNAME, ADDRESS, PHONE, BIRTHDAY are there from the start, as in a new audience. */
  lists?: { id: string; name: string }[]
  account_name?: string
  /** What it is there; times of members, events and campaigns. Default the real one. */
  clock?: Clock
  /** Of everything that is random: faults, order of webhooks, bounces. Default 1. */
  seed?: number
  /** Requests that the account allows at once. Default 10. */
  connections?: number
  /** How long an answer takes at least. Default 0. */
  latencyMs?: number
  /** How long a 'slow' answer takes. Default 200. */
  slowMs?: number
  /** What is written is seen by reads only later. Default: at once. */
  lag?: Lag
  /** Whether batches stay pending until `batchesDone()` is called. Default: each begins at once. */
  batchesHeld?: boolean
  /**
   * Whether reading all contacts without naming a status returns archived ones. The description does not say, and
   * callers report both: what is right under both is right. Default 'asked': only with status=archived.
   */
  archivedListed?: 'asked' | 'always'
  /** Whether what the API does is told to webhooks too, where a webhook asks for source `api`. 'always': even where it does not. Default 'asked'. */
  echoes?: 'asked' | 'always' | 'never'
  /** Signs what is told to webhooks: `X-Mailchimp-Signature: t=,v1=`. Default: not signed. */
  signingSecret?: string
  /** Looks at each request and answer, for example validates them. What it returns is added to `violations`. */
  check?: (exchange: Exchange) => readonly string[]
}

/** Of which writes the effect is late for reads, and until when: `settle()`, so many reads later, or so long by the clock. */
export interface Lag {
  of: ('tags' | 'members')[]
  reads?: number
  ms?: number
}

/** One request and its answer. A request that a fault swallowed before it was looked at is not one. */
export interface Exchange {
  method: string
  /** As called, without the prefix /3.0 and without the query. */
  path: string
  /** As openapi.json names it, such as '/lists/{list_id}/members'; undefined when there is no such path. */
  template: string | undefined
  query: URLSearchParams
  /** Parsed; undefined when there was none. */
  body: unknown
  status: number
  /** Parsed; undefined when there was none. */
  answer: unknown
  /** True when it ran as an operation of a batch. */
  in_batch: boolean
}

/**
 * What may go wrong with a request:
 * - busy: 429 · forbidden: 403 without a body · html: 503 with an HTML page · reset-before: the socket is reset ·
 *   cut-before: an answer of 200 whose JSON is cut: nothing was done;
 * - hang: never answered, nothing was done; `hang-after`: never answered, it was done. Ends with the caller's patience or `close()`;
 * - cut-after: half of the answer's JSON, by its length or short of it · reset-after: the socket is reset: it was done;
 * - member-errors: about a fifth of the members of a batch add are refused with ERROR_GENERIC; other requests are answered as always;
 * - slow: done and answered after `slowMs`.
 */
export type Fault =
  | 'busy'
  | 'forbidden'
  | 'html'
  | 'hang'
  | 'hang-after'
  | 'cut-before'
  | 'cut-after'
  | 'reset-before'
  | 'reset-after'
  | 'member-errors'
  | 'slow'

/** '*', a method 'POST', a template '/lists/{list_id}', or both 'POST /lists/{list_id}'; or a function of the call. */
export type Match = string | ((call: { method: string; template: string; path: string; body: unknown }) => boolean)

export interface Faults {
  /** The next `times` (default 1) calls that match go wrong so; after those said before. */
  next(match: Match, fault: Fault, times?: number): void
  /** Every call that matches, until the returned function is called. */
  always(match: Match, fault: Fault): () => void
  /** So many of all calls (0 to 1) go wrong by chance, from the seed; `kinds` defaults to all but the hanging ones. */
  random(rate: number, kinds?: readonly Fault[]): void
  /** Nothing goes wrong any more. */
  stop(): void
  /** How often each happened. */
  happened: Partial<Record<Fault, number>>
}

/** A contact as tests look at it: what is, not what lagging reads see. */
export interface FakeMember {
  /** MD5 of the address in lower case. */
  id: string
  email_address: string
  status: MemberStatus
  merge_fields: Record<string, string>
  /** Sorted. */
  tags: string[]
  last_changed: Date
  unsubscribe_reason: string | null
}

export interface FakeCall {
  method: string
  /** As openapi.json names it. */
  path: string
  /** 0 when it was never answered. */
  status: number
  ms: number
  fault: Fault | undefined
  in_batch: boolean
}

/** A member's own copy of a campaign. */
export interface FakeCopy {
  campaign_id: string
  email_address: string
  /** 'hard' and 'soft' bounced: addresses whose local part begins with 'bounces' or 'softly', or by `bounces()`. */
  status: 'sent' | 'hard' | 'soft'
  subject: string
  html: string
  plain_text: string
  /** Addresses in its links, as the member would open them: not led through Mailchimp. */
  links: string[]
}

export interface FakeCampaign {
  id: string
  title: string
  status: MailchimpCampaignStatus
  list_id: string
  segment_id: number | null
  subject: string
  send_time: Date | null
  emails_sent: number
}

/** What webhooks are told, queued until it is delivered. */
export interface FakeEvent {
  url: string
  /** Form-encoded, as it is posted. */
  body: string
  type: string
}

export interface FakeMailchimp {
  /** Such as http://127.0.0.1:43210/3.0: what the adapter is given as `baseUrl`. */
  baseUrl: string
  /** The right key. */
  key: string
  /** The first list. */
  list_id: string
  faults: Faults

  // What people do there. Everything is told to webhooks as Mailchimp tells it; `list_id` defaults to the first list.

  /** By the link in a campaign's foot, or by themselves. */
  memberUnsubscribes(
    address: string,
    about?: { campaign_id?: string; reason?: 'manual' | 'abuse'; list_id?: string },
  ): void
  /** In the form behind the link to their profile. */
  memberChanges(address: string, merge_fields: Record<string, string>): void
  /** Changes the address; tells upemail, then profile. */
  memberMoves(address: string, new_address: string): void
  /** Mailchimp itself takes an address out. */
  cleans(address: string, reason: 'hard' | 'abuse', campaign_id?: string): void
  staffArchives(address: string): void
  staffAdds(
    address: string,
    status: MemberStatus,
    merge_fields?: Record<string, string>,
    tags?: readonly string[],
  ): void
  staffTags(address: string, tag: string): void
  staffUntags(address: string, tag: string): void
  /** In a form of the list with double opt-in: pending until `confirmsSignUp`. */
  signsUp(address: string, merge_fields?: Record<string, string>): void
  confirmsSignUp(address: string): void
  /** 404 from now on for everything of it. */
  deleteList(list_id?: string): void
  /** Sends what is due by the clock or was sent by the API. Returns how many copies left. */
  runCampaigns(): number
  /** By somebody who got it. `url` as it stands in the copy. */
  clicks(campaign_id: string, address: string, url: string, about?: { at?: Date; ip?: string }): void
  opens(campaign_id: string, address: string, about?: { at?: Date; ip?: string }): void
  /** From now on this address bounces so. */
  bounces(address: string, kind: 'hard' | 'soft'): void

  /**
   * Posts what is queued to the registered addresses, each `times` (default 1); answers' statuses in the order they were sent (0: no answer).
   * One that was not answered by 2xx stays queued, as there.
   */
  deliverWebhooks(how?: {
    times?: number
    order?: 'as fired' | 'reversed' | 'shuffled'
    seed?: number
  }): Promise<number[]>
  /** What would be delivered now. */
  queuedWebhooks(): FakeEvent[]
  /** Makes lagging writes visible. */
  settle(): void
  /** Begins batches that are held; ends when none is running. */
  batchesDone(): Promise<void>

  // What is there.

  /** All contacts of a list, archived ones too, in the order they came. */
  members(list_id?: string): FakeMember[]
  member(address: string, list_id?: string): FakeMember | undefined
  /** How many there are, by status. */
  countMembers(list_id?: string): Partial<Record<MemberStatus, number>>
  /** Tag → addresses, sorted. */
  tags(list_id?: string): Record<string, string[]>
  mergeFields(list_id?: string): { tag: string; name: string; type: string }[]
  webhooks(
    list_id?: string,
  ): { id: string; url: string; events: Record<string, boolean>; sources: Record<string, boolean> }[]
  campaigns(): FakeCampaign[]
  copies(campaign_id?: string): FakeCopy[]
  /** Every request so far, operations of batches too. `resetCalls` begins anew. */
  calls: FakeCall[]
  /** Calls so far by network that were no reads (other than GET). */
  writes: number
  /** Most requests that were open at the same time, those refused with 429 too. */
  mostAtOnce: number
  resetCalls(): void
  /** What `check` found. */
  violations: string[]
  close(): Promise<void>
}
