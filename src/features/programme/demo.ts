import type { Ring } from '../../jobs/catalog.ts'
import { recordLongWork, ringLongWork } from '../../jobs/long-work.ts'
import { findUnfinishedJob } from '../../jobs/long-work-queries.ts'
import { Conflict } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import {
  countDemo,
  type DemoCounts,
  type DemoState,
  deleteDemo,
  findDemoRoundId,
  findLimitEnd,
  lockDemoCampaigns,
  readDemoState,
  recordDemoLoaded,
} from './demo-queries.ts'

/** The kind of long work that loads the made-up round (src/demo/data.ts). */
export const LOAD_DEMO = 'load_demo'

interface Deps {
  db: Db
  config: { smtpUrl: string | undefined }
}

/** Why the made-up round may not be loaded, in words; undefined when it may. */
export async function whyNoDemo({ db, config }: Deps): Promise<string | undefined> {
  return reasonOf(await readDemoState(db), config)
}

function reasonOf({ demo_loaded_at, has_rounds }: DemoState, { smtpUrl }: Deps['config']): string | undefined {
  if (demo_loaded_at !== null) return 'The demo data are loaded already.'
  if (has_rounds) return 'There is a round already: demo data are only for an empty installation.'
  if (smtpUrl !== undefined)
    return 'SMTP_URL is set, so email would leave this machine: demo data are only for the built-in mailbox.'
  return undefined
}

/** Begins to load the made-up round. Asked twice, it is the same work. @throws Conflict `no_demo` with the reason */
export async function startDemoLoad(deps: Deps & { ring: Ring }): Promise<{ job_id: number }> {
  const job_id = await deps.db.transaction().execute(async (tx) => {
    const state = await readDemoState(tx, { lock: true })
    const running = await findUnfinishedJob(tx, LOAD_DEMO)
    if (running) return running.id
    const reason = reasonOf(state, deps.config)
    if (reason) throw new Conflict('no_demo', reason)
    return recordLongWork(tx, LOAD_DEMO, {})
  })
  await ringLongWork(deps, job_id)
  return { job_id }
}

/** What `removeDemo` would delete; undefined when no demo data are loaded. */
export async function measureDemo({ db }: Pick<Deps, 'db'>): Promise<DemoCounts | undefined> {
  const { demo_loaded_at } = await readDemoState(db)
  if (demo_loaded_at === null) return undefined
  const round = await findDemoRoundId(db)
  return round === undefined ? { people: 0, applications: 0, campaigns: 0, deliveries: 0 } : countDemo(db, round)
}

/**
 * Deletes the made-up round with everything in it, and the people it came with who take part in nothing else. One
 * transaction: all of it or nothing.
 * @throws Conflict `no_demo`, `demo_loading`, `demo_sending` or `demo_in_limits`
 */
export async function removeDemo({ db, config }: Deps): Promise<DemoCounts> {
  return db.transaction().execute(async (tx) => {
    const { demo_loaded_at } = await readDemoState(tx, { lock: true })
    if (demo_loaded_at === null) throw new Conflict('no_demo', 'No demo data are loaded.')
    if (await findUnfinishedJob(tx, LOAD_DEMO))
      throw new Conflict(
        'demo_loading',
        'The demo data are still being loaded. Wait until that has ended, or cancel it.',
      )
    const round = await findDemoRoundId(tx)
    let counts: DemoCounts = { people: 0, applications: 0, campaigns: 0, deliveries: 0 }
    if (round !== undefined) {
      const { sending, in_dialogue } = await lockDemoCampaigns(tx, round)
      if (sending !== null) throw new Conflict('demo_sending', `“${sending}” is being sent. Pause or cancel it first.`)
      if (in_dialogue) throw new Conflict('demo_sending', 'An email of it is on its way. Try again in a moment.')
      // What really left counts against the provider's limits until it is out of every window.
      const limited = config.smtpUrl === undefined ? null : await findLimitEnd(tx, round)
      if (limited)
        throw new Conflict(
          'demo_in_limits',
          `Some of its emails went to your mail server and count against its limits until ${limited.toISOString()}. Remove the demo data then.`,
        )
      counts = await countDemo(tx, round)
      await deleteDemo(tx, round)
    }
    await recordDemoLoaded(tx, null)
    return counts
  })
}
