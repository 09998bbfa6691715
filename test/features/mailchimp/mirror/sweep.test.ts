import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startDueSync } from '../../../../src/features/mailchimp/mirror/sweep.ts'
import { sweepMailchimp } from '../../../../src/features/mailchimp/sweep.ts'
import { mailchimpWork } from '../../../../src/features/mailchimp/work.ts'
import { addPeople, addressOf, openConnected, openProgramme, type Programme } from './programme.ts'

const waiting = async ({ deps }: Programme) =>
  (
    await sql<{ input: unknown }>`select input from jobs where state = 'waiting' and kind = 'mailchimp-sync'`.execute(
      deps.db,
    )
  ).rows

/** Runs the sync that waits, as a worker does. */
async function runWaiting({ deps }: Programme) {
  const { rows } = await sql<{ id: number; input: Record<string, unknown> }>`
    update jobs set state = 'done', finished_at = now() where state = 'waiting' returning id, input`.execute(deps.db)
  const [job] = rows
  if (!job) throw new Error('nothing waits')
  const seen: [number, number][] = []
  const outcome = await mailchimpWork(deps)['mailchimp-sync']?.({
    ...{ job_id: job.id, input: job.input, signal: new AbortController().signal },
    progress: (done, total) => seen.push([done, total]),
  })
  return { outcome, seen }
}

test('connecting starts a whole sync, which tells how far it is', async () => {
  const programme = await openConnected()
  await addPeople(programme, 7)
  expect(await waiting(programme)).toEqual([{ input: { whole: true, dry_run: false } }])
  const { outcome, seen } = await runWaiting(programme)
  expect(outcome).toMatchObject({ state: 'done', result: { new: 7, for_person: 0 } })
  expect(seen.at(-1)).toEqual([14, 14])
})

test('changes wait for a moment, and are written together', async () => {
  const programme = await openConnected()
  const { deps, fake } = programme
  await runWaiting(programme)
  const [id = 0] = await addPeople(programme, 2)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([])
  await sql`update mailchimp_changes set at = at - interval '21 seconds'`.execute(deps.db)
  await Promise.all([sweepMailchimp(deps), sweepMailchimp(deps)])
  expect(await waiting(programme)).toEqual([{ input: { whole: false, dry_run: false } }])
  await runWaiting(programme)
  expect(fake.member(addressOf(id))?.status).toBe('subscribed')
})

test('very many changes are written at once', async () => {
  const programme = await openConnected()
  await runWaiting(programme)
  await addPeople(programme, 501)
  await startDueSync(programme.deps)
  expect(await waiting(programme)).toHaveLength(1)
})

test('everybody is read once a day, whether something changed or not', async () => {
  const programme = await openConnected()
  const { deps } = programme
  await runWaiting(programme)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([])
  deps.clock.advance(24 * 3600_000)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([{ input: { whole: true, dry_run: false } }])
})

test('the more syncs failed in a row, the later the next one begins', async () => {
  const programme = await openConnected()
  const { deps } = programme
  await runWaiting(programme)
  await sql`insert into jobs (kind, input, state, finished_at) select 'mailchimp-sync', '{}', 'failed', now() from generate_series(1, 3)`.execute(
    deps.db,
  )
  await sql`update mailchimp_audience set read_at = null, trouble_words = 'It failed.', trouble_at = ${deps.clock.now()}`.execute(
    deps.db,
  )
  deps.clock.advance(3.9 * 60_000)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([])
  deps.clock.advance(0.2 * 60_000)
  await startDueSync(deps)
  expect(await waiting(programme)).toHaveLength(1)
})

test('nothing is done where nothing is connected', async () => {
  const programme = await openProgramme()
  await sweepMailchimp(programme.deps)
  await sweepMailchimp({ ...programme.deps, mailchimp: undefined })
  expect(programme.fake.calls).toEqual([])
})

test('what a sync did not come to is done by the next one, not by the one of the next day', async () => {
  const programme = await openConnected()
  const { deps, fake } = programme
  await addPeople(programme, 3)
  fake.faults.always('POST /lists/{list_id}', 'busy')
  await expect(programme.sync({ whole: true })).rejects.toMatchObject({ code: 'mailchimp_busy' })
  await sql`update jobs set state = 'failed', finished_at = now()`.execute(deps.db)
  fake.faults.stop()
  deps.clock.advance(120_000)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([{ input: { whole: true, dry_run: false } }])
})

test('a sync that somebody stopped is not begun again by itself at once', async () => {
  const programme = await openConnected()
  const { deps } = programme
  await sql`update jobs set state = 'cancelled', cancel_requested = true, finished_at = now()`.execute(deps.db)
  await startDueSync(deps)
  expect(await waiting(programme)).toEqual([])
  await sql`update jobs set finished_at = now() - interval '61 minutes'`.execute(deps.db)
  await startDueSync(deps)
  expect(await waiting(programme)).toHaveLength(1)
})
