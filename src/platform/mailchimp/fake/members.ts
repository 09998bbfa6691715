import type { Contact, List } from './account.ts'
import { contactsOf, writeTime } from './account.ts'
import { type Answer, type Call, type Handler, invalid, notFound, ok, pageOf } from './answers.ts'

/** Calls `handle` with the list that the path names; 404 when there is none. */
export const withList =
  (handle: (call: Call, list: List) => Answer | Promise<Answer>): Handler =>
  (call) => {
    const list = call.account.lists.get(call.ids.list_id ?? '')
    return list ? handle(call, list) : notFound()
  }

/** Calls `handle` with the contact that the path names; 404 when there is none. Reads do not see what is hidden. */
export const withMember = (handle: (call: Call, list: List, contact: Contact) => Answer | Promise<Answer>): Handler =>
  withList((call, list) => {
    const contact = list.contacts.get((call.ids.subscriber_hash ?? '').toLowerCase())
    const isSeen = contact && !(contact.hidden && call.method === 'GET')
    return isSeen ? handle(call, list, contact) : notFound()
  })

/** A contact as it is answered. Fields that hold nothing are empty texts, as there. */
export function presentMember(list: List, contact: Contact): Record<string, unknown> {
  const merge_fields: Record<string, unknown> = {}
  for (const field of list.fields.values()) merge_fields[field.tag] = contact.fields.get(field.tag) ?? ''
  const tags = [...seenTags(contact).keys()].map((id) => ({ id, name: list.tags.get(id)?.name ?? '' }))
  return {
    id: contact.hash,
    email_address: contact.address,
    unique_email_id: contact.unique_id,
    contact_id: contact.web_id.toString(16).padStart(32, '0'),
    full_name: `${merge_fields.FNAME ?? ''} ${merge_fields.LNAME ?? ''}`.trim(),
    web_id: contact.web_id,
    email_type: 'html',
    status: contact.status,
    ...(contact.reason ? { unsubscribe_reason: contact.reason } : {}),
    consents_to_one_to_one_messaging: true,
    merge_fields,
    stats: { avg_open_rate: 0, avg_click_rate: 0 },
    ip_signup: '',
    timestamp_signup: writeTime(contact.status === 'pending' ? contact.signed_up_at : undefined),
    ip_opt: '',
    timestamp_opt: writeTime(contact.status === 'pending' ? undefined : contact.signed_up_at),
    member_rating: 2,
    last_changed: writeTime(contact.changed_at),
    language: '',
    vip: false,
    email_client: '',
    location: { latitude: 0, longitude: 0, gmtoff: 0, dstoff: 0, country_code: '', timezone: '', region: '' },
    source: contact.source,
    tags_count: tags.length,
    tags: tags.slice(0, 50),
    list_id: list.id,
  }
}

const seenTags = (contact: Contact) => contact.tags_seen ?? contact.tags

/** GET members: a page of a list. */
export const listMembers: Handler = withList((call, list) => {
  const { account, query } = call
  const status = query.get('status')
  const since = readTime(query.get('since_last_changed'))
  const before = readTime(query.get('before_last_changed'))
  if (Number.isNaN(since) || Number.isNaN(before)) return invalid('since_last_changed', 'Must be a valid date/time.')
  const sort = query.get('sort_field')
  const listsArchived = account.options.archivedListed === 'always'

  let found = contactsOf(list)
  const isPlain = !status && listsArchived && since === undefined && before === undefined && !account.options.lag
  if (!isPlain)
    found = found.filter((contact) => {
      if (contact.hidden) return false
      if (status ? contact.status !== status : contact.status === 'archived' && !listsArchived) return false
      if (since === undefined && before === undefined) return true
      const changed = Math.floor(contact.changed_at.getTime() / 1000) * 1000
      return (since === undefined || changed > since) && (before === undefined || changed < before)
    })
  if (sort) {
    const by = sort === 'last_changed' ? 'changed_at' : 'signed_up_at'
    const direction = query.get('sort_dir') === 'DESC' ? -1 : 1
    found = [...found].sort((a, b) => direction * (a[by].getTime() - b[by].getTime()))
  }
  return pageOf(call, 'members', found, (contact) => presentMember(list, contact), { list_id: list.id })
})

function readTime(text: string | null): number | undefined {
  return text === null ? undefined : Date.parse(text)
}

export const getMember: Handler = withMember((_call, list, contact) => ok(presentMember(list, contact)))

/** GET tags of a member: all of them, page by page. */
export const listMemberTags: Handler = withMember((call, list, contact) =>
  pageOf(call, 'tags', [...seenTags(contact)], ([id, at]) => ({
    ...{ id, name: list.tags.get(id)?.name ?? '', date_added: writeTime(at) },
  })),
)
