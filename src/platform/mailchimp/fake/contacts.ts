import type { MemberStatus } from '../shapes.ts'
import type { Account, Contact, List, Tag } from './account.ts'
import { fieldByTag, hashOf, uniqueIdOf } from './account.ts'

/** Puts a new contact into a list. The caller has checked that it may. */
export function addContact(
  account: Account,
  list: List,
  made: { address: string; status: MemberStatus; source: string },
): Contact {
  const now = account.clock.now()
  const contact: Contact = {
    unique_id: uniqueIdOf(made.address),
    ...{ hash: hashOf(made.address), address: made.address.trim(), status: made.status, status_before: undefined },
    ...{ fields: new Map(), tags: new Map(), tags_seen: undefined, hidden: false, gone: false },
    ...{ changed_at: now, signed_up_at: now, reason: undefined, source: made.source },
    ...{ web_id: account.nextNumber(), bounces: undefined },
  }
  list.contacts.set(contact.hash, contact)
  list.order.push(contact)
  if (account.late.isLate('members')) {
    contact.hidden = true
    account.late.later(() => {
      contact.hidden = false
    })
  }
  return contact
}

/** Returns whether anything became different. Tags that the list lacks are passed over. */
export function setFields(account: Account, list: List, contact: Contact, values: Record<string, unknown>): boolean {
  let changed = false
  for (const [tag, value] of Object.entries(values)) {
    if (!fieldByTag(list, tag)) continue
    const text =
      value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
    if ((contact.fields.get(tag) ?? '') === text) continue
    contact.fields.set(tag, text)
    changed = true
  }
  if (changed) contact.changed_at = account.clock.now()
  return changed
}

export function setStatus(account: Account, contact: Contact, status: MemberStatus): boolean {
  if (contact.status === status) return false
  contact.status_before = status === 'archived' ? contact.status : undefined
  contact.status = status
  contact.changed_at = account.clock.now()
  if (status === 'subscribed') contact.reason = undefined
  return true
}

/** Whether it left, was cleaned or complained: only its owner brings it back. Archiving does not wash that off. */
export function isInCompliance(contact: Contact): boolean {
  const status = contact.status === 'archived' ? contact.status_before : contact.status
  return status === 'unsubscribed' || status === 'cleaned'
}

/** Gives it another address, and so another name. The caller has checked that nobody has it. */
export function moveContact(account: Account, list: List, contact: Contact, address: string): void {
  list.contacts.delete(contact.hash)
  contact.address = address.trim()
  contact.hash = hashOf(address)
  contact.unique_id = uniqueIdOf(address)
  contact.changed_at = account.clock.now()
  list.contacts.set(contact.hash, contact)
}

/** Takes it out of everything, for good. */
export function forgetContact(list: List, contact: Contact): void {
  list.contacts.delete(contact.hash)
  list.forgotten.add(contact.hash)
  list.unswept = true
  contact.gone = true
  for (const id of contact.tags.keys()) list.tags.get(id)?.members.delete(contact)
}

export function makeTag(account: Account, list: List, name: string): Tag {
  const now = account.clock.now()
  const tag = { id: account.nextNumber(), name, members: new Set<Contact>(), created_at: now, updated_at: now }
  list.tags.set(tag.id, tag)
  return tag
}

/** Returns whether it became different. A contact's `changed_at` stays: Mailchimp does not promise that tags move it. */
export function setTag(account: Account, contact: Contact, tag: Tag, on: boolean): boolean {
  if (contact.tags.has(tag.id) === on) return false
  if (account.late.isLate('tags')) {
    if (!contact.tags_seen) {
      contact.tags_seen = new Map(contact.tags)
    }
    account.late.later(() => {
      contact.tags_seen = undefined
    })
  }
  const now = account.clock.now()
  if (on) {
    contact.tags.set(tag.id, now)
    tag.members.add(contact)
  } else {
    contact.tags.delete(tag.id)
    tag.members.delete(contact)
  }
  tag.updated_at = now
  return true
}
