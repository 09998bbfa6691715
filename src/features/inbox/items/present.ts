import type { InboxItem } from './inbox.ts'
import type { InboxEntry } from './item-queries.ts'

/** Without the numbers that its objects say already. */
export function presentEntry(entry: InboxEntry) {
  const { round_code, from_name, from_address, ...rest } = entry
  return { ...rest, round: round_code, from: { name: from_name, address: from_address } }
}

export function presentItem(item: InboxItem) {
  const { person_id: _person, round_id: _round, delivery_id: _delivery, ...rest } = item
  return presentEntry(rest as InboxItem)
}
