import type { MemberStatus } from '../shapes.ts'
import type { Account, Campaign, Contact, List } from './account.ts'
import { hashOf, tagByName } from './account.ts'
import { addContact, makeTag, moveContact, setFields, setStatus, setTag } from './contacts.ts'
import { tell, tellContact, tellMoved } from './told.ts'

/** A list; the first when none is named. @throws when it is not there */
export function getList(account: Account, list_id?: string): List {
  const list = list_id === undefined ? account.lists.values().next().value : account.lists.get(list_id)
  if (!list) throw new Error(`The fake has no list ${list_id ?? ''}`)
  return list
}

function getContact(list: List, address: string): Contact {
  const contact = list.contacts.get(hashOf(address))
  if (!contact) throw new Error(`The fake's list has no contact ${address}`)
  return contact
}

function getCampaign(account: Account, campaign_id: string): Campaign {
  const campaign = account.campaigns.get(campaign_id)
  if (!campaign) throw new Error(`The fake has no campaign ${campaign_id}`)
  return campaign
}

export function unsubscribe(
  account: Account,
  address: string,
  about: { campaign_id?: string; reason?: 'manual' | 'abuse'; list_id?: string } = {},
): void {
  const list = getList(account, about.list_id)
  const contact = getContact(list, address)
  const reason = about.reason ?? 'manual'
  setStatus(account, contact, 'unsubscribed')
  contact.reason = reason === 'abuse' ? 'abuse' : 'None given'
  if (about.campaign_id) {
    const campaign = getCampaign(account, about.campaign_id)
    campaign.unsubscribed.set(contact.hash, {
      address: contact.address,
      at: account.clock.now(),
      reason: contact.reason,
    })
    if (reason === 'abuse') campaign.abuse_reports++
  }
  const campaign: Record<string, string> = about.campaign_id ? { '[campaign_id]': about.campaign_id } : {}
  tellContact(account, list, 'user', 'unsubscribe', contact, { '[action]': 'unsub', '[reason]': reason, ...campaign })
}

export function changeProfile(account: Account, address: string, fields: Record<string, string>): void {
  const list = getList(account)
  const contact = getContact(list, address)
  setFields(account, list, contact, fields)
  tellContact(account, list, 'user', 'profile', contact)
}

export function moveAddress(account: Account, address: string, new_address: string): void {
  const list = getList(account)
  const contact = getContact(list, address)
  if (list.contacts.has(hashOf(new_address))) throw new Error(`The fake's list has ${new_address} already`)
  const old = contact.address
  moveContact(account, list, contact, new_address)
  tellMoved(account, list, 'user', contact, old)
  tellContact(account, list, 'user', 'profile', contact)
}

export function clean(account: Account, address: string, reason: 'hard' | 'abuse', campaign_id?: string): void {
  const list = getList(account)
  const contact = getContact(list, address)
  setStatus(account, contact, 'cleaned')
  contact.reason = reason
  if (campaign_id && reason === 'abuse') getCampaign(account, campaign_id).abuse_reports++
  const said = {
    '[list_id]': list.id,
    '[campaign_id]': campaign_id ?? '',
    '[reason]': reason,
    '[email]': contact.address,
  }
  tell(account, list, 'user', 'cleaned', said)
}

export function archive(account: Account, address: string): void {
  const list = getList(account)
  const contact = getContact(list, address)
  setStatus(account, contact, 'archived')
  tellContact(account, list, 'admin', 'unsubscribe', contact, { '[action]': 'delete', '[reason]': 'manual' })
}

/** In the web interface, or in a form of the list (`source` 'user'). */
export function add(
  account: Account,
  address: string,
  status: MemberStatus,
  fields: Record<string, string> = {},
  tags: readonly string[] = [],
  source: 'admin' | 'user' = 'admin',
): void {
  const list = getList(account)
  const known = list.contacts.get(hashOf(address))
  const from = source === 'admin' ? 'Admin Add' : 'Hosted Signup Form'
  const contact = known ?? addContact(account, list, { address, status, source: from })
  setStatus(account, contact, status)
  setFields(account, list, contact, fields)
  for (const tag of tags) setTag(account, contact, tagByName(list, tag) ?? makeTag(account, list, tag), true)
  if (status === 'subscribed') tellContact(account, list, source, 'subscribe', contact)
}

export function confirm(account: Account, address: string): void {
  const list = getList(account)
  const contact = getContact(list, address)
  if (contact.status !== 'pending') throw new Error(`${address} does not wait for a confirmation`)
  setStatus(account, contact, 'subscribed')
  tellContact(account, list, 'user', 'subscribe', contact)
}

export function tagByStaff(account: Account, address: string, name: string, on: boolean): void {
  const list = getList(account)
  const tag = tagByName(list, name) ?? makeTag(account, list, name)
  setTag(account, getContact(list, address), tag, on)
}

export function act(
  account: Account,
  action: 'open' | 'click',
  what: { campaign_id: string; address: string; url?: string; at?: Date | undefined; ip?: string | undefined },
): void {
  const campaign = getCampaign(account, what.campaign_id)
  const hash = hashOf(what.address)
  if (!campaign.copies.has(hash)) throw new Error(`${what.address} got no copy of ${what.campaign_id}`)
  const at = what.at ?? account.clock.now()
  const deed = { action, at, url: what.url, type: undefined, ip: what.ip ?? '203.0.113.9' }
  const deeds = campaign.deeds.get(hash)
  if (deeds) deeds.push(deed)
  else campaign.deeds.set(hash, [deed])
}

export function setBounce(account: Account, address: string, kind: 'hard' | 'soft'): void {
  getContact(getList(account), address).bounces = kind
}
