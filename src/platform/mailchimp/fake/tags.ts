import type { Account, Contact, List, Tag } from './account.ts'
import { hashOf, tagByName, writeTime } from './account.ts'
import {
  type Answer,
  badRequest,
  bodyOf,
  type Call,
  done,
  type Handler,
  invalid,
  notFound,
  ok,
  pageOf,
  textsIn,
} from './answers.ts'
import { makeTag, setTag } from './contacts.ts'
import { tooMany } from './member-writes.ts'
import { presentMember, withList, withMember } from './members.ts'

/** Tags are static segments: by these paths they are listed, made, filled and removed. */
export const listSegments: Handler = withList((call, list) => {
  const type = call.query.get('type')
  const tags = type && type !== 'static' ? [] : [...list.tags.values()]
  return pageOf(call, 'segments', tags, (tag) => present(call.account, list, tag), { list_id: list.id })
})

export const createSegment: Handler = withList((call, list) => {
  const { name, static_segment } = bodyOf(call)
  if (typeof name !== 'string' || name.trim() === '') return invalid('name', 'This value should not be blank.')
  if (name.length > 100) return invalid('name', 'This value is too long. It should have 100 characters or less.')
  if (!Array.isArray(static_segment)) return invalid('static_segment', 'This value should be of type array.')
  if (static_segment.length > 500) return tooMany('static_segment')
  if (tagByName(list, name)) return badRequest('Sorry, that tag already exists.')
  const tag = makeTag(call.account, list, name)
  for (const contact of found(list, static_segment).contacts) setTag(call.account, contact, tag, true)
  return ok(present(call.account, list, tag))
})

const withTag = (handle: (call: Call, list: List, tag: Tag) => Answer): Handler =>
  withList((call, list) => {
    const tag = list.tags.get(Number(call.ids.segment_id))
    return tag ? handle(call, list, tag) : notFound()
  })

export const getSegment: Handler = withTag((call, list, tag) => ok(present(call.account, list, tag)))

export const deleteSegment: Handler = withTag((call, list, tag) => {
  for (const contact of [...tag.members]) setTag(call.account, contact, tag, false)
  list.tags.delete(tag.id)
  return done
})

/** Adds and removes up to 500 each. Addresses that are no contacts, or archived ones, are passed over and named. */
export const fillSegment: Handler = withTag((call, list, tag) => {
  const { account } = call
  const { members_to_add, members_to_remove } = bodyOf(call)
  if (textsIn(members_to_add).length > 500) return tooMany('members_to_add')
  if (textsIn(members_to_remove).length > 500) return tooMany('members_to_remove')
  const adding = found(list, members_to_add)
  const removing = found(list, members_to_remove)
  const added = adding.contacts.filter((contact) => setTag(account, contact, tag, true))
  const removed = removing.contacts.filter((contact) => setTag(account, contact, tag, false))
  const unknown = [...adding.unknown, ...removing.unknown]
  return ok({
    members_added: added.map((contact) => less(presentMember(list, contact))),
    members_removed: removed.map((contact) => less(presentMember(list, contact))),
    errors: unknown.length
      ? [{ email_addresses: unknown, error: 'Email addresses are not present on this list.' }]
      : [],
    total_added: added.length,
    total_removed: removed.length,
    error_count: unknown.length,
  })
})

export const listSegmentMembers: Handler = withTag((call, list, tag) => {
  const wanted = new Set(['subscribed'])
  for (const status of ['unsubscribed', 'cleaned', 'transactional'])
    if (call.query.get(`include_${status}`) === 'true') wanted.add(status)
  const members = [...tag.members].filter((contact) => wanted.has(contact.status) && isSeenIn(tag, contact))
  return pageOf(call, 'members', members, (contact) => less(presentMember(list, contact)))
})

function less({ tags: _, tags_count: __, contact_id: ___, full_name: ____, ...member }: Record<string, unknown>) {
  const { web_id: _____, consents_to_one_to_one_messaging: ______, ...rest } = member
  return rest
}

function found(list: List, addresses: unknown): { contacts: Contact[]; unknown: string[] } {
  const contacts = new Set<Contact>()
  const unknown: string[] = []
  for (const address of textsIn(addresses)) {
    const contact = list.contacts.get(hashOf(address))
    if (contact && contact.status !== 'archived') contacts.add(contact)
    else unknown.push(address)
  }
  return { contacts: [...contacts], unknown }
}

const isSeenIn = (tag: Tag, contact: Contact) => (contact.tags_seen ?? contact.tags).has(tag.id)

function present(account: Account, list: List, tag: Tag) {
  let member_count = 0
  const lags = account.options.lag !== undefined
  for (const contact of tag.members)
    if (contact.status === 'subscribed' && (!lags || isSeenIn(tag, contact))) member_count++
  return {
    ...{ id: tag.id, name: tag.name, member_count, type: 'static' },
    ...{ created_at: writeTime(tag.created_at), updated_at: writeTime(tag.updated_at), list_id: list.id },
  }
}

export const searchTags: Handler = withList((call, list) => {
  const name = (call.query.get('name') ?? '').toLowerCase()
  const tags = [...list.tags.values()].filter((tag) => tag.name.toLowerCase().startsWith(name))
  return ok({ tags: tags.map(({ id, name }) => ({ id, name })), total_items: tags.length })
})

/** POST tags of a member: made when missing. */
export const changeMemberTags: Handler = withMember((call, list, contact) => {
  const { tags } = bodyOf(call)
  if (!Array.isArray(tags)) return invalid('tags', 'This value should be of type array.')
  for (const { name, status } of tags as { name: string; status: string }[]) {
    const known = tagByName(list, name)
    if (status === 'active') setTag(call.account, contact, known ?? makeTag(call.account, list, name), true)
    else if (known) setTag(call.account, contact, known, false)
  }
  return done
})
