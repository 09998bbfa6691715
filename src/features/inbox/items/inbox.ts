import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import {
  findOurMessage,
  findStandingOfPerson,
  listOthersOf,
  listRepliesOf,
  type OtherMessage,
  type OurMessage,
  type StandingOfPerson,
  type WrittenReply,
} from './around-queries.ts'
import { countOpenItems, findItemRow, findSource, type InboxEntry, type ItemRow, listItemRows } from './item-queries.ts'

interface Deps {
  db: Db
}

export interface InboxWanted {
  /** mine: what is open and assigned to `staff_id`. */
  view: 'open' | 'mine' | 'done'
  staff_id?: number | undefined
  /** Code of a round. */
  round?: string | undefined
  person_id?: number | undefined
  /** `next` of the page before. */
  after?: number | undefined
  limit?: number | undefined
}

const PAGE = 50

/** Replies that need a person: the open ones the oldest first, the done ones the newest first. @throws NotFound for the round */
export async function listInbox(
  { db }: Deps,
  wanted: InboxWanted,
): Promise<{ items: InboxEntry[]; next: number | null }> {
  const { view, staff_id, round, person_id, after, limit = PAGE } = wanted
  // Nobody's is what a caller without a staff row has.
  if (view === 'mine' && staff_id === undefined) return { items: [], next: null }
  const round_id = round === undefined ? undefined : (await getRoundRow({ db }, { code: round })).id
  const rows = await listItemRows(db, {
    ...{ state: view === 'done' ? 'done' : 'open', assigned_to: view === 'mine' ? staff_id : undefined },
    ...{ round_id, person_id, after, limit: limit + 1 },
  })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** Everything that is open, page by page, the oldest first. What is decided meanwhile does not disturb it. */
export async function* eachOpenItem(deps: Deps, { round }: { round?: string } = {}): AsyncGenerator<InboxEntry[]> {
  for (let after: number | undefined | null; after !== null; ) {
    const page: Awaited<ReturnType<typeof listInbox>> = await listInbox(deps, { view: 'open', round, after })
    yield page.items
    after = page.next
  }
}

export function countOpenInbox({ db }: Deps): Promise<number> {
  return countOpenItems(db)
}

/** One reply with all that tells what it means. */
export interface InboxItem extends ItemRow {
  /** Null when the sender is nobody that we know. */
  standing: StandingOfPerson | null
  our_message: OurMessage | null
  replies: WrittenReply[]
  others: OtherMessage[]
}

/** @throws NotFound */
export async function getInboxItem({ db }: Deps, { id }: { id: number }): Promise<InboxItem> {
  const row = await findItemRow(db, id)
  if (!row) throw new NotFound(`Inbox item ${id}`)
  const { person_id, round_id, delivery_id, incoming_id } = row
  const [standing, our_message, replies, others] = await Promise.all([
    person_id === null ? null : findStandingOfPerson(db, { person_id, round_id }),
    delivery_id === null ? null : findOurMessage(db, delivery_id),
    listRepliesOf(db, id),
    person_id === null ? [] : listOthersOf(db, { person_id, incoming_id }),
  ])
  return { ...row, standing, our_message: our_message ?? null, replies, others }
}

/** What came from a person, the newest first, at most twenty. */
export function listIncomingOfPerson({ db }: Deps, { person_id }: { person_id: number }): Promise<OtherMessage[]> {
  return listOthersOf(db, { person_id, incoming_id: 0 })
}

/** The message as it came. @throws NotFound */
export async function getInboxSource({ db }: Deps, { id }: { id: number }): Promise<Buffer> {
  const found = await findSource(db, id)
  if (!found?.raw) throw new NotFound(`The source of inbox item ${id}`)
  return found.raw
}
