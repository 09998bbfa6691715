import type { Account, Campaign, Contact } from './account.ts'
import { contactsOf } from './account.ts'

/** Who would get it now: who is subscribed, of its tag when it has one. */
export function recipientsOf(account: Account, campaign: Campaign): Contact[] {
  const list = account.lists.get(campaign.list_id)
  if (!list) return []
  const { segment_id } = campaign
  const all = segment_id === undefined ? contactsOf(list) : [...(list.tags.get(segment_id)?.members ?? [])]
  return all.filter((contact) => contact.status === 'subscribed')
}
