/**
 * `npm run bench:pages`: how long the console's pages take with 100,000 people and a million deliveries, beside the
 * same pages with 1,000 people, in one run and by turns; the larger programme's links were clicked ten million times.
 * `-- --sizes 1000,20000 --rounds 50 --hits 100000 --only eport` for other measures.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildApp } from '../src/app.ts'
import { parseConfig } from '../src/config.ts'
import { openDeps } from '../src/deps.ts'
import { printSignIn } from '../src/features/staff/index.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { addHitsTo, makeProgrammeOf, type Programme } from './programme-of.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000' },
    rounds: { type: 'string', default: '200' },
    hits: { type: 'string', default: '10000000' },
    only: { type: 'string' },
  },
})
const [small, large] = values.sizes.split(',').map(Number) as [number, number]
const rounds = Number(values.rounds)
/** Clicks on the links of the larger programme; the smaller has one for each of its deliveries. */
const hits = Number(values.hits)
const isWanted = (page: string) => values.only === undefined || page.includes(values.only)
/** What a hundred times the people may cost a page. */
const MOST_RATIO = 1.5

const PAGES: Record<string, (programme: Programme) => string> = {
  Home: () => '/console',
  Rounds: () => '/console/rounds',
  Round: () => '/console/rounds/2016A',
  Participants: () => '/console/participants',
  'Participants, filtered': () => '/console/participants?country=FI&state=confirmed',
  'Participants, by name': () => '/console/participants?q=amina',
  Person: ({ person }) => `/console/participants/${person}`,
  Campaigns: () => '/console/campaigns',
  Calendar: () => '/console/campaigns?view=calendar',
  Write: ({ draft }) => `/console/campaigns/${draft}`,
  Review: ({ draft }) => `/console/campaigns/${draft}/review`,
  'Report, under way': ({ sending }) => `/console/campaigns/${sending}/report`,
  'Report, done': ({ done }) => `/console/campaigns/${done}/report`,
  'People of a report': ({ done }) => `/console/campaigns/${done}/people?state=rejected`,
  'Round report': () => '/console/reports/round',
  'Rounds compared': () => '/console/reports/rounds',
  Engagement: () => '/console/reports/engagement',
  Delivery: () => '/console/reports/delivery',
  Jobs: () => '/console/jobs',
  Sending: () => '/console/settings/sending',
  Suppressions: () => '/console/settings/suppressions',
}

const folder = await mkdtemp(join(tmpdir(), 'pairpost-bench-pages-'))
await chmod(folder, 0o711)
const postgres = await startEmbeddedPostgres(join(folder, 'postgres'))
try {
  const sides = [await open(small), await open(large)] as const
  const table: Record<string, string | number>[] = []
  for (const [page, path] of Object.entries(PAGES).filter(([name]) => isWanted(name))) {
    const times: [number[], number[]] = [[], []]
    for (let at = -5; at < rounds; at++) {
      for (const [side, { url, cookie, programme }] of sides.entries()) {
        const before = performance.now()
        const answer = await fetch(url + path(programme), { headers: { accept: 'text/html', cookie } })
        const text = await answer.text()
        if (answer.status !== 200) throw new Error(`${page}: ${answer.status} ${text.slice(0, 500)}`)
        // The first ones only warm up.
        if (at >= 0) (times[side] as number[]).push(performance.now() - before)
      }
    }
    const [few, many] = times.map((all) => ({ p50: percentile(all, 50), p95: percentile(all, 95) })) as [P, P]
    const row = {
      page,
      [`p50 ms, ${small}`]: few.p50,
      [`p95 ms, ${small}`]: few.p95,
      [`p50 ms, ${large}`]: many.p50,
      [`p95 ms, ${large}`]: many.p95,
      'p95 ratio': Number((many.p95 / few.p95).toFixed(2)),
    }
    table.push(row)
    console.log(`${page}: ${row['p95 ratio']} ×`)
  }
  const [{ programme: a }, { programme: b }] = sides
  console.log(
    `\n${a.people} people and ${a.deliveries} deliveries, ${b.people} people and ${b.deliveries} deliveries\n`,
  )
  console.table(table)
  const slow = table.filter((row) => (row['p95 ratio'] as number) > MOST_RATIO).map(({ page }) => page)
  console.log(
    slow.length === 0 ? `Every page holds ${MOST_RATIO} ×.` : `Slower than ${MOST_RATIO} ×: ${slow.join('; ')}`,
  )
  const kept = JSON.parse(await readFile('bench.json', 'utf8').catch(() => '{}'))
  await writeFile('bench.json', `${JSON.stringify({ ...kept, pages: table }, null, 2)}\n`)
  for (const { close } of sides) await close()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

interface P {
  p50: number
  p95: number
}

/** A web process of its own database, with a director signed in. */
async function open(people: number) {
  const database = new URL(postgres.url)
  const admin = openDatabase(postgres.url, { max: 1, onError: () => undefined })
  await admin.pool.query(`create database people_${people}`)
  await admin.close()
  const deps = await openDeps(
    parseConfig({
      DATABASE_URL: Object.assign(database, { pathname: `/people_${people}` }).href,
      DATA_DIR: join(folder, `data-${people}`),
      SECRET_KEY: 'a secret that only the bench has: 32+',
      LOG_LEVEL: 'error',
    }),
    { pending: 'apply' },
  )
  const programme = await makeProgrammeOf(deps.db, people)
  await addHitsTo(deps.db, people === large ? hits : programme.deliveries)
  await deps.db
    .insertInto('staff')
    .values({ name: 'Ana Souza', address: 'ana@programme.example', role: 'director' })
    .execute()
  const app = await buildApp(deps, {})
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const { pathname } = new URL(await printSignIn(deps, { address: 'ana@programme.example' }))
  const signedIn = await fetch(url + pathname, { method: 'POST', redirect: 'manual', headers: { accept: 'text/html' } })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] as string
  console.log(`${programme.people} people, ${programme.deliveries} deliveries: ready`)
  return {
    url,
    cookie,
    programme,
    async close() {
      await app.close()
      await deps.close()
    },
  }
}

function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)
  return Number((sorted[at] as number).toFixed(2))
}
