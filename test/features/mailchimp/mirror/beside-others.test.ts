import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { type SyncResult, settleMailchimpEvents } from '../../../../src/features/mailchimp/index.ts'
import { whileAlone } from '../../../../src/features/mailchimp/mirror/lock.ts'
import type { Mailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { addPeople, addressOf, openConnected, type Programme } from './programme.ts'
import { inStep, instead, openSynced, run } from './synced.ts'

describe('beside others', () => {
  /** Does something in a transaction that was begun before a whole sync, and waited for by it. */
  async function whileSyncWaits({ deps, sync }: Programme, first: string, then: string): Promise<SyncResult> {
    const client = await deps.pool.connect()
    try {
      await client.query('begin')
      await client.query(first)
      const syncing = sync({ whole: true })
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
      await expect.poll(async () => (await deps.pool.query(waiting)).rows.length).toBe(1)
      await client.query(then)
      await client.query('commit')
      return await syncing
    } finally {
      client.release()
    }
  }

  test('an erasure that has the person first: PostgreSQL ends the sync, which does it again', async () => {
    const programme = await openSynced(1)
    programme.fake.memberChanges(addressOf(programme.id), { FNAME: 'Amina' })
    const done = await whileSyncWaits(
      programme,
      "set local deadlock_timeout = '10s'; select from people for update",
      "update mailchimp_members set tags = '{}'",
    )
    expect(done).toMatchObject({ taken: 1, drift: 0 })
  })

  test('a name that staff change in the same second is a clash, and not overwritten in silence', async () => {
    const programme = await openSynced(1)
    const { deps, fake, id } = programme
    fake.memberChanges(addressOf(id), { FNAME: 'Amina' })
    const edit = "update people set given_name = 'Minerva', updated_at = '2030-01-01'"
    expect(await whileSyncWaits(programme, edit, 'select')).toMatchObject({ taken: 0, clashes: 1 })
    expect(await deps.db.selectFrom('people').select('given_name').execute()).toEqual([{ given_name: 'Minerva' }])
  })

  test('the connection that holds the lock is ended: the next sync does what is left', async () => {
    const programme = await openConnected()
    const { deps, sync } = programme
    await addPeople(programme, 3)
    const { addMembers } = deps.mailchimp as Mailchimp
    const real = instead(programme, {
      addMembers: async (...given) => {
        await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
          and database = (select oid from pg_database where datname = current_database())`.execute(deps.db)
        return addMembers(...given)
      },
    })
    await sync({ whole: true })
    real()
    await inStep(programme)
    expect(await whileAlone(deps.db, { waitMs: 0 }, async () => 'free')).toEqual({ result: 'free' })
  })

  test('stopped while Mailchimp hangs, a sync ends at once and holds no connection', async () => {
    const programme = await openSynced(3)
    const { deps, fake, sync } = programme
    await run(programme, sql`update people set given_name = 'Zoe'`)
    fake.faults.always('POST /lists/{list_id}', 'hang')
    const stop = new AbortController()
    const ended = expect(sync({}, stop.signal)).rejects.toBe('cancelled')
    await expect.poll(() => fake.calls.some(({ fault }) => fault === 'hang')).toBe(true)
    const before = performance.now()
    stop.abort('cancelled')
    await ended
    expect(performance.now() - before).toBeLessThan(1000)
    expect(await deps.db.selectFrom('mailchimp_slots').where('holder', 'is not', null).selectAll().execute()).toEqual(
      [],
    )
    fake.faults.stop()
    await inStep(programme)
  })

  test('a flood of what was told is settled in more than one run', async () => {
    const programme = await openConnected()
    const { deps } = programme
    await sql`insert into mailchimp_events (body_digest, kind, received_at, hash, address)
      select decode(md5(n::text), 'hex'), 'profile', now(), md5(n::text), n || '@nobody.example' from generate_series(1, 1000) n`.execute(
      deps.db,
    )
    const rung: string[] = []
    await settleMailchimpEvents({ ...deps, ring: async (name) => void rung.push(name) })
    expect(rung).toEqual(['settle-mailchimp-events'])
    await settleMailchimpEvents({ ...deps, ring: async (name) => void rung.push(name) })
    const { rows } = await sql`select from mailchimp_events where state = 'waiting'`.execute(deps.db)
    expect([rows.length, rung.length]).toEqual([0, 1])
  })
})
