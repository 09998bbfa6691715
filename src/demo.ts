import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { Config } from './config.ts'
import { loadDemo } from './demo-data.ts'
import type { Deps } from './deps.ts'
import { measureCampaign, type Scheduled, scheduleCampaign } from './features/campaigns/index.ts'
import type { ImportResult } from './features/imports/index.ts'
import { countMailboxMessages } from './features/mailbox/index.ts'
import { DEMO_ROUND } from './features/programme/index.ts'
import { createApiToken, printFirstSignIn } from './features/staff/index.ts'
import { PairpostError } from './lib/errors.ts'
import { endLeftPostgres } from './platform/embedded/postgres.ts'
import { chooseFreePort, endOnSignals, type Service, startService } from './service.ts'

/** So that topic 2 is planned for five days from now: the next thing to do. */
const STARTS_IN_DAYS = -9
const POLL_MS = 100
const STUCK_MS = 60_000

/**
 * The main job, shown: a made-up round is imported, and its first topic is handed over SMTP to the built-in mailbox,
 * one message for every eligible applicant. Fails when the figures do not add up.
 */
export async function runDemo(given: Config, options: { exit: boolean }): Promise<void> {
  const folder = await makeFolder(given.dataDir)
  const config: Config = {
    ...given,
    dataDir: folder,
    smtpUrl: undefined,
    logLevel: given.logLevel === 'info' ? 'error' : given.logLevel,
  }
  console.log(
    `Pairpost demo: round ${DEMO_ROUND} of an online peer-mentoring programme. Nothing leaves this machine.\n`,
  )
  const starting = startOnFreePort(config)
  const bars = openBars()
  const close = async () => {
    bars.stop()
    await (await starting.catch(() => undefined))?.close()
    await rm(folder, { recursive: true, force: true })
  }
  endOnSignals(close)
  try {
    const { deps, url } = await starting
    const bar = bars.open('Importing applications')
    const { imported, topics } = await loadDemo(deps, { starts_in_days: STARTS_IN_DAYS, progress: bar.update })
    const campaign_id = topics.get(1)
    if (!imported || campaign_id === undefined)
      throw new PairpostError('demo_loaded', 'The demo data are loaded already: the demo wants a database of its own.')
    const scheduled = await scheduleCampaign(deps, campaign_id, { at: 'now' })
    const seconds = await followSending(deps, campaign_id, scheduled.recipients, bars)
    bars.stop()
    const sums = await printFigures(deps, { imported, campaign_id, scheduled, seconds })
    if (!sums)
      throw new PairpostError('demo_sums', 'The figures do not add up: that is a fault of ours, please report it.')
    if (options.exit) return await close()
    const { token } = await createApiToken(deps, { name: 'demo', role: 'director' })
    const link = await printFirstSignIn(deps)
    console.log(`
Sign in, once: ${link}
The mailbox:   ${url}/mailbox
The API:       ${url}/api/docs   token: ${token}

Ctrl-C ends it, and removes what it made.`)
  } catch (error) {
    await close()
    throw error
  }
}

/** A folder of this run alone: two demos at once never meet. What killed ones left is cleared away. */
async function makeFolder(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  for (const name of await readdir(dataDir)) {
    const pid = Number(/^demo-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(pid) || isRunning(pid)) continue
    await endLeftPostgres(join(dataDir, name, 'postgres'))
    await rm(join(dataDir, name), { recursive: true, force: true })
  }
  return join(dataDir, `demo-${process.pid}`)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Another demo may take the free port that we found: then the next one. */
async function startOnFreePort(config: Config): Promise<Service> {
  const options = { queuePrefix: `pairpost-demo-${process.pid}` }
  try {
    return await startService(await chooseFreePort(config), 'start', options)
  } catch (error) {
    if (!(error instanceof PairpostError && error.code === 'port_taken')) throw error
    return startService(await chooseFreePort(config), 'start', options)
  }
}

/** Waits until the campaign is done. Returns the seconds of sending. @throws PairpostError when it comes to a halt */
async function followSending(deps: Deps, id: number, recipients: number, bars: Bars): Promise<number> {
  const bar = bars.open('Handing over topic 1', 'messages')
  const began = performance.now()
  let moved = { done: 0, at: began }
  for (;;) {
    const { state, counts } = await measureCampaign(deps.db, id)
    const done = recipients - counts.queued - counts.claimed - counts.sending
    bar.update(done, recipients)
    const now = performance.now()
    if (done > moved.done) moved = { done, at: now }
    if (state === 'done') return (moved.at - began) / 1000
    if (now - moved.at > STUCK_MS) {
      throw new PairpostError(
        'demo_stuck',
        `Nothing has moved for a minute: ${done} of ${recipients} messages were handed over.`,
      )
    }
    await new Promise((turn) => setTimeout(turn, POLL_MS))
  }
}

interface Figures {
  imported: ImportResult
  campaign_id: number
  scheduled: Scheduled
  seconds: number
}

/** Prints what happened, and returns whether every sum is right. */
async function printFigures(deps: Deps, { imported, campaign_id, scheduled, seconds }: Figures): Promise<boolean> {
  const { counts, skipped } = await measureCampaign(deps.db, campaign_id)
  const caught = await countMailboxMessages(deps.db, {})
  const picked = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`)
  const states = Object.entries(counts).filter(([state, count]) => count > 0 && state !== 'skipped')
  console.log(`
Import     ${imported.rows} rows = ${imported.applicants} applicants + ${imported.resubmitted} resubmissions + ${imported.faulty_count} faulty
Audience   ${picked} applicants = ${scheduled.recipients} recipients + ${counts.skipped} skipped${reasons.length ? ` (${reasons.join(', ')})` : ''}
Topic 1    ${scheduled.recipients} recipients = ${states.map(([state, count]) => `${count} ${state}`).join(' + ')}
Mailbox    ${caught} messages caught over SMTP in ${seconds.toFixed(1)} s (${Math.round(scheduled.recipients / seconds)} a second)`)
  return (
    imported.rows === imported.applicants + imported.resubmitted + imported.faulty_count &&
    picked === imported.applicants &&
    picked === scheduled.recipients + counts.skipped &&
    states.reduce((sum, [, count]) => sum + count, 0) === scheduled.recipients &&
    Object.values(skipped).reduce((sum, count) => sum + count, 0) === counts.skipped &&
    caught === counts.accepted
  )
}

interface Bars {
  /** @param unit what is counted; in percent when left out */
  open(title: string, unit?: string): { update(done: number, total: number): void }
  stop(): void
}

/** Progress bars on a terminal, lines elsewhere. */
function openBars(): Bars {
  if (!process.stdout.isTTY) {
    return {
      open(title, unit) {
        let quarters = -1
        return {
          update(done, total) {
            const reached = total > 0 ? Math.floor((done * 4) / total) : 0
            if (reached > quarters)
              console.log(`${title}: ${unit ? `${done} of ${total} ${unit}` : `${percent(done, total)} %`}`)
            quarters = Math.max(quarters, reached)
          },
        }
      },
      stop: () => undefined,
    }
  }
  const multi = new MultiBar({ format: '{title} {bar} {said}', hideCursor: true }, Presets.shades_classic)
  return {
    open(title, unit) {
      const bar: SingleBar = multi.create(0, 0, { title: title.padEnd(24), said: '' })
      return {
        update(done, total) {
          bar.setTotal(total)
          bar.update(done, { said: unit ? `${done}/${total} ${unit}` : `${percent(done, total)} %` })
        },
      }
    },
    stop: () => multi.stop(),
  }
}

const percent = (done: number, total: number) => (total > 0 ? Math.round((done * 100) / total) : 0)
