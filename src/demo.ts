import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { sql } from 'kysely'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import {
  createCampaign,
  measureCampaign,
  parseTopicFile,
  type Scheduled,
  scheduleCampaign,
  type TopicFile,
} from './features/campaigns/index.ts'
import { importApplications } from './features/imports/index.ts'
import { countMailboxMessages } from './features/mailbox/index.ts'
import { createRound } from './features/rounds/index.ts'
import { createApiToken } from './features/staff/index.ts'
import { Conflict, PairpostError } from './lib/errors.ts'
import { endLeftPostgres } from './platform/embedded/postgres.ts'
import { chooseFreePort, endOnSignals, type Service, startService } from './service.ts'

const FOLDER = new URL('../demo/', import.meta.url)
const ROUND = '2016A'
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
  console.log(`Pairpost demo: round ${ROUND} of an online peer-mentoring programme. Nothing leaves this machine.\n`)
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
    const imported = await importRound(deps, bars)
    const { campaign_id, scheduled } = await scheduleTopic(deps)
    const seconds = await followSending(deps, campaign_id, scheduled.recipients, bars)
    bars.stop()
    const sums = await printFigures(deps, { imported, campaign_id, scheduled, seconds })
    if (!sums)
      throw new PairpostError('demo_sums', 'The figures do not add up: that is a fault of ours, please report it.')
    if (options.exit) return await close()
    const { token } = await createApiToken(deps, { name: 'demo', role: 'director' })
    console.log(
      `\nThe mailbox: ${url}/mailbox\nThe API:     ${url}/api/docs   token: ${token}\n\nCtrl-C ends it, and removes what it made.`,
    )
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

async function importRound(deps: Deps, bars: Bars) {
  const { rows } = await sql<{ used: boolean }>`select exists (select from rounds) as used`.execute(deps.db)
  if (rows[0]?.used)
    throw new Conflict('not_empty', 'The demo wants an empty database: leave DATABASE_URL out, and it makes its own.')
  await createRound(deps, {
    code: ROUND,
    name: 'Round 2016A',
    applications_open_on: '2016-01-18',
    applications_close_on: '2016-02-14',
    confirm_by: '2016-02-26',
    starts_on: '2016-03-01',
    ends_on: '2016-06-30',
    country_cap_percent: 20,
  })
  const content = cut(await readFile(new URL(`rounds/${ROUND}-applications.csv`, FOLDER)), deps.config.demoScale)
  const bar = bars.open('Importing applications')
  return importApplications(deps, {
    code: ROUND,
    content,
    file_name: `${ROUND}-applications.csv`,
    progress: bar.update,
  })
}

async function scheduleTopic(deps: Deps): Promise<{ campaign_id: number; scheduled: Scheduled }> {
  const names = (await readdir(new URL('topics/', FOLDER))).filter(
    (name) => name.startsWith('01-') && name.endsWith('.md'),
  )
  const base = `${deps.config.publicUrl}/pictures`
  const files = await Promise.all(
    names.map(async (name) => parseTopicFile(await readFile(new URL(`topics/${name}`, FOLDER), 'utf8'), base)),
  )
  const english = files.find((file) => file.language === 'en')
  if (!english) throw new Error('demo/topics has no English topic 1')
  const campaign = await createCampaign(deps, {
    round: ROUND,
    kind: 'topic',
    from_name: 'The programme team',
    ...textOf(english),
    variants: Object.fromEntries(files.filter((file) => file !== english).map((file) => [file.language, textOf(file)])),
  })
  return { campaign_id: campaign.id, scheduled: await scheduleCampaign(deps, campaign.id, { at: 'now' }) }
}

const textOf = ({ subject, preheader, body_markdown, extras }: TopicFile) => ({
  subject,
  preheader,
  body_markdown,
  extras,
})

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
  imported: Awaited<ReturnType<typeof importApplications>>
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

/** The first part of an export: its header rows and `scale` of the others. */
function cut(content: Buffer, scale: number): Buffer {
  if (scale === 1) return content
  const lines = content.toString('utf8').split('\r\n')
  const kept = Math.max(1, Math.round((lines.length - 3) * scale))
  return Buffer.from(`${lines.slice(0, 2 + kept).join('\r\n')}\r\n`)
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
