import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { endPartnershipsOf } from '../../../src/features/people/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openWholeApp } from '../../app/routes.ts'
import { eventually } from '../../support/eventually.ts'
import { neverStopped, sendDeps, statesOf } from '../../support/ledger.ts'
import { startSink } from '../../support/sink/sink.ts'
import { addPartnership } from '../campaigns/round.ts'
import { askEverybody, OVER, openRound, type People } from '../confirmations/asked.ts'

async function open(people?: People) {
  const round = await openRound(people)
  const { deliveryOf } = await askEverybody(round)
  const { deps, round_id, idOf } = round
  const app = await openWholeApp(deps)
  const urlOf = async (name: string) =>
    `/p/preferences/${signToken(deps.keys, 'preferences', await deliveryOf(name))}/leave`
  const page = async (name: string) => (await app.inject(`${await urlOf(name)}?round=2016A`)).body
  const leave = async (name: string, code = '2016A', url?: string) =>
    app.inject({
      ...{ method: 'POST', url: url ?? (await urlOf(name)) },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `round=${code}`,
    })
  const pair = (...names: string[]) =>
    addPartnership(deps.db, round_id, names.map(idOf), { introduced_at: deps.clock.now() })
  /** Who is together with whom, and why not any more. */
  const partnerships = async () => {
    const rows = await deps.db.selectFrom('partnerships').selectAll().orderBy('id').execute()
    const members = await deps.db.selectFrom('partnership_members').selectAll().orderBy('person_id').execute()
    const nameOf = new Map(Object.keys(people ?? { ana: {}, ben: {} }).map((name) => [idOf(name), name]))
    return rows.map((row) => ({
      people: members.filter((one) => one.partnership_id === row.id).map((one) => nameOf.get(one.person_id)),
      introduced: row.introduced_at !== null,
      ended: row.end_reason,
    }))
  }
  const untouched = async () => {
    const [suppressions, consents] = await Promise.all([
      deps.db.selectFrom('suppressions').selectAll().execute(),
      deps.db.selectFrom('consents').selectAll().execute(),
    ])
    return suppressions.length + consents.length
  }
  return { ...round, app, deliveryOf, urlOf, page, leave, pair, partnerships, untouched }
}

const LEFT = 'One of the partners left the round.'

test('the page says what follows, for the partner too, and only its button acts; it stops no emails', async () => {
  const { deps, page, leave, pair, partnerships, states, answers, untouched, setState, urlOf } = await open()
  for (const name of ['ana', 'ben']) await setState(name, 'confirmed')
  await pair('ana', 'ben')
  // Long after the last day to answer.
  deps.clock.set('2016-05-01T09:00:00Z')
  const asks = await page('ana')
  for (const words of ['Leave Round 2016A?', 'Your partner becomes free', 'Leaving stops no other emails'])
    expect(asks).toContain(words)
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'confirmed' })
  const answer = await leave('ana')
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `${await urlOf('ana')}?round=2016A`])
  expect(await states()).toEqual({ ana: 'withdrawn', ben: 'confirmed' })
  expect(await answers('ana')).toEqual(['confirmed > withdrawn by link'])
  expect(await partnerships()).toEqual([{ people: ['ana', 'ben'], introduced: true, ended: LEFT }])
  expect(await untouched()).toBe(0)
  const left = await page('ana')
  expect(left).toContain('<h1>You have left Round 2016A</h1>')
  expect(left).not.toContain('<form')
})

test('of three who are together two stay together, known to one another as before', async () => {
  const { leave, pair, partnerships } = await open({ ana: {}, ben: {}, cho: {} })
  await pair('ana', 'ben', 'cho')
  await leave('ben')
  expect(await partnerships()).toEqual([
    { people: ['ana', 'ben', 'cho'], introduced: true, ended: LEFT },
    { people: ['ana', 'cho'], introduced: true, ended: null },
  ])
})

test('two of three who leave in the same moment leave nobody in a partnership with either of them', async () => {
  const { deps, round_id, idOf, pair, partnerships } = await open({ ana: {}, ben: {}, cho: {} })
  await pair('ana', 'ben', 'cho')
  const end = (tx: typeof deps.db, name: string) =>
    endPartnershipsOf(tx, {
      ...{ person_id: idOf(name), round_id, reason: LEFT, today: '2016-03-01' },
      now: new Date(),
    })
  let second: Promise<void> = Promise.resolve()
  await deps.db.transaction().execute(async (tx) => {
    await end(tx as typeof deps.db, 'ben')
    second = deps.db.transaction().execute((other) => end(other as typeof deps.db, 'ana'))
    await eventually('the second waits for the first', async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(deps.db)
      return rows.length > 0 || undefined
    })
  })
  await second
  expect(await partnerships()).toEqual([
    { people: ['ana', 'ben', 'cho'], introduced: true, ended: LEFT },
    { people: ['ana', 'cho'], introduced: true, ended: LEFT },
  ])
})

test('ten clicks at once, and partners who leave at the same moment, are one leaving each', async () => {
  const { leave, pair, partnerships, states, answers } = await open()
  await pair('ana', 'ben')
  const clicks = ['ana', 'ben'].flatMap((name) => Array.from({ length: 10 }, () => leave(name)))
  expect(new Set((await Promise.all(clicks)).map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  await leave('ana')
  expect(await states()).toEqual({ ana: 'withdrawn', ben: 'withdrawn' })
  expect(await answers('ana')).toEqual(['applied > withdrawn by link'])
  expect((await partnerships()).length).toBe(1)
})

test('who waits can leave; who declined, was removed, or whose round is over has nothing to leave', async () => {
  const { deps, page, leave, states, setState } = await open({ ana: {}, ben: {}, cho: {}, dan: {} })
  await setState('ana', 'waitlisted')
  await setState('ben', 'declined')
  await setState('cho', 'removed')
  for (const name of ['ben', 'cho']) expect(await page(name)).toContain('There is no round for you to leave')
  for (const name of ['ana', 'ben', 'cho']) await leave(name)
  await leave('dan', '2015B')
  await leave('dan', '%00')
  expect(await states()).toEqual({ ana: 'withdrawn', ben: 'declined', cho: 'removed', dan: 'applied' })
  deps.clock.set('2016-08-01T09:00:00Z')
  expect(await page('dan')).toContain('There is no round for you to leave')
  await leave('dan')
  expect(await states()).toMatchObject({ dan: 'applied' })
})

test('one round is left, and no other; an older email’s link speaks for the same person', async () => {
  const { deps, leave, states, idOf, app, urlOf } = await open()
  const { id } = await deps.db
    .insertInto('rounds')
    .values({ code: '2016B', name: 'Round 2016B', starts_on: '2016-09-01', ends_on: '2016-12-31' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await deps.db
    .insertInto('applications')
    .values({
      ...{ round_id: id, person_id: idOf('ana'), state: 'applied', country_code: 'KE', pathway: 'direct' },
      ...{ submitted_at: deps.clock.now(), code_of_conduct_agreed: true, commitment_agreed: true },
    })
    .execute()
  await addPartnership(deps.db, id, [idOf('ana'), idOf('ben')])
  const preferences = (await app.inject((await urlOf('ana')).replace('/leave', ''))).body
  expect(
    [...preferences.matchAll(/leave\?round&#x3D;(\w+)|leave\?round=(\w+)/g)].map((one) => one[1] ?? one[2]),
  ).toEqual(['2016B', '2016A'])
  await leave('ana', '2016A')
  const state = await deps.db
    .selectFrom('applications')
    .select('state')
    .where('round_id', '=', id)
    .executeTakeFirstOrThrow()
  expect([await states(), state]).toEqual([{ ana: 'withdrawn', ben: 'applied' }, { state: 'applied' }])
  const standing = await deps.db.selectFrom('partnerships').select('ended_at').executeTakeFirstOrThrow()
  expect(standing.ended_at).toBeNull()
})

test('a forged link, and the link of a test email, leave nothing', async () => {
  const { deps, leave, urlOf, page, states, deliveryOf } = await open()
  const url = await urlOf('ana')
  for (const forged of [
    url.replace('/leave', 'a/leave'),
    `/p/preferences/${signToken(deps.keys, 'confirm', await deliveryOf('ana'))}/leave`,
  ])
    expect((await leave('ana', '2016A', forged)).statusCode).toBe(404)
  await deps.db.updateTable('deliveries').set({ is_test: true }).execute()
  const shown = (await deps.db.selectFrom('deliveries').select('id').execute())[0]?.id as number
  const test = `/p/preferences/${signToken(deps.keys, 'preferences', shown)}/leave`
  expect((await leave('ana', '2016A', test)).statusCode).toBe(303)
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect(await page('ana')).toContain('changes nothing')
})

test('stopping every email leaves no round, and leaving a round lets emails of others come', async () => {
  const { app, urlOf, leave, states, untouched } = await open()
  const post = async (name: string, decide: string) =>
    app.inject({
      ...{ method: 'POST', url: (await urlOf(name)).replace('/leave', '') },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `decide=${decide}`,
    })
  await post('ana', 'stop_everything')
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
  const before = await untouched()
  await leave('ben')
  expect([await states(), await untouched()]).toEqual([{ ana: 'applied', ben: 'withdrawn' }, before])
})

test('what of the round waits or was claimed for who left is skipped at its turn; an answer to them still goes', async () => {
  const { deps, round_id, idOf, leave } = await open()
  const sink = await startSink()
  onTestFinished(() => sink.close())
  const now = deps.clock.now()
  const queue = async (kind: string, lane: string, states?: string[]) => {
    const { id } = await deps.db
      .insertInto('campaigns')
      .values({
        ...{ round_id, kind, lane, state: 'sending', started_at: now, starts_at: now },
        ...(kind === 'automatic' ? { automatic_key: 'inbox_reply', version: 1, live_version: 1 } : {}),
        audience: JSON.stringify(states ? { states } : {}),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const each = ['ana', 'ben'].map((name) => ({
      ...{ campaign_id: id, person_id: idOf(name), lane, state: 'queued', address: `${name}@library.example` },
      ...{ domain: 'library.example', language: 'en', version: 1, due_at: now },
    }))
    await deps.db.insertInto('deliveries').values(each).execute()
    return id
  }
  const topic = await queue('topic', 'campaign')
  const checkIn = await queue('check_in', 'automatic')
  const reply = await queue('automatic', 'automatic')
  const forWhoLeft = await queue('announcement', 'campaign', ['withdrawn', 'confirmed'])
  const run = await sendDeps(deps, sink.url)
  const { compose } = run
  // Ana leaves when her copies are claimed already, and before any dialogue.
  let isLeft = false
  const composing: typeof compose = async (...given) => {
    if (!isLeft) await leave('ana')
    isLeft = true
    return compose(...given)
  }
  await sendDue({ ...run, compose: composing }, neverStopped())
  expect(await statesOf(deps.db, topic)).toEqual({ accepted: 1, skipped: 1 })
  expect(await statesOf(deps.db, checkIn)).toEqual({ accepted: 1, skipped: 1 })
  expect(await statesOf(deps.db, reply)).toEqual({ accepted: 2 })
  expect(await statesOf(deps.db, forWhoLeft)).toEqual({ accepted: 2 })
  const skipped = await deps.db
    .selectFrom('deliveries')
    .select(['person_id', 'skipped_reason'])
    .where('state', '=', 'skipped')
    .execute()
  expect(skipped).toEqual([1, 2].map(() => ({ person_id: idOf('ana'), skipped_reason: 'state_changed' })))
})

test('each reads it in their own language; a name of the round is only text', async () => {
  const { deps, page, leave } = await open({ ana: { language: 'ar' }, ben: { language: 'fr' } })
  await deps.db.updateTable('rounds').set({ name: '<b>R & D</b>' }).execute()
  expect(await page('ana')).toContain('<html lang="ar" dir="rtl">')
  expect(await page('ana')).toContain('&lt;b&gt;R &amp; D&lt;/b&gt;')
  expect(await page('ben')).toContain('Quitter la session')
  deps.clock.set(OVER)
  await leave('ana')
  expect(await page('ana')).toContain('انتهى طلبكم')
})
