import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { DEMO_ROUND } from '../features/programme/index.ts'
import { createApiToken, printFirstSignIn } from '../features/staff/index.ts'
import type { Clock } from '../lib/clock.ts'
import { PairpostError } from '../lib/errors.ts'
import { endLeftPostgres } from '../platform/embedded/postgres.ts'
import { chooseFreePort, endOnSignals, type Service, startService } from '../service.ts'
import { openBars } from './bars.ts'
import { openDemoClock } from './clock.ts'
import { confirmEverybody } from './confirm.ts'
import { loadDemo } from './data.ts'
import { printFigures } from './figures.ts'
import { readDemoFates } from './files.ts'
import { mirrorParticipants, openStandIn } from './mailchimp.ts'
import { followLinks } from './readers.ts'
import { matchAndIntroduce, ROUND_DAYS, sendTopic } from './round.ts'

/**
 * The main job, shown: a made-up round is imported and asked to confirm, its people answer from their mailboxes, whoever
 * confirmed is matched and introduced, the first topic is handed over SMTP to the built-in mailbox, readers follow
 * its links, and the participants are mirrored to a stand-in of Mailchimp. Fails when the figures do not add up.
 */
export async function runDemo(given: Config, options: { exit: boolean }): Promise<void> {
  const folder = await makeFolder(given.dataDir)
  const logLevel = given.logLevel === 'info' ? 'error' : given.logLevel
  const standIn = await openStandIn({ ...given, dataDir: folder, smtpUrl: undefined, logLevel })
  console.log(
    `Pairpost demo: round ${DEMO_ROUND} of an online peer-mentoring programme. Nothing leaves this machine.\n`,
  )
  // It lives through the weeks before today.
  const clock = openDemoClock(ROUND_DAYS.asked)
  const starting = startOnFreePort(standIn.config, clock)
  const bars = openBars()
  const close = async () => {
    bars.stop()
    await (await starting.catch(() => undefined))?.close()
    await standIn.close()
    await rm(folder, { recursive: true, force: true })
  }
  endOnSignals(close)
  try {
    const { deps, url = '', mailboxUrl = '' } = await starting
    const bar = bars.open('Importing applications')
    const starts_in_days = ROUND_DAYS.asked - ROUND_DAYS.introduced
    const { imported, topics } = await loadDemo(deps, { answered: false, starts_in_days, progress: bar.update })
    const campaign_id = topics.get(1)
    if (!imported || campaign_id === undefined)
      throw new PairpostError('demo_loaded', 'The demo data are loaded already: the demo wants a database of its own.')
    const confirmed = await confirmEverybody(deps, {
      ...{ code: DEMO_ROUND, fates: await readDemoFates(), clock, mailboxUrl, bars },
    })
    clock.goTo(ROUND_DAYS.introduced)
    const { run, introduction } = await matchAndIntroduce(deps, bars)
    const topic = await sendTopic(deps, campaign_id, bars)
    const followed = await followLinks(deps, { url, topic, clock, bars })
    clock.goTo(0)
    const mirrored = await mirrorParticipants(deps, standIn.there, bars)
    bars.stop()
    const sums = await printFigures(deps, { imported, confirmed, run, introduction, topic, followed, mirrored })
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
async function startOnFreePort(config: Config, clock: Clock): Promise<Service> {
  const options = { queuePrefix: `pairpost-demo-${process.pid}`, clock }
  try {
    return await startService(await chooseFreePort(config), 'start', options)
  } catch (error) {
    if (!(error instanceof PairpostError && error.code === 'port_taken')) throw error
    return startService(await chooseFreePort(config), 'start', options)
  }
}
