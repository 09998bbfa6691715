import { type RawBuilder, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { measureDrift } from '../../../../src/features/mailchimp/index.ts'
import { desiredOf } from '../../../../src/features/mailchimp/mirror/desired.ts'
import { DEFAULT_TAGS, toMergeFields } from '../../../../src/features/mailchimp/mirror/fields.ts'
import { listMirroredPeople } from '../../../../src/features/mailchimp/mirror/people-queries.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import { addPeople, openConnected, type Programme } from './programme.ts'

const PEOPLE = 14
const EDITS = 50
const STATES = ['applied', 'waitlisted', 'confirmed']

/** Numbers from 0 to below 1, the same for the same seed: mulberry32 by Tommy Ettinger (public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Edit = (about: {
  programme: Programme
  id: number
  address: string
  pick: <T>(some: readonly T[]) => T
}) => unknown

/** What people and staff may do, here and there. */
const EDITS_HERE: Record<string, Edit> = {
  name: ({ programme: { deps }, id, pick }) =>
    sql`update people set given_name = ${pick(['Amina', 'Mateo', 'Łucja'])}, updated_at = ${deps.clock.now()}
      where id = ${id} and erased_at is null`.execute(deps.db),
  state: ({ programme: { deps }, id, pick }) =>
    sql`update applications set state = ${pick(['confirmed', 'withdrawn', 'waitlisted'])} where person_id = ${id}`.execute(
      deps.db,
    ),
  stop: ({ programme: { deps }, address, pick }) =>
    sql`insert into suppressions (address, scope, reason, source) values (${address}, ${pick(['all', 'campaigns'])}, 'manual', 'test')
      on conflict do nothing`.execute(deps.db),
  back: ({ programme: { deps }, address }) =>
    sql`update suppressions set lifted_at = now() where address = ${address} and lifted_at is null`.execute(deps.db),
  move: async ({ programme: { deps }, id, pick }) => {
    const to = `new${pick([1, 2, 3, 4, 5, 6])}-${id}@library.example`
    await sql`update addresses set is_primary = false where person_id = ${id}`.execute(deps.db)
    await sql`
      insert into addresses (person_id, address) select id, ${to} from people where id = ${id} and erased_at is null
      on conflict (address) do update set is_primary = true`.execute(deps.db)
  },
  erase: async ({ programme: { deps }, id, pick }) => {
    if (pick([true, false, false])) return
    await sql`update people set given_name = 'Erased', family_name = '', erased_at = now() where id = ${id}`.execute(
      deps.db,
    )
    await sql`delete from addresses where person_id = ${id}`.execute(deps.db)
    await sql`update mailchimp_members set address = '', fields = '{}', tags = '{}', agreed = '{}', digest = null,
      trouble = null, trouble_words = null where person_id = ${id}`.execute(deps.db)
  },
  undo: async ({ programme: { deps }, id, pick }) => {
    if (pick([true, false, false])) await sql`delete from people where id = ${id}`.execute(deps.db)
  },
}
const EDITS_THERE: Record<string, Edit> = {
  leaves: ({ programme: { fake }, address }) =>
    fake.member(address)?.status === 'subscribed' && fake.memberUnsubscribes(address),
  changes: ({ programme: { fake }, address, pick }) =>
    fake.member(address) &&
    fake.memberChanges(address, { FNAME: pick(['Ami', 'Teo', '']), ROUND: pick(['x', '2016A']) }),
  cleaned: ({ programme: { fake }, address, pick }) =>
    fake.member(address)?.status === 'subscribed' && pick([true, false]) && fake.cleans(address, 'hard'),
  archives: ({ programme: { fake }, address }) =>
    fake.member(address)?.status === 'subscribed' && fake.staffArchives(address),
  adds: ({ programme: { fake }, address, pick }) =>
    fake.member(address) || fake.staffAdds(address, pick(['subscribed', 'pending']), { FNAME: 'Other' }, ['VIP']),
  tags: ({ programme: { fake }, address, pick }) =>
    fake.member(address) && fake.staffTags(address, pick(['VIP', '2016A waitlisted'])),
  untags: ({ programme: { fake }, address }) =>
    fake.member(address)?.tags.includes('2016A confirmed') && fake.staffUntags(address, '2016A confirmed'),
}
const ALL = { ...EDITS_HERE, ...EDITS_THERE }

async function addressOf({ deps }: Programme, id: number): Promise<string> {
  const { rows } = await sql<{ address: string }>`
    select address from addresses where person_id = ${id} order by random() limit 1`.execute(deps.db)
  return rows[0]?.address ?? `reader${id}@library.example`
}

async function expectEqual(programme: Programme, left: ReadonlySet<string>): Promise<void> {
  const { deps, fake } = programme
  expect(await measureDrift(deps)).toMatchObject({ drift: 0, items: [] })
  const people = await listMirroredPeople(deps.db, { after: 0, limit: 100 }, STATES)
  const { rows } = await sql<{ hash: string; trouble: string }>`
    select hash, trouble from mailchimp_members where trouble is not null`.execute(deps.db)
  const troubled = new Map(rows.map(({ hash, trouble }) => [hash, trouble]))
  const wanted = new Map(
    people.map(desiredOf).flatMap((desired) => (desired.want === 'there' ? [[desired.address, desired]] : [])),
  )
  for (const desired of wanted.values()) {
    if (['unsubscribed', 'cleaned', 'archived_there', 'compliance'].includes(troubled.get(desired.hash) ?? '')) continue
    const member = fake.member(desired.address)
    expect(member?.status).toBe(troubled.has(desired.hash) ? 'pending' : 'subscribed')
    // An empty field is none there.
    expect({ PARTNER: '', ...member?.merge_fields }).toMatchObject(toMergeFields(desired.fields, DEFAULT_TAGS))
    expect(member?.tags.filter((tag) => tag.startsWith('2016A'))).toEqual(desired.tags)
  }
  const listed = async (query: RawBuilder<{ address: string }>) =>
    new Set((await query.execute(deps.db)).rows.map(({ address }) => address))
  const stopped = await listed(sql`select address from suppressions where lifted_at is null`)
  const ours = await listed(sql`select address from addresses`)
  for (const { email_address, status, tags } of fake.members()) {
    // Nobody is unsubscribed by us, and nobody who left is brought back.
    expect(status === 'unsubscribed' || status === 'cleaned').toBe(left.has(email_address) && status !== 'archived')
    if (status !== 'subscribed' || wanted.has(email_address)) continue
    expect(stopped.has(email_address)).toBe(false)
    // Who is nobody of ours is left alone.
    if (ours.has(email_address)) expect(tags.filter((tag) => tag.startsWith('2016A'))).toEqual([])
  }
}

async function play(seed: number, faults: number): Promise<void> {
  const programme = await openConnected({ seed, lag: { of: ['tags'], ms: 60_000 } })
  const { deps, fake } = programme
  const random = randomFrom(seed)
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T
  const ids = await addPeople(programme, PEOPLE)
  const left = new Set<string>()
  if (faults > 0) fake.faults.random(faults)
  const syncOnce = (whole: boolean) =>
    programme.sync({ whole }).catch((error: unknown) => {
      if (!(error instanceof Upstream) || faults === 0) throw error
    })
  await syncOnce(true)
  for (let at = 0; at < EDITS; at++) {
    deps.clock.advance(pick([1000, 60_000, 700_000]))
    const id = pick(ids)
    const address = await addressOf(programme, id)
    const isNew = fake.member(address) === undefined
    await ALL[pick(Object.keys(ALL))]?.({ programme, id, address, pick })
    // Deleted for good, and put in again by staff there.
    if (isNew && fake.member(address)) left.delete(address)
    for (const { email_address, status } of fake.members())
      if (status === 'unsubscribed' || status === 'cleaned') left.add(email_address)
    if (random() < 0.2) await syncOnce(random() < 0.5)
  }
  fake.faults.stop()
  for (let again = 0; again < 3; again++) {
    deps.clock.advance(3600_000)
    await programme.sync({ whole: true })
  }
  await expectEqual(programme, left)
  fake.resetCalls()
  deps.clock.advance(3600_000)
  await programme.sync({ whole: true })
  expect(fake.writes).toBe(0)
}

describe('whatever is done on both sides', () => {
  test.each([1, 2, 3])('a sync makes them equal (%i)', (seed) => play(seed, 0), 60_000)
  test.each([6, 7])('also with a Mailchimp that fails every sixth call (%i)', (seed) => play(seed, 1 / 6), 60_000)
})
