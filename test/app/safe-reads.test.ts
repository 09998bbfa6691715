import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { ListedRoute } from '../../src/platform/http/access.ts'
import type { TypedApp } from '../../src/platform/http/typed-app.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, TEST_TOKEN, type TestDeps } from '../support/deps.ts'
import { fillOneOfEach, realAddressesOf } from './one-of-each.ts'
import { listOwnRoutes, openWholeApp } from './routes.ts'

/** Seconds, but for a machine that does much else. */
const SLOW = { timeout: 120_000 }

test(
  'no GET or HEAD of a program changes a row of any table, but for what was read by whom, kept figures and that a link was followed',
  SLOW,
  async () => {
    const deps = await openTestDeps()
    await fillOneOfEach(deps)
    const app = await openWholeApp(deps)
    const found = await walk(deps, app, {
      routes: (url) => !url.startsWith('/console'),
      headers: { host: 'localhost', authorization: `Bearer ${TEST_TOKEN}`, 'idempotency-key': 'a-get-needs-none' },
    })
    // Proof that the addresses led to something.
    expect([...found]).toEqual(
      expect.arrayContaining([
        '/api/v1/rounds/:code',
        '/api/v1/campaigns/:id',
        '/api/v1/deliveries/:id',
        '/api/v1/people/:id',
        '/api/v1/jobs/:id',
        '/api/v1/imports/:id/faults.csv',
        '/api/v1/rounds/:code/matching-settings',
        '/api/v1/matching-runs/:id',
        '/api/v1/matching-runs/:id/proposals.csv',
        '/api/v1/proposals/:id',
        '/api/v1/sending',
        '/topics/:round/:slug',
        '/u/:token',
        '/p/preferences/:token',
        '/p/confirm/:token',
        '/apply/:round',
        '/apply/verify/:token',
        '/interest',
        '/conduct',
        '/api/v1/inbox/:id',
        '/api/v1/rounds/:code/confirmations',
        '/api/v1/rounds/:code/automatic-emails',
        '/mailbox/:id',
      ]),
    )
  },
)

test(
  'no page of the console changes a row of any table, but for what was read by whom and kept figures',
  SLOW,
  async () => {
    const deps = await openTestDeps()
    await fillOneOfEach(deps)
    const { app, cookie } = await openConsole(deps)
    const officer = await openConsole(deps, 'data_officer', { app })
    const isPage = (url: string) => /^\/(console|sign-in|mailbox|$)/.test(url)
    const found = await walk(deps, app, {
      routes: isPage,
      headers: { host: 'localhost', accept: 'text/html', cookie },
    })
    const pages = listOwnRoutes(app).filter(({ method, url }) => method === 'GET' && url.startsWith('/console'))
    // Directors see how many; the people behind a figure are a data officer's.
    const behind = await walk(deps, app, {
      routes: (url) => url === '/console/reports/people',
      headers: { host: 'localhost', accept: 'text/html', cookie: officer.cookie },
    })
    for (const url of behind) found.add(url)
    expect(found).toContain('/sign-in/:token')
    expect(pages.map(({ url }) => url).filter((url) => !found.has(url))).toEqual([])
  },
)

/** GETs and HEADs everything that is there. Returns the routes that answered with it. */
async function walk(
  deps: TestDeps,
  app: TypedApp,
  { routes, headers }: { routes: (url: string) => boolean; headers: Record<string, string> },
): Promise<Set<string>> {
  const found = new Set<string>()
  const failed: string[] = []
  const read = await fingerprinter(deps.db)
  let before = await read()
  for (const route of listOwnRoutes(app).filter(({ method, url }) => method === 'GET' && routes(url))) {
    const addresses = realAddressesOf(route, deps)
    const calls = [
      ...addresses.map((url) => ({ method: 'GET' as const, url })),
      { method: 'HEAD' as const, url: addresses[0] ?? '' },
    ]
    for (const call of calls) {
      const { statusCode } = await app.inject({ ...call, headers })
      if (statusCode >= 500) failed.push(`${call.method} ${call.url}: ${statusCode}`)
      if (statusCode < 300) found.add(route.url)
    }
    const after = await read()
    expect(unlogged(after, route), route.url).toEqual(unlogged(before, route))
    before = after
  }
  expect(failed).toEqual([])
  return found
}

/** Figures that are kept to be quick, and made anew by whoever reads them first; thrown away, they are the same again. */
const KEPT = ['round_figures', 'campaign_figures', 'report_changes', 'delivery_hits', 'tracking_changes']
/** What a kept figure is of: its key locks that row, which leaves a mark and no change. */
const LOCKED = ['rounds', 'campaigns', 'deliveries']

function unlogged(marks: Record<string, string>, { config, url }: ListedRoute): Record<string, string> {
  const may = [
    ...(config.audited ? ['audit_log'] : []),
    ...(/\/reports|\/report$/.test(url) ? [...KEPT, ...LOCKED] : []),
    // That a link was followed is all that following it does.
    ...(url.startsWith('/t/') ? ['tracking_hits', 'tracking_changes', ...LOCKED] : []),
  ]
  return { ...marks, ...Object.fromEntries(may.map((table) => [table, 'may change'])) }
}

/**
 * Reads every table with its rows and the transactions that wrote them: an update that changes no value shows too.
 * One statement, since it is asked for between any two routes.
 */
async function fingerprinter(db: TestDeps['db']): Promise<() => Promise<Record<string, string>>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db)
  const marks = tables.map(
    ({ name }) => sql`
      select ${name}::text as name,
        count(*) || ' ' || coalesce(md5(string_agg(ctid || '/' || xmin || '/' || xmax, ',' order by ctid)), '') as mark
      from ${sql.table(name)}`,
  )
  const all = sql<{ name: string; mark: string }>`${sql.join(marks, sql` union all `)}`
  return async () => Object.fromEntries((await all.execute(db)).rows.map(({ name, mark }) => [name, mark]))
}
