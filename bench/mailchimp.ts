/**
 * `npm run bench:mailchimp`: the first sync of 1,162, 10,000 and 100,000 participants, one when nothing changed, and one when
 * everybody did: calls, seconds, and memory. The account is a made-up one in a process of its own. Beside it, in the same run,
 * the plain way: one PUT a contact with the vendor's client as it comes, eight at once.
 * `-- --sizes 1162,10000 --plain 500 --latency 0` for others.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectAudience, type MailchimpDeps, measureDrift } from '../src/features/mailchimp/index.ts'
import { sync } from '../src/features/mailchimp/mirror/sync.ts'
import { tokenKeys } from '../src/lib/tokens.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { openLog } from '../src/platform/log.ts'
import { openFakeMailchimp } from '../src/platform/mailchimp/fake/index.ts'
import { memberHash, openMailchimp } from '../src/platform/mailchimp/index.ts'
import { makeParticipants } from './participants.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    side: { type: 'string' },
    sizes: { type: 'string', default: '1162,10000,100000' },
    plain: { type: 'string', default: '1162' },
    latency: { type: 'string', default: '100' },
  },
})
const AT_ONCE = 8
const SAMPLE_MS = 20
const COLLECT_MS = 500
const NONE = { seconds: 0, live_mb: 0 }
/** What ten times the people may cost in memory. */
const MOST_RATIO = 1.5

if (values.side === 'account') await serveAccount()
else if (values.side === 'pairpost') await syncAll()
else if (values.side === 'plain') await putEach()
else await measure()

interface Figures {
  contacts: number
  seconds: number
  /** Resident, above that at the start, as it grew by itself. */
  most_mb: number
}

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-bench-mailchimp-'))
  await chmod(folder, 0o711)
  const postgres = await startEmbeddedPostgres(join(folder, 'postgres'))
  const table: Record<string, string | number>[] = []
  const memory: { size: number; live: number; resident: number }[] = []
  try {
    const plain = await runSide('plain', Number(values.plain), '')
    table.push(rowOf('vendor’s client, a PUT each', plain))
    const perSecond = plain.figures.contacts / plain.figures.seconds
    for (const size of values.sizes.split(',').map(Number)) {
      const url = new URL(postgres.url)
      url.pathname = `/bench_${size}`
      await makeParticipants(postgres.url, url, size)
      const ours = await runSide('pairpost', size, url.href)
      const { again, changed } = ours
      if (again.writes > 0) throw new Error(`${size}: ${again.writes} writes, and nothing had changed`)
      memory.push({ size, live: changed.live_mb, resident: ours.figures.most_mb })
      table.push({
        ...rowOf('Pairpost', ours),
        'times the plain way': Number((ours.figures.contacts / ours.figures.seconds / perSecond).toFixed(1)),
        ...{ 'nothing changed': `${again.calls} calls, ${again.seconds} s` },
        ...{ 'all changed': `${changed.calls} calls, ${changed.seconds} s`, 'live MB': changed.live_mb },
      })
      console.table(table.slice(-1))
    }
    console.log(
      `\nAn answer takes ${values.latency} ms at least. MB: resident at most, above that at the start. Live MB: at most after collecting every ${COLLECT_MS} ms.\n`,
    )
    console.table(table)
    const [few, many] = memory.slice(-2)
    if (few && many) {
      const live = Number((many.live / few.live).toFixed(2))
      console.log(`Live memory of ${many.size} beside ${few.size}: ${live} × (flat below ${MOST_RATIO} ×)`)
      console.log(
        `Resident memory, garbage that nobody had to collect yet included: ${many.resident} MB beside ${few.resident} MB`,
      )
      if (live > MOST_RATIO) process.exitCode = 1
    }
    const kept = JSON.parse(await readFile('bench.json', 'utf8').catch(() => '{}'))
    await writeFile('bench.json', `${JSON.stringify({ ...kept, mailchimp: table }, null, 2)}\n`)
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function rowOf(side: string, { figures, first }: Awaited<ReturnType<typeof runSide>>): Record<string, string | number> {
  const { contacts, seconds, most_mb } = figures
  return {
    ...{
      side,
      contacts,
      calls: first.calls,
      seconds: Number(seconds.toFixed(1)),
      'contacts/s': Math.round(contacts / seconds),
    },
    ...{ 'at once': first.mostAtOnce, MB: most_mb },
  }
}

interface Seen {
  calls: number
  writes: number
  mostAtOnce: number
  members: number
}

/** One side against an account of its own. */
async function runSide(side: 'pairpost' | 'plain', size: number, databaseUrl: string) {
  const account = open('account', [])
  const { baseUrl, key, list_id } = (await account.hears()) as { baseUrl: string; key: string; list_id: string }
  const worker = open(side, [String(size), baseUrl, key, list_id, databaseUrl])
  await worker.hears()
  const look = async () => (await account.ask('look')) as Seen
  await look()
  const figures = (await worker.ask('go')) as Figures
  const first = await look()
  if (first.members !== size) throw new Error(`${side}: ${first.members} of ${size} are there`)
  const seconds = async (word: string) =>
    ((await worker.ask(word)) as { seconds: number; live_mb: number } | null) ?? NONE
  const again = { ...(await seconds('again')), ...(await look()) }
  const changed = { ...(await seconds('changed')), ...(await look()) }
  worker.end()
  account.end()
  return { figures, first, again, changed }
}

function open(side: string, given: string[]) {
  const args = ['--side', side, '--latency', values.latency, '--', ...given]
  const child = fork(import.meta.filename, args, { execArgv: ['--expose-gc'] })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The side ${side} ended with ${code}.`)
  })
  ended.catch(() => undefined)
  const hears = async () => ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0]
  return {
    hears,
    ask: (word: string) => {
      child.send(word)
      return hears()
    },
    end: () => child.disconnect(),
  }
}

/** Answers each word of the parent, one after the other, beginning with that it is ready. */
function answer(ready: unknown, words: Record<string, () => Promise<unknown>>): void {
  process.on('message', async (word: string) => process.send?.((await words[word]?.()) ?? null))
  process.on('disconnect', () => process.exit(0))
  process.send?.(ready)
}

function given() {
  return positionals as [string, string, string, string, string]
}

async function serveAccount() {
  const fake = await openFakeMailchimp({ latencyMs: Number(values.latency) })
  answer(
    { baseUrl: fake.baseUrl, key: fake.key, list_id: fake.list_id },
    {
      look: async () => {
        const calls = fake.calls.filter(({ in_batch }) => !in_batch).length
        const seen = {
          calls,
          writes: fake.writes,
          mostAtOnce: fake.mostAtOnce,
          members: fake.countMembers().subscribed ?? 0,
        }
        fake.resetCalls()
        return seen
      },
    },
  )
}

async function syncAll() {
  const [size, baseUrl, key, list_id, databaseUrl] = given()
  const database = openDatabase(databaseUrl, { max: 10, onError: () => undefined })
  const { db } = database
  const log = openLog('error')
  const mailchimp = openMailchimp({ db, log }, { apiKey: key, baseUrl })
  const deps: MailchimpDeps = {
    ...{ db, log, mailchimp, clock: { now: () => new Date() }, ring: async () => undefined },
    ...{ keys: tokenKeys(['a secret that only the bench has: 32+']) },
    config: {
      ...{ publicUrl: 'http://127.0.0.1:9', mailFrom: 'programme@localhost.example' },
      mailchimp: { listId: undefined, webhookSecret: undefined },
    },
  }
  await connectAudience(deps, { list_id, by: 'bench' })
  const run = () => sync(deps, { whole: true, dry_run: false }, { progress: () => undefined })
  answer('ready', {
    go: async () => {
      const figures = await measured(Number(size), run)
      const { drift } = await measureDrift(deps)
      if (drift > 0) throw new Error(`${drift} of ${size} are not in step`)
      return figures
    },
    again: async () => ({ seconds: tenths((await measured(Number(size), run)).seconds), live_mb: 0 }),
    changed: async () => {
      await database.pool.query(`update people set family_name = 'Of ' || id`)
      return collecting(run)
    },
  })
}

interface PlainClient {
  basePath: string
  lists: { setListMember(list_id: string, hash: string, body: object): Promise<unknown> }
  setConfig(config: { apiKey: string; server: string }): void
}

/** As the vendor's guide does it, with no more at once than the account allows. */
async function putEach() {
  const [size, baseUrl, key, list_id] = given()
  const ApiClient = createRequire(import.meta.url)(
    '@mailchimp/mailchimp_marketing/src/ApiClient',
  ) as new () => PlainClient
  const client = new ApiClient()
  client.setConfig({ apiKey: key, server: 'us1' })
  client.basePath = baseUrl
  Object.assign(client, { config: { apiKey: key } })
  const put = async (at: number) => {
    const address = `reader${at}@library.example`
    await client.lists.setListMember(list_id, memberHash(address), {
      ...{ email_address: address, status_if_new: 'subscribed' },
      merge_fields: { FNAME: `Reader ${at}`, LNAME: 'Of Books' },
    })
  }
  answer('ready', {
    go: () =>
      measured(Number(size), async () => {
        let next = 0
        const lane = async () => {
          while (next < Number(size)) await put(++next)
        }
        await Promise.all(Array.from({ length: AT_ONCE }, lane))
      }),
  })
}

async function measured(contacts: number, work: () => Promise<unknown>): Promise<Figures> {
  globalThis.gc?.()
  const start = process.memoryUsage.rss()
  let most = start
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, SAMPLE_MS)
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  clearInterval(timer)
  return { contacts, seconds, most_mb: Math.round((most - start) / 1024 ** 2) }
}

/** What is in use, without what only was not collected yet. */
async function collecting(work: () => Promise<unknown>): Promise<{ seconds: number; live_mb: number }> {
  let live = 0
  const timer = setInterval(() => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    live = Math.max(live, heapUsed + external)
  }, COLLECT_MS)
  const began = performance.now()
  await work()
  clearInterval(timer)
  return { seconds: tenths((performance.now() - began) / 1000), live_mb: Math.round(live / 1024 ** 2) }
}

function tenths(seconds: number): number {
  return Number(seconds.toFixed(1))
}
