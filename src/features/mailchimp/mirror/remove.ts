import { Upstream } from '../../../lib/errors.ts'
import { eachAtOnce, inGroups } from './at-once.ts'
import { isTaken, MOST_ARCHIVED_DIRECT, runBatches } from './batch.ts'
import { toMergeFields } from './fields.ts'
import { withoutThoseWhoLeft } from './look-first.ts'
import { type Outcome, type PresentStep, writtenOf } from './outcome.ts'
import type { Step } from './plan.ts'
import { retried, retriedInOrder } from './retried.ts'
import type { MemberRow } from './rules.ts'
import type { SyncRun } from './run.ts'
import {
  forgetMembers,
  recordArchived,
  recordIntents,
  recordLeaving,
  recordMoved,
  recordRefused,
} from './written-queries.ts'

const AT_ONCE = 4
/** Noted together. */
const NOTED_AT_ONCE = 20

/** Takes contacts out for good, and forgets that they were there. */
export async function deleteMembers(run: SyncRun, steps: readonly Step[]): Promise<void> {
  await eachAtOnce(steps, AT_ONCE, run.signal, async ({ member }) => {
    const { hash } = member as MemberRow
    const remove = () => run.mailchimp.deleteMember(run.audience.list_id, hash)
    if (!(await isDoneOrNoted(run, hash, remove))) return
    await forgetMembers(run.db, [hash])
    run.tally.deleted++
  })
}

/** Takes contacts out; nobody is unsubscribed by it. */
export async function archiveMembers(run: SyncRun, wanted: readonly Step[]): Promise<void> {
  const steps = await withoutThoseWhoLeft(run, wanted)
  const { mailchimp, audience, clock } = run
  const began_at = clock.now()
  await retriedInOrder(run.db, steps.map(hashOf), (tx) => recordLeaving(tx, steps.map(hashOf)))
  const note = async (done: readonly Step[]) => {
    const hashes = done.map(hashOf)
    await retriedInOrder(run.db, hashes, (tx) => recordArchived(tx, hashes, { began_at, at: clock.now() }))
    run.tally.archived += done.length
  }
  const archive = async (some: readonly Step[]) => {
    const done: Step[] = []
    try {
      await eachAtOnce(some, AT_ONCE, run.signal, async (step) => {
        const remove = () => mailchimp.archiveMember(audience.list_id, hashOf(step))
        if (await isDoneOrNoted(run, hashOf(step), remove)) done.push(step)
      })
    } finally {
      await note(done)
    }
  }
  if (steps.length <= MOST_ARCHIVED_DIRECT) {
    for (const group of inGroups(steps, NOTED_AT_ONCE)) await archive(group)
    return
  }
  const operations = steps.map((step) => mailchimp.operations.archiveMember(audience.list_id, hashOf(step)))
  let done: Step[] = []
  const seen = new Set<number>()
  await runBatches(run, operations, async (at, result) => {
    const step = steps[at]
    // It is not there at all.
    if (!step || !(isTaken(result) || result.status_code === 404)) return
    seen.add(at)
    done.push(step)
    if (done.length < MOST_ARCHIVED_DIRECT) return
    await note(done)
    done = []
  })
  if (done.length > 0) await note(done)
  // Few: one that is archived already is told from one that may not be only by a call of its own.
  await archive(steps.filter((_, at) => !seen.has(at)))
}

/** One that Mailchimp will not take out is for a person; the others go on. @returns whether it was done */
async function isDoneOrNoted(run: SyncRun, hash: string, remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove()
    return true
  } catch (error) {
    if (!isRefusal(error)) throw error
    const row = { hash, trouble: 'refused' as const, trouble_words: error.message, digest: null }
    await recordRefused(run.db, [row], run.clock.now())
    return false
  }
}

/** Gives contacts the new address of their people; where it has a contact already, the old one is taken out. */
export async function moveMembers(run: SyncRun, steps: readonly PresentStep[], outcome: Outcome): Promise<void> {
  if (steps.length === 0) return
  await run.prepare()
  await retried(() => recordIntents(run.db, steps.map(writtenOf)))
  await eachAtOnce(steps, AT_ONCE, run.signal, async (step) => {
    const from = hashOf(step)
    const row = writtenOf(step)
    const { list_id, fields } = run.audience
    const began_at = run.clock.now()
    try {
      const merge_fields = toMergeFields(step.decision.fields, fields)
      await run.mailchimp.putMember(list_id, from, { email_address: row.address, merge_fields, subscribe: false })
      await retriedInOrder(run.db, [from, row.hash], (tx) => recordMoved(tx, { from, row, at: run.clock.now() }))
      outcome.there.add(row.hash)
      run.tally.changed++
    } catch (error) {
      if (!isRefusal(error)) throw error
      // Without the old one it is added, unless they have left by it: then they are decided with that.
      const [still] = await withoutThoseWhoLeft(run, [step])
      if (!still) return void outcome.again.add(step.person_id)
      const archive = () => run.mailchimp.archiveMember(list_id, from)
      await recordLeaving(run.db, [from])
      if (!(await isDoneOrNoted(run, from, archive))) return
      await recordArchived(run.db, [from], { began_at, at: run.clock.now() })
      outcome.again.add(step.person_id)
    }
  })
}

/** Of this contact, and not of the audience or the key. */
const isRefusal = (error: unknown): error is Upstream =>
  error instanceof Upstream && (error.code === 'mailchimp_refused' || error.code === 'mailchimp_compliance')

const hashOf = ({ member }: Step) => (member as MemberRow).hash
