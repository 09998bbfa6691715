import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addDeliveryRoutes } from '../../../src/features/deliveries/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign, statesOf } from '../../support/ledger.ts'
import { serveRoutes } from '../../support/routes.ts'

async function open(count = 1, state = 'sending') {
  const deps = await openTestDeps()
  const rings: string[] = []
  const ring = async (name: string) => void rings.push(name)
  const app = await serveRoutes((app) => addDeliveryRoutes(app, { ...deps, ring }))
  const campaign = await queueCampaign(
    deps.db,
    Array.from({ length: count }, (_, at) => `p${at}@x.example`),
    { state },
  )
  const ids = (await deps.db.selectFrom('deliveries').select('id').orderBy('id').execute()).map((row) => row.id)
  const resolve = (id: number | undefined, as: string) =>
    app.inject({ method: 'POST', url: `/deliveries/${id}/resolve`, payload: { as } })
  const set = (change: string) => sql`update deliveries set ${sql.raw(change)}`.execute(deps.db)
  return { deps, app, campaign, ids, resolve, set, rings }
}

test('an uncertain delivery is accepted by a person’s word, once', async () => {
  const { deps, ids, resolve, set, campaign } = await open()
  await set("state = 'uncertain'")
  const answer = await resolve(ids[0], 'accepted')
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({ state: 'accepted', accepted_at: '2016-03-01T09:00:00.000Z', attempts: [] })
  const again = await resolve(ids[0], 'accepted')
  expect(again.statusCode).toBe(409)
  expect(again.json()).toMatchObject({ code: 'nothing_to_decide', detail: expect.stringContaining('is accepted') })
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 1 })
})

test('to be sent again it is due now, its campaign open, and the doorbell rung', async () => {
  const { deps, ids, resolve, set, rings, campaign } = await open(1, 'done')
  await set("state = 'uncertain', due_at = '2016-02-01T00:00:00Z'")
  await deps.db.updateTable('campaigns').set({ finished_at: new Date() }).execute()
  expect((await resolve(ids[0], 'resend')).json()).toMatchObject({
    state: 'queued',
    due_at: '2016-03-01T09:00:00.000Z',
  })
  const { state, finished_at } = await deps.db
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', campaign)
    .executeTakeFirstOrThrow()
  expect([state, finished_at]).toEqual(['sending', null])
  expect(rings).toEqual(['sweep-deliveries'])
})

test('a held one is let go at its own hour; a cancelled campaign sends nothing again', async () => {
  const { deps, ids, resolve, set } = await open(1, 'scheduled')
  await set("state = 'held', held_reason = 'restored', due_at = '2016-03-05T09:00:00Z'")
  expect((await resolve(ids[0], 'resend')).json()).toMatchObject({
    state: 'queued',
    held_reason: null,
    due_at: '2016-03-05T09:00:00.000Z',
  })
  await set("state = 'uncertain'")
  await deps.db.updateTable('campaigns').set({ state: 'cancelled' }).execute()
  expect((await resolve(ids[0], 'resend')).json()).toMatchObject({ status: 409, code: 'campaign_cancelled' })
  expect((await resolve(ids[0], 'accepted')).json()).toMatchObject({ state: 'accepted' })
})

test('in every other state there is nothing to decide', async () => {
  const { deps, ids, resolve } = await open()
  const { id: worker } = await deps.db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const state of ['queued', 'claimed', 'sending', 'accepted', 'deferred', 'rejected', 'skipped', 'cancelled']) {
    const owner = state === 'claimed' || state === 'sending' ? worker : null
    await deps.db
      .updateTable('deliveries')
      .set({ state, worker_id: owner, skipped_reason: state === 'skipped' ? 'unsubscribed' : null })
      .execute()
    for (const as of ['accepted', 'resend']) expect((await resolve(ids[0], as)).statusCode, `${state} ${as}`).toBe(409)
    expect((await deps.db.selectFrom('deliveries').select('state').executeTakeFirstOrThrow()).state).toBe(state)
  }
  await deps.db.updateTable('deliveries').set({ state: 'held', skipped_reason: null, held_reason: 'late' }).execute()
  expect((await resolve(ids[0], 'accepted')).statusCode).toBe(409)
})

test('two people who decide at once: one is told that there is nothing to decide', async () => {
  const { ids, resolve, set, deps, campaign } = await open()
  await set("state = 'uncertain'")
  const answers = await Promise.all([resolve(ids[0], 'accepted'), resolve(ids[0], 'resend')])
  expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
  expect(Object.values(await statesOf(deps.db, campaign))).toEqual([1])
})

test('a decision that is none, and a delivery that is none, are refused', async () => {
  const { ids, resolve, app } = await open()
  expect((await resolve(ids[0], 'maybe')).json().errors[0].field).toBe('as')
  expect((await resolve(98_765, 'accepted')).statusCode).toBe(404)
  expect((await app.inject('/deliveries/98765')).statusCode).toBe(404)
  expect((await app.inject('/deliveries/0')).statusCode).toBe(422)
})

test('deliveries are listed a page at a time, each once, also by state; tests are not among them', async () => {
  const { deps, app, campaign, ids } = await open(7)
  await sql`update deliveries set state = 'accepted' where id in (${ids[1]}, ${ids[4]})`.execute(deps.db)
  await sql`update deliveries set is_test = true where id = ${ids[6]}`.execute(deps.db)
  const list = async (query: string) => (await app.inject(`/campaigns/${campaign}/deliveries?${query}`)).json()
  const seen: number[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: { items: { id: number }[]; next: number | null } = await list(`limit=2&after=${after}`)
    expect(page.items.length).toBe(2)
    seen.push(...page.items.map((item) => item.id))
    after = page.next
  }
  expect(seen).toEqual(ids.slice(0, 6))
  expect(await list('state=accepted')).toMatchObject({
    items: [{ id: ids[1], state: 'accepted' }, { id: ids[4] }],
    next: null,
  })
  expect((await app.inject(`/campaigns/${campaign}/deliveries?state=sent`)).statusCode).toBe(422)
  expect((await app.inject(`/campaigns/${campaign}/deliveries?page=2`)).statusCode).toBe(422)
  expect((await app.inject('/campaigns/98765/deliveries')).statusCode).toBe(404)
})
