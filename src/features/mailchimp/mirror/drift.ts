import type { Db } from '../../../platform/db/open.ts'
import { getAudience } from '../connection/audience.ts'
import type { MailchimpDeps } from '../deps.ts'
import { listGoneMembers } from './member-queries.ts'
import { listPeopleIds, type MirroredPerson } from './people-queries.ts'
import { isDone, planPage, type Step, stepsOfGone } from './plan.ts'
import { sayStep } from './say-step.ts'

/** What a sync may do, or may not. */
const KINDS = ['new', 'changed', 'archived', 'deleted', 'taken', 'clashes', 'tagged', 'for_person'] as const
export type PlanKind = (typeof KINDS)[number]

/** What is to be done about somebody, in words. Nobody is named whose person is gone here. */
export interface PlanItem {
  person_id: number | null
  given_name: string
  family_name: string
  /** The first of what is to be done. */
  kind: PlanKind
  words: string
}

export interface Standing {
  /** Of contacts, by kind; one may be of several. */
  counts: Record<PlanKind, number> & { drift: number }
  /** People who are to be there. */
  here: number
  /** Contacts of people of ours that are there, archived ones left out. */
  there: number
  /** People who are to be there and are, as they are to be. */
  in_step: number
}

const PAGE = 5000

interface ScanOptions {
  onPage?: (people: number) => Promise<void>
  onItem?: (item: PlanItem) => void
}

/**
 * How both sides stand by the last reading: what a sync would do, of everybody, page by page. Nothing is asked and nothing
 * written. About 0.1 ms a person.
 */
export async function scanPlan(db: Db, states: readonly string[], options: ScanOptions = {}): Promise<Standing> {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<PlanKind, number>
  const standing: Standing = { counts: { ...kinds, drift: 0 }, here: 0, there: 0, in_step: 0 }
  for (let after = 0; ; ) {
    const ids = await listPeopleIds(db, { after, limit: PAGE })
    if (ids.length === 0) break
    const { people, steps } = await planPage(db, { ids }, states)
    const byId = new Map(people.map((person) => [person.person_id, person]))
    countSteps(standing, steps, byId, options)
    await options.onPage?.(ids.length)
    after = ids.at(-1) as number
  }
  for (let after = ''; ; ) {
    const members = await listGoneMembers(db, { after, limit: PAGE })
    if (members.length === 0) return standing
    countSteps(standing, stepsOfGone(members), new Map(), options)
    after = members.at(-1)?.hash as string
  }
}

function countSteps(
  standing: Standing,
  steps: readonly Step[],
  people: ReadonlyMap<number, MirroredPerson>,
  { onItem }: ScanOptions,
): void {
  const drifting = new Set<number | string>()
  const { counts } = standing
  for (const step of steps) {
    const { desired, member, decision, person_id } = step
    const isMissing = !member || member.status === 'absent' || member.status === 'archived'
    if (!isMissing) standing.there++
    if (desired.want === 'there') standing.here++
    const kinds = kindsOf(step)
    for (const kind of kinds) counts[kind]++
    if (!isDone(step)) drifting.add(person_id ?? (member?.hash as string))
    else if (desired.want === 'there' && decision.trouble === null) standing.in_step++
    const [kind] = kinds
    if (!kind || !onItem) continue
    const { given_name = '', family_name = '' } = (person_id !== null && people.get(person_id)) || {}
    onItem({ person_id, given_name, family_name, kind, words: sayStep(step, kind) })
  }
  counts.drift += drifting.size
}

/** What has to be done comes before what a person must see to. */
function kindsOf({ decision, moves, member }: Step): PlanKind[] {
  const { write, remove, tags_add, tags_remove, take, clashes, trouble } = decision
  const holds: Record<PlanKind, boolean> = {
    new: write === 'add',
    changed: write === 'change' || moves,
    archived: remove === 'archive',
    deleted: remove === 'delete',
    taken: Object.keys(take).length > 0 || decision.stop !== null,
    clashes: clashes.length > 0,
    tagged: tags_add.length + tags_remove.length > 0,
    for_person: trouble !== null && !(member?.left_at && member.trouble === trouble),
  }
  return KINDS.filter((kind) => holds[kind])
}

const FIRST_OF_EACH = 20

/** What a sync would do, counted, with the first of each kind; by the last reading. */
export interface Plan {
  read_at: Date | null
  counts: Record<PlanKind, number>
  first: Partial<Record<PlanKind, PlanItem[]>>
}

/** @throws Conflict `mailchimp_not_connected` */
export async function planSync({ db }: Pick<MailchimpDeps, 'db'>): Promise<Plan> {
  const { read_at, states } = await getAudience(db)
  const first: Plan['first'] = {}
  const onItem = (item: PlanItem) => {
    const items = first[item.kind] ?? []
    first[item.kind] = items
    if (items.length < FIRST_OF_EACH) items.push(item)
  }
  const { counts } = await scanPlan(db, states, { onItem })
  return { read_at, counts, first }
}

/** How far both sides agree, and of whom they do not. */
export interface Drift extends Omit<Standing, 'counts'> {
  read_at: Date | null
  /** People of whom a sync would change something. */
  drift: number
  /** Contacts that a person must see to; they are no drift. */
  for_person: number
  others_there: number | null
  /** In the order of people. */
  items: PlanItem[]
  /** Passed as `after` for the following ones. */
  next: number | null
}

const MOST_ITEMS = 50

/** Everybody is looked at, whatever the page. @throws Conflict `mailchimp_not_connected` */
export async function measureDrift(
  { db }: Pick<MailchimpDeps, 'db'>,
  { after = 0, limit = MOST_ITEMS }: { after?: number | undefined; limit?: number | undefined } = {},
): Promise<Drift> {
  const { read_at, states, others_there } = await getAudience(db)
  const found: PlanItem[] = []
  const onItem = (item: PlanItem) => {
    if (item.kind === 'for_person' || item.person_id === null || item.person_id <= after) return
    if (found.length <= limit && found.at(-1)?.person_id !== item.person_id) found.push(item)
  }
  const { counts, ...rest } = await scanPlan(db, states, { onItem })
  const items = found.slice(0, limit)
  const next = found.length > limit ? (items.at(-1)?.person_id ?? null) : null
  return { read_at, ...rest, drift: counts.drift, for_person: counts.for_person, others_there, items, next }
}
