import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  addStaffRoutes,
  getMember,
  inviteMember,
  listMembers,
  requestSignIn,
  sessionStore,
  updateMember,
  useSignIn,
} from '../../../src/features/staff/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'

const ANA = { name: 'Ana Souza', address: 'ana@iln.example', role: 'director' } as const
const BEN = { name: 'Ben Okafor', address: 'ben@iln.example', role: 'director' } as const

async function open() {
  const deps: TestDeps = { ...(await openTestDeps()), ring: async () => undefined }
  const ana = await inviteMember(deps, ANA)
  const ben = await inviteMember(deps, BEN)
  return { deps, ana, ben }
}

test('who is invited is known by a tidied address and mailed a link', async () => {
  const { deps } = await open()
  const member = await inviteMember(deps, { name: '  Zoë Lindqvist ', address: ' ZOE@Iln.Example', role: 'viewer' })
  expect(member).toMatchObject({
    name: 'Zoë Lindqvist',
    address: 'zoe@iln.example',
    role: 'viewer',
    time_zone: 'UTC',
    last_signed_in_at: null,
    disabled_at: null,
  })
  const { rows } = await sql`select address from deliveries join sign_in_links l on l.delivery_id = deliveries.id
    where l.staff_id = ${member.id}`.execute(deps.db)
  expect(rows).toEqual([{ address: 'zoe@iln.example' }])
})

test('invited twice, also at once, a person is there once, and the second call says whose the address is', async () => {
  const { deps } = await open()
  const input = { name: 'Zoë', address: 'zoe@iln.example', role: 'viewer' } as const
  const both = await Promise.allSettled([inviteMember(deps, input), inviteMember(deps, input)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { faults: [{ field: 'address', message: 'Zoë has this address already.' }] },
  })
  expect((await listMembers(deps, { after: 0, limit: 50 })).items).toHaveLength(3)
})

test.each([
  [{ name: ' ', address: 'x@iln.example', role: 'viewer' }, ['name']],
  [{ name: 'x'.repeat(201), address: 'x@iln.example', role: 'viewer' }, ['name']],
  [{ name: 'two\nlines', address: 'nobody', role: 'boss' }, ['name', 'address', 'role']],
  [{ name: 'nul\u0000', address: 'x@iln.example', role: 'viewer', time_zone: 'Mars/Phobos' }, ['name', 'time_zone']],
])('%j is refused with every fault named', async (input, fields) => {
  const { deps } = await open()
  const error = await inviteMember(deps, input as never).catch((thrown) => thrown)
  expect(error.faults.map(({ field }: { field: string }) => field)).toEqual(fields)
})

test('who is disabled is signed out at once, and no link of theirs works any more', async () => {
  const { deps, ana, ben } = await open()
  const session = await signIn(deps, ben.id)
  const other = await signIn(deps, ana.id)
  await requestSignIn(deps, { address: BEN.address })
  const { disabled_at } = await updateMember(deps, { id: ben.id, by: ana.id, change: { disabled: true } })
  expect(disabled_at).toEqual(deps.clock.now())
  expect(await session()).toBeNull()
  expect(await other()).toMatchObject({ staff_id: ana.id })
  expect(await sessionsOf(deps, ben.id)).toBe(0)
  const links = await deps.db.selectFrom('sign_in_links').select('id').where('staff_id', '=', ben.id).execute()
  await updateMember(deps, { id: ben.id, change: { disabled: false } })
  expect(links.length).toBeGreaterThan(0)
  for (const { id } of links) expect(await useSignIn(deps, signToken(deps.keys, 'sign_in', id))).toBeUndefined()
})

test('disabled twice, a person is disabled since the first time', async () => {
  const { deps, ben } = await open()
  const first = await updateMember(deps, { id: ben.id, change: { disabled: true } })
  deps.clock.advance(60_000)
  expect(await updateMember(deps, { id: ben.id, change: { disabled: true, name: 'Ben O.' } })).toMatchObject({
    disabled_at: first.disabled_at,
    name: 'Ben O.',
  })
})

test('nobody can disable themselves', async () => {
  const { deps, ana } = await open()
  await expect(updateMember(deps, { id: ana.id, by: ana.id, change: { disabled: true } })).rejects.toMatchObject({
    code: 'disabling_oneself',
  })
})

test('the only director can neither be disabled nor become something else', async () => {
  const { deps, ana, ben } = await open()
  await updateMember(deps, { id: ben.id, by: ana.id, change: { role: 'viewer' } })
  const last = { code: 'last_director' }
  await expect(updateMember(deps, { id: ana.id, change: { disabled: true } })).rejects.toMatchObject(last)
  await expect(updateMember(deps, { id: ana.id, by: ana.id, change: { role: 'data_officer' } })).rejects.toMatchObject(
    last,
  )
  // A director who is disabled is no way in.
  await updateMember(deps, { id: ben.id, change: { role: 'director', disabled: true } })
  await expect(updateMember(deps, { id: ana.id, change: { disabled: true } })).rejects.toMatchObject(last)
})

test('of two directors who disable each other at once, one stays', async () => {
  const { deps, ana, ben } = await open()
  const both = await Promise.allSettled([
    updateMember(deps, { id: ben.id, by: ana.id, change: { disabled: true } }),
    updateMember(deps, { id: ana.id, by: ben.id, change: { disabled: true } }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const { items } = await listMembers(deps, { after: 0, limit: 50 })
  expect(items.filter(({ disabled_at }) => disabled_at === null)).toHaveLength(1)
})

test('another address ends what the old one let in, and is nobody else’s', async () => {
  const { deps, ana, ben } = await open()
  const session = await signIn(deps, ben.id)
  await expect(updateMember(deps, { id: ben.id, change: { address: 'ANA@iln.example' } })).rejects.toMatchObject({
    faults: [{ field: 'address', message: 'Ana Souza has this address already.' }],
  })
  expect(await session()).toMatchObject({ staff_id: ben.id })
  await updateMember(deps, { id: ben.id, by: ana.id, change: { address: 'ben.okafor@iln.example' } })
  expect(await session()).toBeNull()
  const own = await signIn(deps, ana.id)
  await updateMember(deps, { id: ana.id, by: ana.id, change: { address: 'ana.souza@iln.example' } })
  expect(await own()).toMatchObject({ staff: { address: 'ana.souza@iln.example' } })
})

test('the API lists, invites and changes, and says what it refuses', async () => {
  const { deps, ana } = await open()
  const app = await serveRoutes((app) => addStaffRoutes(app, deps))
  const page = (await app.inject('/staff?limit=1')).json()
  expect(page).toMatchObject({ items: [{ name: 'Ana Souza', role: 'director' }], next: ana.id })
  const payload = { name: 'Zoë', address: 'zoe@iln.example', role: 'viewer' }
  const made = await app.inject({ method: 'POST', url: '/staff', payload })
  expect(made.statusCode).toBe(201)
  const patch = (id: number, change: object) => app.inject({ method: 'PATCH', url: `/staff/${id}`, payload: change })
  expect((await patch(made.json().id, { time_zone: 'Europe/Stockholm' })).json().time_zone).toBe('Europe/Stockholm')
  expect((await patch(made.json().id, { role: 'boss' })).statusCode).toBe(422)
  expect((await patch(987, { name: 'x' })).statusCode).toBe(404)
  expect(await getMember(deps, { id: made.json().id })).toMatchObject({ role: 'viewer' })
})

/** A session of theirs; what it is worth now. */
async function signIn(deps: TestDeps, staffId: number) {
  const store = sessionStore(deps)
  const id = `session of ${staffId}`
  await new Promise<void>((done, fail) =>
    store.set(id, { staff_id: staffId, cookie: {} } as never, (error) => (error ? fail(error) : done())),
  )
  return () =>
    new Promise((done, fail) => store.get(id, (error, session) => (error ? fail(error) : done(session ?? null))))
}

async function sessionsOf({ db }: TestDeps, staffId: number): Promise<number> {
  const rows = await db.selectFrom('sessions').select('id_hash').where('staff_id', '=', staffId).execute()
  return rows.length
}
