import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createWebhook, NEWS } from '../../../src/features/webhooks/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign } from '../../support/ledger.ts'
import { addApplicant, addRound } from '../campaigns/round.ts'

const URL = 'http://127.0.0.1:9/hook'

async function open(types: readonly string[] = NEWS) {
  const deps = await openTestDeps()
  if (types.length > 0) await createWebhook(deps, { url: URL, types, by: 'staff 1' })
  const told = async () => {
    const rows = await deps.db.selectFrom('webhook_messages').select(['type', 'payload']).orderBy('id').execute()
    return rows.map(({ type, payload }) => ({ type, ...(payload as object) }))
  }
  const types_told = async () => (await told()).map(({ type }) => type)
  const event = (delivery_id: number, kind: string, more: { class?: string; status?: string } = {}) =>
    sql`with message as (
        insert into incoming_messages (source, octets, digest, received_at, state, outcome)
        values ('smtp', 1, decode(md5(random()::text), 'hex'), now(), 'read', 'ignored') returning id
      ) insert into delivery_events (delivery_id, incoming_id, kind, class, status, words, address, at)
      select ${delivery_id}, id, ${kind}, ${more.class ?? null}, ${more.status ?? null}, 'Secret-Souza <ana@library.example>',
        'ana@library.example', now() from message`.execute(deps.db)
  return { deps, told, types_told, event }
}

async function queueOne(deps: Awaited<ReturnType<typeof openTestDeps>>) {
  const campaign_id = await queueCampaign(deps.db, ['ana@library.example'])
  const { id, person_id } = await deps.db
    .selectFrom('deliveries')
    .select(['id', 'person_id'])
    .where('campaign_id', '=', campaign_id)
    .executeTakeFirstOrThrow()
  const move = (state: string) =>
    deps.db.updateTable('deliveries').set({ state, updated_at: new Date() }).where('id', '=', id).execute()
  return { id, person_id, campaign_id, move }
}

test('without an endpoint nothing is written', async () => {
  const { deps, told, event } = await open([])
  const { id, move } = await queueOne(deps)
  await move('accepted')
  await event(id, 'bounce', { class: 'hard' })
  expect(await told()).toEqual([])
})

test('a delivery is told when it was accepted, once, and each thing that became known of it, by ids and states alone', async () => {
  const { deps, told, event } = await open()
  const { id, person_id, campaign_id, move } = await queueOne(deps)
  for (const state of ['deferred', 'accepted', 'accepted']) await move(state)
  await event(id, 'bounce', { class: 'hard', status: '5.1.1' })
  for (const kind of ['complaint', 'unsubscribe', 'reply', 'auto_reply']) await event(id, kind)
  const about = { delivery_id: id, campaign_id, person_id }
  expect(await told()).toEqual([
    { type: 'delivery.accepted', ...about },
    { type: 'delivery.bounced', ...about, class: 'hard', status: '5.1.1' },
    { type: 'delivery.complained', ...about },
    { type: 'delivery.unsubscribed', ...about },
  ])
  expect(JSON.stringify(await told())).not.toMatch(/Secret|@/)
})

test('of a test email nothing is told', async () => {
  const { deps, told, event } = await open()
  const { id, move } = await queueOne(deps)
  await deps.db.updateTable('deliveries').set({ is_test: true }).where('id', '=', id).execute()
  await move('accepted')
  await event(id, 'bounce', { class: 'hard' })
  expect(await told()).toEqual([])
})

test('an application is told at each change of its state, and at no other change of it', async () => {
  const { deps, types_told } = await open()
  const person_id = await addApplicant(deps.db, await addRound(deps.db))
  const change = (values: object) =>
    deps.db.updateTable('applications').set(values).where('person_id', '=', person_id).execute()
  const at = (day: number) => ({ state_changed_at: new Date(Date.UTC(2016, 1, day)) })
  await change({ country_code: 'SE' })
  await change({ state: 'confirmed', ...at(1) })
  await change({ state: 'confirmed', ...at(1) })
  await change({ pathway: 'IFLA' })
  await change({ state: 'declined', ...at(2) })
  await change({ state: 'confirmed', ...at(3) })
  await change({ state: 'withdrawn', ...at(4) })
  expect(await types_told()).toEqual([
    'application.confirmed',
    'application.declined',
    'application.confirmed',
    'application.withdrawn',
  ])
})

test('what is rolled back is not told, and who wants other news is told nothing', async () => {
  const { deps, types_told } = await open(['application.declined'])
  const round_id = await addRound(deps.db)
  await addApplicant(deps.db, round_id)
  const setAll = (state: string) => sql`update applications set state = ${state}, state_changed_at = now()`
  await deps.db
    .transaction()
    .execute(async (tx) => {
      await setAll('declined').execute(tx)
      throw new Error('no')
    })
    .catch(() => undefined)
  await setAll('confirmed').execute(deps.db)
  expect(await types_told()).toEqual([])
  await setAll('declined').execute(deps.db)
  expect(await types_told()).toEqual(['application.declined'])
})
