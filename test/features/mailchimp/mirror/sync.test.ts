import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { getAudience } from '../../../../src/features/mailchimp/connection/audience.ts'
import { findAudience } from '../../../../src/features/mailchimp/connection/audience-queries.ts'
import { measureDrift, planSync, startSync, syncPeople } from '../../../../src/features/mailchimp/index.ts'
import { whileAlone } from '../../../../src/features/mailchimp/mirror/lock.ts'
import { openRun } from '../../../../src/features/mailchimp/mirror/run.ts'
import { startDueSync } from '../../../../src/features/mailchimp/mirror/sweep.ts'
import { syncPage } from '../../../../src/features/mailchimp/mirror/sync-page.ts'
import { sweepMailchimp } from '../../../../src/features/mailchimp/sweep.ts'
import { addPeople, addressOf, openConnected, type Programme } from './programme.ts'

const LATER_MS = 3600_000

async function openSynced(count: number): Promise<Programme & { ids: number[] }> {
  const programme = await openConnected()
  const ids = await addPeople(programme, count)
  await programme.sync({ whole: true })
  programme.deps.clock.advance(LATER_MS)
  programme.fake.resetCalls()
  return { ...programme, ids }
}

const run = ({ deps }: Programme, query: ReturnType<typeof sql>) => query.execute(deps.db)
const rowsOf = async <Row>({ deps }: Programme, query: ReturnType<typeof sql<Row>>) =>
  (await query.execute(deps.db)).rows
const stop = (programme: Programme, address: string) =>
  run(
    programme,
    sql`insert into suppressions (address, scope, reason, source) values (${address}, 'campaigns', 'unsubscribed', 'test')`,
  )
const letGo = (programme: Programme, address: string) =>
  run(programme, sql`update suppressions set lifted_at = now() where address = ${address}`)
const troublesOf = async (programme: Programme) =>
  (
    await rowsOf(
      programme,
      sql<{ trouble: string }>`select trouble from mailchimp_members where trouble is not null order by hash`,
    )
  ).map(({ trouble }) => trouble)

describe('what changed here', () => {
  test('only who changed is written, in one call of each kind', async () => {
    const programme = await openSynced(600)
    const { fake, ids, sync } = programme
    await run(programme, sql`update people set given_name = 'Amina' where id = ${ids[0]}`)
    await run(programme, sql`update applications set state = 'waitlisted' where person_id = ${ids[1]}`)
    await run(programme, sql`update applications set state = 'withdrawn' where person_id = ${ids[2]}`)
    expect(await sync()).toMatchObject({ new: 0, changed: 2, tagged: 1, archived: 1, drift: 0 })
    expect(fake.member(addressOf(ids[0] as number))?.merge_fields.FNAME).toBe('Amina')
    expect(fake.member(addressOf(ids[1] as number))).toMatchObject({ tags: ['2016A waitlisted'], status: 'subscribed' })
    expect(fake.member(addressOf(ids[2] as number))?.status).toBe('archived')
    // Merge fields, tags, the change, the tag that is taken and the one that is made, the one looked at and taken out.
    expect(fake.calls).toHaveLength(7)
    expect(await rowsOf(programme, sql`select id from mailchimp_changes`)).toEqual([])
  })

  test('who must not be mailed is taken out, whoever made the contact, and comes back with us', async () => {
    const programme = await openConnected()
    const { fake, deps, sync } = programme
    const [id = 0] = await addPeople(programme, 1)
    const address = addressOf(id)
    fake.staffAdds(address, 'subscribed', { FNAME: 'Other' }, ['VIP'])
    await sync({ whole: true })
    expect(fake.member(address)).toMatchObject({ status: 'subscribed', tags: ['2016A confirmed', 'VIP'] })
    await stop(programme, address)
    await sync()
    expect(fake.member(address)?.status).toBe('archived')
    deps.clock.advance(LATER_MS)
    await letGo(programme, address)
    await sync({ whole: true })
    expect(fake.member(address)?.status).toBe('subscribed')
    expect(await troublesOf(programme)).toEqual([])
  })

  test('who takes part no more keeps the contact that others made, without our tags', async () => {
    const programme = await openConnected()
    const { fake, sync } = programme
    const [id = 0] = await addPeople(programme, 1)
    fake.staffAdds(addressOf(id), 'subscribed', {}, ['VIP'])
    await sync({ whole: true })
    await run(programme, sql`update applications set state = 'lapsed' where person_id = ${id}`)
    await sync()
    expect(fake.member(addressOf(id))).toMatchObject({ status: 'subscribed', tags: ['VIP'] })
  })

  test('a new address moves the contact; where the new one has a contact already the old one is taken out', async () => {
    const programme = await openSynced(2)
    const { fake, ids, sync } = programme
    fake.staffAdds('taken@library.example', 'subscribed', {}, ['VIP'])
    await run(programme, sql`update addresses set address = 'new@library.example' where person_id = ${ids[0]}`)
    await run(programme, sql`update addresses set address = 'taken@library.example' where person_id = ${ids[1]}`)
    await sync()
    expect(fake.member('new@library.example')).toMatchObject({ status: 'subscribed', tags: ['2016A confirmed'] })
    expect(fake.member(addressOf(ids[0] as number))).toBeUndefined()
    expect(fake.member('taken@library.example')).toMatchObject({
      status: 'subscribed',
      tags: ['2016A confirmed', 'VIP'],
    })
    expect(fake.member(addressOf(ids[1] as number))?.status).toBe('archived')
    expect(await measureDrift(programme.deps)).toMatchObject({ drift: 0, in_step: 2 })
  })

  test('who was erased is deleted there, and whose row is gone is taken out; nothing of them is kept', async () => {
    const programme = await openSynced(3)
    const { fake, ids, sync } = programme
    await run(programme, sql`update people set given_name = 'x', erased_at = now() where id = ${ids[0]}`)
    await run(programme, sql`delete from addresses where person_id = ${ids[0]}`)
    await run(
      programme,
      sql`update mailchimp_members set address = '', fields = '{}', tags = '{}', agreed = '{}' where person_id = ${ids[0]}`,
    )
    await run(programme, sql`delete from people where id = ${ids[1]}`)
    expect(await sync({ whole: true })).toMatchObject({ deleted: 1, archived: 1 })
    expect(fake.member(addressOf(ids[0] as number))).toBeUndefined()
    expect(fake.member(addressOf(ids[1] as number))?.status).toBe('archived')
    expect(await rowsOf(programme, sql`select hash from mailchimp_members`)).toHaveLength(1)
  })
})

describe('what was done there', () => {
  test('who unsubscribed there is stopped here, and for a person once they came back here', async () => {
    const programme = await openSynced(1)
    const { fake, deps, ids, sync } = programme
    const address = addressOf(ids[0] as number)
    fake.memberUnsubscribes(address)
    await sync({ whole: true })
    expect(await rowsOf(programme, sql`select scope, reason, source from suppressions`)).toEqual([
      { scope: 'campaigns', reason: 'unsubscribed', source: 'mailchimp' },
    ])
    await letGo(programme, address)
    deps.clock.advance(LATER_MS)
    expect(await sync({ whole: true })).toMatchObject({ for_person: 1, drift: 0 })
    expect(await troublesOf(programme)).toEqual(['unsubscribed'])
    expect(fake.member(address)?.status).toBe('unsubscribed')
    expect(await rowsOf(programme, sql`select id from suppressions where lifted_at is null`)).toEqual([])
  })

  test('who was archived there by others is for a person; who is pending is left as they are', async () => {
    const programme = await openSynced(1)
    const { fake, ids, sync } = programme
    fake.staffArchives(addressOf(ids[0] as number))
    const [pending = 0] = await addPeople(programme, 1)
    fake.signsUp(addressOf(pending))
    expect(await sync({ whole: true })).toMatchObject({ for_person: 2, drift: 0 })
    expect((await troublesOf(programme)).sort()).toEqual(['archived_there', 'pending'])
    expect(fake.member(addressOf(pending))).toMatchObject({ status: 'pending', merge_fields: { ROUND: '2016A' } })
    fake.confirmsSignUp(addressOf(pending))
    programme.deps.clock.advance(LATER_MS)
    expect(await sync({ whole: true })).toMatchObject({ for_person: 1 })
  })

  test('a name that changed there is changed here; changed on both sides it is kept as a clash', async () => {
    const programme = await openSynced(2)
    const { fake, ids, sync, deps } = programme
    fake.memberChanges(addressOf(ids[0] as number), { FNAME: 'Amina' })
    fake.memberChanges(addressOf(ids[1] as number), { FNAME: 'Mina' })
    deps.clock.advance(1000)
    await run(
      programme,
      sql`update people set given_name = 'Minerva', updated_at = ${deps.clock.now()} where id = ${ids[1]}`,
    )
    expect(await sync({ whole: true })).toMatchObject({ taken: 1, clashes: 1 })
    const names = await rowsOf(programme, sql<{ given_name: string }>`select given_name from people order by id`)
    expect(names.map(({ given_name }) => given_name)).toEqual(['Amina', 'Minerva'])
    expect(fake.member(addressOf(ids[1] as number))?.merge_fields.FNAME).toBe('Minerva')
    expect(await sync({ whole: true })).toMatchObject({ taken: 0, clashes: 0, changed: 0 })
    expect(await rowsOf(programme, sql`select kept from mailchimp_clashes`)).toEqual([{ kept: 'ours' }])
  })
})

describe('what Mailchimp refuses', () => {
  test('an address that it does not take is for a person, and is not tried again until something changes', async () => {
    const programme = await openConnected()
    const { fake, sync } = programme
    const [id = 0, other = 0] = await addPeople(programme, 2)
    await run(programme, sql`update addresses set address = 'refused@library.example' where person_id = ${id}`)
    expect(await sync({ whole: true })).toMatchObject({ new: 1, for_person: 1, drift: 0 })
    expect(await troublesOf(programme)).toEqual(['refused'])
    fake.resetCalls()
    await sync({ whole: true })
    expect(fake.writes).toBe(0)
    await run(programme, sql`update people set given_name = 'Amina' where id in (${id}, ${other})`)
    expect(await sync()).toMatchObject({ changed: 1, for_person: 1 })
  })

  test('a merge field of another type fails the sync with a sentence that names it, and is mended there', async () => {
    const programme = await openSynced(1)
    const { fake, deps, ids, sync } = programme
    const real = deps.mailchimp?.listMergeFields
    Object.assign(deps.mailchimp as object, {
      listMergeFields: async (list_id: string) =>
        (await (real as NonNullable<typeof real>)(list_id)).map((field) =>
          field.tag === 'COUNTRY' ? { ...field, type: 'dropdown' } : field,
        ),
    })
    await run(programme, sql`update people set given_name = 'Amina' where id = ${ids[0]}`)
    await expect(sync()).rejects.toThrow('The merge field COUNTRY in Mailchimp is of the type dropdown')
    expect((await findAudience(deps.db))?.trouble_words).toContain('COUNTRY')
    expect(fake.writes).toBe(0)
    Object.assign(deps.mailchimp as object, { listMergeFields: real })
    await sync()
    expect((await findAudience(deps.db))?.trouble_words).toBeNull()
    expect(await measureDrift(deps)).toMatchObject({ drift: 0 })
  })

  test('a deleted audience changes nothing here, is told in a sentence, and is not asked for at once again', async () => {
    const programme = await openSynced(2)
    const { fake, deps, sync } = programme
    fake.deleteList()
    const before = await rowsOf(programme, sql`select * from mailchimp_members order by hash`)
    await expect(sync({ whole: true })).rejects.toMatchObject({ code: 'mailchimp_missing' })
    expect((await findAudience(deps.db))?.trouble_words).toMatch(/^The audience is no longer in Mailchimp/)
    expect(await rowsOf(programme, sql`select * from mailchimp_members order by hash`)).toEqual(before)
    await run(programme, sql`update jobs set state = 'done'`)
    deps.clock.advance(24 * LATER_MS - LATER_MS)
    await run(programme, sql`update mailchimp_audience set trouble_at = ${deps.clock.now()}`)
    await sweepMailchimp(deps)
    expect(await rowsOf(programme, sql`select id from jobs where state = 'waiting'`)).toEqual([])
    deps.clock.advance(LATER_MS)
    await startDueSync(deps)
    expect(await rowsOf(programme, sql`select id from jobs where state = 'waiting'`)).toHaveLength(1)
  })
})

describe('two at once, and ends in between', () => {
  test('contacts whose answer was lost are ours all the same', async () => {
    const programme = await openConnected()
    const { fake, ids, sync } = { ...programme, ids: await addPeople(programme, 3) }
    fake.faults.next('POST /lists/{list_id}', 'cut-after', 50)
    await expect(sync({ whole: true })).rejects.toMatchObject({ retryable: true })
    fake.faults.stop()
    programme.deps.clock.advance(LATER_MS)
    expect(fake.countMembers()).toEqual({ subscribed: 3 })
    await sync({ whole: true })
    await run(programme, sql`update applications set state = 'withdrawn' where person_id = ${ids[0]}`)
    await sync()
    expect(fake.member(addressOf(ids[0] as number))?.status).toBe('archived')
  })

  test('somebody who is written while a sync goes on is left to the next one', async () => {
    const programme = await openSynced(1)
    const { deps, ids, fake, sync } = programme
    await run(programme, sql`update people set given_name = 'Amina' where id = ${ids[0]}`)
    await whileAlone(deps.db, { waitMs: 0 }, async () => {
      expect(await syncPeople(deps, ids)).toEqual({ is_done: false })
      expect(fake.writes).toBe(0)
    })
    await sync()
    expect(fake.member(addressOf(ids[0] as number))?.merge_fields.FNAME).toBe('Amina')
    expect(await syncPeople(deps, ids)).toEqual({ is_done: true })
  })

  test('a change that is committed while its people are written is not forgotten', async () => {
    const programme = await openSynced(1)
    const { deps, ids, sync } = programme
    const client = await deps.pool.connect()
    try {
      await client.query('begin')
      await client.query(`update people set given_name = 'Late' where id = ${ids[0]}`)
      await run(programme, sql`update applications set state = 'waitlisted' where person_id = ${ids[0]}`)
      await sync()
      await client.query('commit')
    } finally {
      client.release()
    }
    expect(await rowsOf(programme, sql`select id from mailchimp_changes`)).toHaveLength(1)
    expect(await sync()).toMatchObject({ changed: 1 })
  })

  test('one sync is started, however often', async () => {
    const programme = await openConnected()
    const { deps } = programme
    const input = { whole: false, dry_run: false }
    const started = await Promise.all([1, 2, 3].map(() => startSync(deps, input)))
    expect(new Set(started).size).toBe(1)
  })

  test('cancelled between calls it ends, and the next one does what is left', async () => {
    const programme = await openConnected()
    const { deps, fake, sync } = programme
    await addPeople(programme, 1300)
    const cancel = new AbortController()
    const add = deps.mailchimp?.addMembers as NonNullable<typeof deps.mailchimp>['addMembers']
    Object.assign(deps.mailchimp as object, {
      addMembers: async (...given: Parameters<typeof add>) => {
        const written = await add(...given)
        cancel.abort('cancelled')
        return written
      },
    })
    await expect(sync({ whole: true }, cancel.signal)).rejects.toBe('cancelled')
    expect(fake.countMembers().subscribed).toBeGreaterThan(0)
    Object.assign(deps.mailchimp as object, { addMembers: add })
    deps.clock.advance(LATER_MS)
    await sync({ whole: true })
    expect(fake.tags()['2016A confirmed']).toHaveLength(1300)
    expect(await measureDrift(deps)).toMatchObject({ in_step: 1300, drift: 0 })
  })
})

test('whom others archived there is put in again once somebody says so', async () => {
  const programme = await openSynced(1)
  const { fake, ids, sync } = programme
  const address = addressOf(ids[0] as number)
  fake.staffArchives(address)
  await sync({ whole: true })
  // As a person's decision notes it: from now on we may put it in.
  await run(
    programme,
    sql`update mailchimp_members set is_ours = true, digest = null, trouble = null, trouble_words = null`,
  )
  await run(programme, sql`insert into mailchimp_changes (person_id) values (${ids[0]})`)
  await sync()
  expect(fake.member(address)).toMatchObject({ status: 'subscribed', tags: ['2016A confirmed'] })
})

test('one at a time writes, and who can no longer be sure of it stops before the next page', async () => {
  const { deps } = await openConnected()
  await whileAlone(deps.db, { waitMs: 0 }, async (stillAlone) => {
    expect(await stillAlone()).toBe(true)
    expect(await whileAlone(deps.db, { waitMs: 0 }, async () => 'never')).toBeUndefined()
  })
  expect(await whileAlone(deps.db, { waitMs: 0 }, async () => 'free')).toEqual({ result: 'free' })
  const lost = await openRun(deps, await getAudience(deps.db), { stillAlone: async () => false })
  await expect(syncPage(lost, [1])).rejects.toMatchObject({ code: 'mailchimp_sync_lost', retryable: true })
})

test('a person whose row is gone while they are added is taken out again', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 2)
  const add = deps.mailchimp?.addMembers as NonNullable<typeof deps.mailchimp>['addMembers']
  Object.assign(deps.mailchimp as object, {
    addMembers: async (...given: Parameters<typeof add>) => {
      await sql`delete from people where id = ${id}`.execute(deps.db)
      return add(...given)
    },
  })
  await sync({ whole: true })
  expect(fake.member(addressOf(id))?.status).toBe('archived')
  expect(await measureDrift(deps)).toMatchObject({ drift: 0, in_step: 1 })
})

test('a dry run says what would be done, and writes nothing there', async () => {
  const programme = await openConnected()
  const { fake, deps, sync } = programme
  const [id = 0] = await addPeople(programme, 3)
  fake.staffAdds(addressOf(id), 'subscribed', {}, [])
  fake.resetCalls()
  expect(await sync({ whole: true, dry_run: true })).toMatchObject({
    new: 2,
    changed: 1,
    tagged: 3,
    drift: 3,
    dry_run: true,
  })
  expect(fake.writes).toBe(0)
  const plan = await planSync(deps)
  expect(plan.counts).toMatchObject({ new: 2, changed: 1, archived: 0 })
  expect(plan.first.changed).toMatchObject([{ person_id: id, given_name: 'Reader1' }])
})

test('more than 3,000 are written by batches', async () => {
  const programme = await openConnected()
  const { fake, deps, sync } = programme
  await addPeople(programme, 3200)
  fake.resetCalls()
  expect(await sync({ whole: true })).toMatchObject({ new: 3200, tagged: 3200, drift: 0 })
  const batches = fake.calls.filter(({ method, path }) => method === 'POST' && path === '/batches')
  expect(batches).toHaveLength(1)
  await run(programme, sql`update applications set state = 'withdrawn'`)
  deps.clock.advance(LATER_MS)
  expect(await sync()).toMatchObject({ archived: 3200, drift: 0 })
  expect(fake.countMembers()).toEqual({ archived: 3200 })
}, 60_000)
