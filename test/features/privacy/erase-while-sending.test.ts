import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { updatePerson } from '../../../src/features/people/index.ts'
import { erasePerson } from '../../../src/features/privacy/index.ts'
import { PairpostError } from '../../../src/lib/errors.ts'
import { openTestDeps } from '../../support/deps.ts'
import { neverStopped, queueCampaign, sendDeps } from '../../support/ledger.ts'
import { startSink } from '../../support/sink/sink.ts'

test('people are erased while a campaign is sent to them: nobody is locked out, and no address comes back', {
  timeout: 120_000,
}, async () => {
  const deps = await openTestDeps()
  const sink = await startSink({})
  onTestFinished(() => sink.close())
  const people = 80
  const campaign = await queueCampaign(
    deps.db,
    Array.from({ length: people }, (_, at) => `reader${at}@library.example`),
  )
  const run = await sendDeps(deps, sink.url, { limits: '2000/1s' })
  const { rows } = await sql<{ id: number }>`select id from people order by md5(id::text)`.execute(deps.db)
  const ids = rows.map(({ id }) => id)
  const busy = new Set<number>()
  const eraseAll = async (some: number[]) => {
    for (const id of some) {
      await erasePerson(deps, { id, reason: 'asked', erased_by: null }).catch((error: unknown) => {
        if (!(error instanceof PairpostError) || error.code !== 'person_busy') throw error
        busy.add(id)
      })
    }
  }
  await Promise.all([
    sendDue(run, neverStopped()),
    sendDue(run, neverStopped()),
    eraseAll(ids.filter((_, at) => at % 2 === 0)),
    eraseAll(ids.filter((_, at) => at % 2 === 1)),
  ])
  await eraseAll([...busy])
  const { rows: left } = await sql<{ state: string; count: number; named: number }>`
    select d.state, count(*) as count, count(*) filter (where d.address is not null
      or exists (select from attempts t where t.delivery_id = d.id and (t.address <> '' or t.words is not null))) as named
    from deliveries d where d.campaign_id = ${campaign} group by d.state`.execute(deps.db)
  expect(left.map(({ state }) => state).every((state) => state === 'accepted' || state === 'skipped')).toBe(true)
  expect(left.reduce((sum, { count }) => sum + count, 0)).toBe(people)
  expect(left.map(({ named }) => named)).toEqual(left.map(() => 0))
  // What the ledger says was accepted is what arrived.
  expect(sink.messages()).toHaveLength(left.find(({ state }) => state === 'accepted')?.count ?? 0)
  expect(await deps.db.selectFrom('people').select('id').where('erased_at', 'is', null).execute()).toEqual([])
})

test('who was erased is not given a name again', async () => {
  const deps = await openTestDeps()
  await sql`insert into people (given_name, family_name, country_code) values ('Ana', 'Souza', 'BR')`.execute(deps.db)
  await erasePerson(deps, { id: 1, reason: 'asked', erased_by: null })
  await expect(updatePerson(deps, { id: 1, change: { given_name: 'Ana' } })).rejects.toMatchObject({
    code: 'person_erased',
  })
  expect((await sql`select given_name from people`.execute(deps.db)).rows).toEqual([{ given_name: 'Erased person' }])
})
