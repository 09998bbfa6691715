/**
 * What passes between us and Mailchimp (Marketing API 3.0), as much of it as we use. Names are Mailchimp's own, but
 * for times, which are Dates. Times that Mailchimp leaves empty are null.
 */

/** What a contact may be there. 'archived' is what a removal leaves. */
export type MemberStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived'

export interface MailchimpAccount {
  account_id: string
  account_name: string
}

export interface MailchimpList {
  id: string
  name: string
  /** Contacts that are subscribed. */
  member_count: number
}

export interface MergeField {
  merge_id: number
  /** Upper case, at most 10 characters. */
  tag: string
  name: string
  type: string
  required: boolean
}

/** A contact as it is read. */
export interface Member {
  /** MD5 of the address in lower case. */
  id: string
  email_address: string
  status: MemberStatus
  merge_fields: Record<string, string>
  tags: string[]
  last_changed: Date | null
}

/** A contact that is not there yet; one that turns out to be there comes back as an error and stays as it is. */
export interface NewMember {
  email_address: string
  merge_fields: Record<string, string>
}

/** A contact that is there. Its status is never sent: whoever left a moment ago stays away. */
export interface MemberChange {
  email_address: string
  merge_fields: Record<string, string>
}

/** What became of up to 500 contacts written in one call. Whoever is in neither list was not looked at. */
export interface MembersWritten {
  /** MD5 names of those that were taken. */
  taken: string[]
  refused: MemberRefused[]
}

export interface MemberRefused {
  email_address: string
  /** exists: it is there already; compliance: it left or was cleaned and only its owner can bring it back; refused: Mailchimp does not take the address or a value. */
  code: 'exists' | 'compliance' | 'refused'
  /** Mailchimp's words. */
  words: string
}

export interface MailchimpTag {
  id: number
  name: string
  member_count: number
}

/** One operation of a batch, as it would be a call of its own. */
export interface Operation {
  operation_id: string
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** What would stand after the question mark. */
  params?: Record<string, string>
  /** JSON. */
  body?: string
}

export interface Batch {
  id: string
  status: 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished'
  total_operations: number
  finished_operations: number
  errored_operations: number
  /** Where the results are, once it is finished. */
  response_body_url: string | null
}

export interface OperationResult {
  operation_id: string
  status_code: number
  /** As the call of its own would have been answered, parsed. */
  response: unknown
}

export interface MailchimpWebhook {
  id: string
  url: string
}

/** As Mailchimp calls it: 'save' is a draft. */
export type MailchimpCampaignStatus =
  | 'save'
  | 'paused'
  | 'schedule'
  | 'sending'
  | 'sent'
  | 'canceled'
  | 'canceling'
  | 'archived'

export interface MailchimpCampaign {
  id: string
  title: string
  status: MailchimpCampaignStatus
  send_time: Date | null
  emails_sent: number
}

export interface NewCampaign {
  list_id: string
  /** A tag's id: only its contacts get the campaign. */
  segment_id: number
  title: string
  subject_line: string
  preview_text: string
  from_name: string
  reply_to: string
  /** Whether Mailchimp leads links through itself, and puts in its picture. */
  count_clicks: boolean
  count_opens: boolean
}

/** What Mailchimp has against sending a campaign. */
export interface ChecklistItem {
  type: 'success' | 'warning' | 'error'
  heading: string
  details: string
}

/** The totals of a campaign that was sent. */
export interface MailchimpReport {
  emails_sent: number
  abuse_reports: number
  unsubscribed: number
  bounces: { hard_bounces: number; soft_bounces: number; syntax_errors: number }
  opens: { unique_opens: number }
  clicks: { unique_subscriber_clicks: number; clicks_total: number }
  send_time: Date | null
}

export interface SentTo {
  email_id: string
  email_address: string
  status: 'sent' | 'hard' | 'soft'
}

export interface Activity {
  email_id: string
  email_address: string
  activity: {
    action: 'open' | 'click' | 'bounce'
    timestamp: Date
    url: string | null
    type: string | null
    ip: string | null
  }[]
}

export interface Unsubscribed {
  email_id: string
  email_address: string
  timestamp: Date
  reason: string
}

/**
 * One account. Every call holds one of the account's connections (8 of the 10 that Mailchimp allows, over all our
 * processes), ends within its time limit, and is tried again when that does no harm.
 * @throws Upstream with `code`:
 * - `mailchimp_key_refused` (the key is wrong, or for another data centre), `mailchimp_missing` (404), `mailchimp_compliance`,
 *   `mailchimp_refused` (400 and the like, with Mailchimp's own words): not retryable;
 * - `mailchimp_busy` (429, or 403 without a body), `mailchimp_unreachable` (no answer in time, a broken one, HTML, 5xx):
 *   retryable, after the tries that were made.
 */
export interface Mailchimp {
  /** Requests made so far, tries counted: what a sync says it cost is the difference between two looks. */
  readonly calls: { readonly count: number }

  ping(): Promise<void>
  readAccount(): Promise<MailchimpAccount>
  listLists(): Promise<MailchimpList[]>
  getList(list_id: string): Promise<MailchimpList>

  listMergeFields(list_id: string): Promise<MergeField[]>
  /** A text field. Made before, it is no fault. */
  createMergeField(list_id: string, field: { tag: string; name: string }): Promise<void>

  /** Everybody, archived ones too, a thousand at a time. With `since`: whoever changed there since then. */
  eachMember(list_id: string, wanted?: { since?: Date }): AsyncGenerator<Member[]>
  findMember(list_id: string, hash: string): Promise<Member | undefined>
  /** At most 500. They are subscribed from now on. */
  addMembers(list_id: string, members: readonly NewMember[]): Promise<MembersWritten>
  /** At most 500. */
  changeMembers(list_id: string, members: readonly MemberChange[]): Promise<MembersWritten>
  /** One contact, by the name it had: its address may change with it. One that was archived is subscribed again. */
  putMember(list_id: string, hash: string, member: MemberChange & { subscribe: boolean }): Promise<Member>
  /** Takes a contact out without unsubscribing it. Archived or missing already is no fault. */
  archiveMember(list_id: string, hash: string): Promise<void>
  /** For good, when a person is erased: this address can never be put there by us again. Missing is no fault. */
  deleteMember(list_id: string, hash: string): Promise<void>

  listTags(list_id: string): Promise<MailchimpTag[]>
  /** With at most 500 addresses. Made before, it is found instead. */
  createTag(list_id: string, name: string, addresses: readonly string[]): Promise<MailchimpTag>
  /** At most 500 each. Addresses that are no contacts are passed over. */
  changeTag(
    list_id: string,
    tag_id: number,
    change: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<void>

  /** At most 1,000 operations. Submitted twice, it is done twice: operations are such that this does no harm. */
  submitBatch(operations: readonly Operation[]): Promise<Batch>
  getBatch(batch_id: string): Promise<Batch>
  /** The results of a finished batch, one by one: never all in memory. */
  eachResult(batch: Batch): AsyncGenerator<OperationResult>
  /** The operations of a batch for what the calls above do one by one. */
  operations: {
    addMembers(list_id: string, members: readonly NewMember[]): Omit<Operation, 'operation_id'>
    changeMembers(list_id: string, members: readonly MemberChange[]): Omit<Operation, 'operation_id'>
    changeTag(
      list_id: string,
      tag_id: number,
      change: { add?: readonly string[]; remove?: readonly string[] },
    ): Omit<Operation, 'operation_id'>
    archiveMember(list_id: string, hash: string): Omit<Operation, 'operation_id'>
    /** What an answer of `addMembers` or `changeMembers` says. */
    readMembersWritten(response: unknown): MembersWritten
  }

  listWebhooks(list_id: string): Promise<MailchimpWebhook[]>
  /** For everything that others do there; what we do by the API is not told. */
  createWebhook(list_id: string, url: string): Promise<MailchimpWebhook>
  removeWebhook(list_id: string, webhook_id: string): Promise<void>

  /** Not repeated by itself: look for its title first. */
  createCampaign(campaign: NewCampaign): Promise<MailchimpCampaign>
  findCampaign(list_id: string, title: string): Promise<MailchimpCampaign | undefined>
  getCampaign(campaign_id: string): Promise<MailchimpCampaign>
  putContent(campaign_id: string, content: { html: string; plain_text: string }): Promise<void>
  readContent(campaign_id: string): Promise<{ html: string; plain_text: string }>
  readChecklist(campaign_id: string): Promise<{ is_ready: boolean; items: ChecklistItem[] }>
  /** @param at on a quarter of an hour */
  scheduleCampaign(campaign_id: string, at: Date): Promise<void>
  unscheduleCampaign(campaign_id: string): Promise<void>
  /** Sent already is no fault. */
  sendCampaign(campaign_id: string): Promise<void>
  cancelCampaign(campaign_id: string): Promise<void>
  deleteCampaign(campaign_id: string): Promise<void>

  readReport(campaign_id: string): Promise<MailchimpReport>
  eachSentTo(campaign_id: string): AsyncGenerator<SentTo[]>
  eachActivity(campaign_id: string, since?: Date): AsyncGenerator<Activity[]>
  eachUnsubscribed(campaign_id: string): AsyncGenerator<Unsubscribed[]>
}
