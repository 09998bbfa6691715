import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addStaffRoutes, listActors, listAuditEntries, readAuditLog } from '../../../src/features/staff/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'

/** `count` entries, in turn by Ana, by Ben and by a token. */
async function open(count: number) {
  const deps = await openTestDeps()
  await sql`insert into audit_log (actor, actor_name, role, did, route, params, status)
    select (array['staff 1', 'staff 2', 'token 7'])[1 + n % 3], (array['Ana', 'Ben', 'token 7'])[1 + n % 3], 'director',
      'Pause a campaign', 'POST /console/campaigns/:id/pause', jsonb_build_object('id', n::text), 303
    from generate_series(0, ${count - 1}::int) n order by n`.execute(deps.db)
  return deps
}

test('the newest comes first, and the list goes on where it ended', async () => {
  const deps = await open(5)
  const first = await listAuditEntries(deps, { limit: 3 })
  expect(first.items.map(({ params }) => params.id)).toEqual(['4', '3', '2'])
  const rest = await listAuditEntries(deps, { limit: 3, before: first.next ?? 0 })
  expect(rest.items.map(({ params }) => params.id)).toEqual(['1', '0'])
  expect(rest.next).toBeNull()
})

test('one person’s entries are theirs alone', async () => {
  const deps = await open(7)
  const { items } = await listAuditEntries(deps, { actor: 'staff 2', limit: 50 })
  expect(items.map(({ actor_name, params }) => `${actor_name} ${params.id}`)).toEqual(['Ben 4', 'Ben 1'])
})

test('everybody who did something is listed once, by their newest name', async () => {
  const deps = await open(7)
  await sql`insert into audit_log (actor, actor_name, role, did, route) values ('staff 2', 'Ada, once Ben', 'viewer', 'x', 'x')`.execute(
    deps.db,
  )
  expect(await listActors(deps.db)).toEqual([
    { actor: 'staff 2', name: 'Ada, once Ben' },
    { actor: 'staff 1', name: 'Ana' },
    { actor: 'token 7', name: 'token 7' },
  ])
  await sql`truncate audit_log`.execute(deps.db)
  expect(await listActors(deps.db)).toEqual([])
})

test('an export reads every entry once', async () => {
  const deps = await open(2500)
  const ids: string[] = []
  for await (const rows of readAuditLog(deps, {})) ids.push(...rows.map(({ params }) => String(params.id)))
  expect(ids).toHaveLength(2500)
  expect(new Set(ids).size).toBe(2500)
})

test('the API shows the log', async () => {
  const deps = await open(3)
  const app = await serveRoutes((app) => addStaffRoutes(app, deps))
  const page = (await app.inject('/activity?limit=2&actor=staff%201')).json()
  expect(page).toMatchObject({ items: [{ actor: 'staff 1', did: 'Pause a campaign', status: 303 }], next: null })
})
