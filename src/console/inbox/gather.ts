import { getInboxItem, type InboxItem, listInbox } from '../../features/inbox/index.ts'
import { getPerson, listEverybody, type Person } from '../../features/people/index.ts'
import { getProgramme } from '../../features/programme/index.ts'
import { getRoundRow, type RoundRow } from '../../features/rounds/index.ts'
import { listMembers } from '../../features/staff/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { ConsoleDeps } from '../shell.ts'
import { itemHref } from './inbox-query.ts'

/** What a reply's page stands on. */
export interface ItemFacts {
  item: InboxItem
  person: Person | null
  round: RoundRow | null
  /** Who may look after a reply. */
  staff: { id: number; name: string }[]
  /** Names by what stands as the writer of an answer, such as "staff 3". */
  names: ReadonlyMap<string, string>
  /** Name that answers go under; '' when the programme has none. */
  from_name: string
  /** Among what is open. */
  before_href: string
  next_href: string
  /** People who were looked for, to say whose reply it is. */
  found: Awaited<ReturnType<typeof listEverybody>>['items']
}

const MOST_STAFF = 500
/** Beyond so many open replies the one before is not looked for. */
const NEIGHBOURS = 200
const MOST_FOUND = 10

/** @param input.q beginning of a name or address of who may have written it @throws NotFound */
export async function gatherItem(
  deps: Pick<ConsoleDeps, 'db'>,
  { id, q = '' }: { id: number; q?: string | undefined },
): Promise<ItemFacts> {
  const item = await getInboxItem(deps, { id })
  const { person_id, round_code } = item
  const isSearched = person_id === null && q.trim() !== ''
  const [person, round, { items: members }, programme, near, found] = await Promise.all([
    person_id === null ? null : getPerson(deps, { id: person_id }),
    round_code === null ? null : getRoundRow(deps, { code: round_code }),
    listMembers(deps, { after: 0, limit: MOST_STAFF }),
    getProgramme(deps.db),
    findNeighbours(deps, id),
    isSearched ? listEverybody(deps, { text: q.trim(), after: undefined, limit: MOST_FOUND }) : { items: [] },
  ])
  return {
    ...{ item, person, round, found: found.items, from_name: programme.from_name || programme.name },
    ...near,
    staff: members.filter(({ disabled_at, role }) => disabled_at === null && mayDo(role, 'inbox.read')),
    names: new Map(members.map((member) => [`staff ${member.id}`, member.name])),
  }
}

/** The open replies around one, in their order. */
async function findNeighbours(deps: Pick<ConsoleDeps, 'db'>, id: number) {
  const [{ items }, after] = await Promise.all([
    listInbox(deps, { view: 'open', limit: NEIGHBOURS }),
    listInbox(deps, { view: 'open', after: id, limit: 1 }),
  ])
  const before = items.findLast((one) => one.id < id)
  const next = after.items[0]
  return { before_href: before ? itemHref(before.id) : '', next_href: next ? itemHref(next.id) : '' }
}

/** The open reply that comes after one, else the first; undefined when nothing is open. */
export async function findNext(deps: Pick<ConsoleDeps, 'db'>, id: number): Promise<number | undefined> {
  const after = await listInbox(deps, { view: 'open', after: id, limit: 1 })
  if (after.items[0]) return after.items[0].id
  return (await listInbox(deps, { view: 'open', limit: 1 })).items[0]?.id
}
