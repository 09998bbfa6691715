import type { LongWork, LongWorkKinds, WorkOutcome } from '../../../jobs/long-work.ts'
import { Conflict, InvalidInput, Upstream } from '../../../lib/errors.ts'
import { stoppedBy } from '../../../platform/mailchimp/index.ts'
import { getAudience } from '../connection/audience.ts'
import { recordAudienceTrouble, recordReading } from '../connection/audience-queries.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { applySteps } from './apply.ts'
import { scanPlan } from './drift.ts'
import { whileAlone } from './lock.ts'
import { countTroubles, listGoneMembers } from './member-queries.ts'
import { countChangedPeople, countPeople, listChangedPeople, listPeopleIds } from './people-queries.ts'
import { stepsOfGone } from './plan.ts'
import { readEverybody, type WholeReading } from './read-everybody.ts'
import { openRun, type SyncRun, type Tally } from './run.ts'
import { syncPage } from './sync-page.ts'
import { forgetGone } from './written-queries.ts'

type SyncDeps = Pick<MailchimpDeps, 'db' | 'clock' | 'mailchimp'>

/** What a sync says at its end; of a dry run what it would have done. */
export interface SyncResult extends Tally {
  dry_run: boolean
  /** Requests to Mailchimp, tries counted. */
  calls: number
  for_person: number
  /** Contacts there that are no people of ours, at the last reading. */
  others_there: number | null
}

export interface SyncInput {
  whole: boolean
  dry_run: boolean
}

/** People of one page: flat in memory, however many there are. */
const PAGE = 5000
/** A sync waits so long for somebody who writes a few contacts. */
const WAIT_MS = 60_000

/** The long work that mirrors. */
export function syncWork(deps: SyncDeps, options: { pollMs?: number } = {}): LongWorkKinds {
  return {
    'mailchimp-sync': async ({ input, progress, signal }): Promise<WorkOutcome> => {
      const { whole = false, dry_run = false } = input as Partial<SyncInput>
      return { state: 'done', result: await sync(deps, { whole, dry_run }, { progress, signal, ...options }) }
    },
  }
}

/**
 * Brings the audience in step: `whole` after reading everybody who is there, else those of whom something changed here. A dry
 * run, as is every one before somebody has begun, writes nothing there; what it reads is noted, and who left there is no longer mailed, as after every reading.
 * @throws Conflict `mailchimp_off`, `mailchimp_not_connected`, `mailchimp_busy`, and what Mailchimp's calls throw, which is
 * noted as the audience's trouble
 */
export async function sync(
  deps: SyncDeps,
  input: SyncInput,
  options: Pick<LongWork, 'progress'> & { signal?: AbortSignal; pollMs?: number },
): Promise<SyncResult> {
  mailchimpOf(deps)
  const { list_id } = await getAudience(deps.db)
  try {
    const done = await whileAlone(deps.db, { waitMs: WAIT_MS, signal: options.signal }, async (stillAlone) => {
      const audience = await getAudience(deps.db)
      // It may have been asked for of an audience that was connected before: of this one nobody has begun to write.
      const dry_run = input.dry_run || audience.begun_at === null
      const run = await openRun(deps, audience, { ...options, stillAlone })
      return stoppedBy(options.signal, () => runSync(run, { ...input, dry_run }, options.progress))
    })
    if (!done) throw busy()
    await recordAudienceTrouble(deps.db, list_id, null, deps.clock.now())
    return done.result
  } catch (error) {
    const words = wordsForStaff(error)
    if (words !== undefined && !options.signal?.aborted)
      await recordAudienceTrouble(deps.db, list_id, words, deps.clock.now())
    throw error
  }
}

async function runSync(
  run: SyncRun,
  { whole, dry_run }: SyncInput,
  progress: LongWork['progress'],
): Promise<SyncResult> {
  const { db, mailchimp } = run
  const before = mailchimp.calls.count
  const people = whole ? await countPeople(db) : await countChangedPeople(db)
  const total = whole ? 2 * people : people
  let done = 0
  let reading: WholeReading | undefined
  if (whole) {
    await (dry_run ? run.assertFields() : run.prepare())
    reading = await readEverybody(run, (read) => progress(Math.min(read, people), total))
    done = people
  }
  if (!dry_run) {
    const next = whole ? listPeopleIds : listChangedPeople
    for (let after = 0; ; ) {
      const ids = await next(db, { after, limit: PAGE })
      if (ids.length === 0) break
      await syncPage(run, ids)
      after = ids.at(-1) as number
      done += ids.length
      progress(Math.min(done, total), total)
    }
    await syncGone(run)
  }
  const planned = dry_run ? await planTally(run, progress, { done, total }) : undefined
  // Only now: what is not written yet would else wait for the reading of the next day.
  if (reading) await recordReading(db, run.audience, { ...reading, is_synced: !dry_run })
  progress(total, total)
  const [audience, troubles] = await Promise.all([getAudience(db), countTroubles(db)])
  return {
    ...{ dry_run, calls: mailchimp.calls.count - before, for_person: troubles, ...run.tally, ...planned },
    others_there: audience.others_there,
  }
}

async function planTally(run: SyncRun, progress: LongWork['progress'], at: { done: number; total: number }) {
  const { counts: found } = await scanPlan(run.db, run.audience.states, {
    onPage: async (people) => {
      await run.check()
      at.done += people
      progress(Math.min(at.done, at.total), at.total)
    },
  })
  const { new: added, changed, tagged, archived, deleted, for_person, drift } = found
  return { new: added, changed, tagged, archived, deleted, for_person, drift }
}

/** Contacts whose person is gone here. */
async function syncGone(run: SyncRun): Promise<void> {
  for (let after = ''; ; ) {
    const members = await listGoneMembers(run.db, { after, limit: PAGE })
    if (members.length === 0) return
    await run.check()
    await applySteps(run, stepsOfGone(members))
    // One that Mailchimp will not let go of stays known, and is tried by the next sync.
    await forgetGone(
      run.db,
      members.map(({ hash }) => hash),
    )
    after = members.at(-1)?.hash as string
  }
}

/** Words for the audience's trouble; unexpected ones may hold anything and stay in the log. */
function wordsForStaff(error: unknown): string | undefined {
  if (error instanceof InvalidInput) return error.faults.map(({ message }) => message).join(' ')
  if (error instanceof Upstream && error.code === 'mailchimp_missing')
    return `The audience is no longer in Mailchimp, so nothing can be synced: connect another one. Nothing was changed here. (${error.message})`
  if (error instanceof Upstream) return error.message
  if (error instanceof Conflict) return undefined
  return 'The last sync failed on our side. It has been logged, and is tried again.'
}

const busy = () =>
  new Conflict('mailchimp_busy', 'The audience is being written to by another sync. Try again when it has ended.')
