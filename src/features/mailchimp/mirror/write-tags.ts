import { Upstream } from '../../../lib/errors.ts'
import { eachAtOnce, inGroups } from './at-once.ts'
import { isTaken, MOST_DIRECT, runBatches } from './batch.ts'
import { sameTag } from './fields.ts'
import type { Step } from './plan.ts'
import { retriedInOrder } from './retried.ts'
import type { SyncRun } from './run.ts'
import { recordTags } from './written-queries.ts'

const MOST_ADDRESSES = 500
const AT_ONCE = 4

interface Tagged {
  hash: string
  address: string
  person_id: number | null
}

/** One call: to how many a tag is given, and from whom it is taken. */
interface TagCall {
  tag: string
  add: Tagged[]
  remove: Tagged[]
}

/**
 * Gives and takes our tags. Others are never named.
 * @param isThere whether the contact of a step is there now
 */
export async function writeTags(
  run: SyncRun,
  steps: readonly Step[],
  isThere: (step: Step) => boolean,
  left: Set<number>,
): Promise<void> {
  const calls = callsFor(steps.filter(isThere))
  if (calls.length === 0) return
  const ids = await run.readTags()
  const known = await makeTags(run, calls, ids)
  const writes = known.reduce((sum, { add, remove }) => sum + add.length + remove.length, 0)
  if (writes <= MOST_DIRECT) await eachAtOnce(known, AT_ONCE, run.signal, (call) => changeTag(run, call, ids))
  else await changeByBatches(run, known, ids, left)
  run.tally.tagged += new Set(calls.flatMap(({ add, remove }) => [...add, ...remove].map(({ hash }) => hash))).size
}

function callsFor(steps: readonly Step[]): TagCall[] {
  const wanted = new Map<string, TagCall>()
  const of = (tag: string): TagCall => {
    const call = wanted.get(sameTag(tag)) ?? { tag, add: [], remove: [] }
    wanted.set(sameTag(tag), call)
    return call
  }
  for (const { decision, desired, member, person_id } of steps) {
    const { hash, address } = desired.want === 'there' ? desired : (member as Tagged)
    for (const tag of decision.tags_add) of(tag).add.push({ hash, address, person_id })
    for (const tag of decision.tags_remove) of(tag).remove.push({ hash, address, person_id })
  }
  return [...wanted.values()].flatMap(({ tag, add, remove }) => {
    const [adds, removes] = [inGroups(add, MOST_ADDRESSES), inGroups(remove, MOST_ADDRESSES)]
    return Array.from({ length: Math.max(adds.length, removes.length) }, (_, at) => ({
      ...{ tag, add: adds[at] ?? [], remove: removes[at] ?? [] },
    }))
  })
}

/** Tags that are not there yet are made, each with the first who get it. Returns the calls that are left. */
async function makeTags(run: SyncRun, calls: readonly TagCall[], ids: Map<string, number>): Promise<TagCall[]> {
  const missing = calls.filter(({ tag }) => !ids.has(sameTag(tag)))
  const first = missing.filter(({ tag }, at) => missing.findIndex((call) => call.tag === tag) === at)
  const made = first.filter(({ add }) => add.length > 0)
  await eachAtOnce(made, AT_ONCE, run.signal, (call) => makeTag(run, call, ids))
  // Nobody can have a tag that is not there.
  for (const call of missing) if (!ids.has(sameTag(call.tag))) await noteTags(run, call)
  return calls.filter((call) => !made.includes(call) && ids.has(sameTag(call.tag)))
}

async function makeTag(run: SyncRun, call: TagCall, ids: Map<string, number>): Promise<void> {
  const { id } = await run.mailchimp.createTag(run.audience.list_id, call.tag, addressesOf(call.add))
  ids.set(sameTag(call.tag), id)
  await noteTags(run, call)
}

async function changeTag(run: SyncRun, call: TagCall, ids: Map<string, number>): Promise<void> {
  const { add, remove, tag } = call
  try {
    const change = { add: addressesOf(add), remove: addressesOf(remove) }
    await run.mailchimp.changeTag(run.audience.list_id, ids.get(sameTag(tag)) as number, change)
    await noteTags(run, call)
  } catch (error) {
    // Deleted there since it was read; of a deleted audience the making fails as well.
    if (!(error instanceof Upstream) || error.code !== 'mailchimp_missing') throw error
    await makeTag(run, call, ids)
  }
}

async function changeByBatches(
  run: SyncRun,
  calls: readonly TagCall[],
  ids: ReadonlyMap<string, number>,
  left: Set<number>,
): Promise<void> {
  const { mailchimp, audience } = run
  const operations = calls.map(({ tag, add, remove }) =>
    mailchimp.operations.changeTag(audience.list_id, ids.get(sameTag(tag)) as number, {
      ...{ add: addressesOf(add), remove: addressesOf(remove) },
    }),
  )
  const done = new Set<number>()
  await runBatches(run, operations, async (at, result) => {
    const call = calls[at]
    if (!call || !isTaken(result)) return
    done.add(at)
    await noteTags(run, call)
  })
  for (const [at, { add, remove }] of calls.entries())
    if (!done.has(at)) for (const { person_id } of [...add, ...remove]) if (person_id !== null) left.add(person_id)
}

const addressesOf = (tagged: readonly Tagged[]) => tagged.map(({ address }) => address)

async function noteTags(run: SyncRun, { tag, add, remove }: TagCall): Promise<void> {
  const hashes = (tagged: readonly Tagged[]) => tagged.map(({ hash }) => hash)
  const tags = { tag, add: hashes(add), remove: hashes(remove), at: run.clock.now() }
  await retriedInOrder(run.db, [...tags.add, ...tags.remove], (tx) => recordTags(tx, tags))
}
