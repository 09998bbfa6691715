import { expect, test } from 'vitest'
import {
  addConfirmationRoutes,
  CONFIRMATION_GROUPS,
  listConfirmationPeople,
  summariseConfirmations,
} from '../../../src/features/confirmations/index.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { addInboxItem, addIncoming, askEverybody, openRound } from './asked.ts'

async function openMixed() {
  const round = await openRound({
    yes: {},
    no: {},
    silent: {},
    unsure: {},
    bounced: {},
    refused: {},
    over: {},
    'no-conduct': { code_of_conduct_agreed: false },
    waits: { state: 'waitlisted' },
  })
  const { deps, setState, add } = round
  const { deliveryOf, campaign_id } = await askEverybody(round, [7])
  await setState('yes', 'confirmed')
  await setState('no', 'declined')
  await setState('over', 'lapsed')
  await addInboxItem(round, 'unsure')
  for (const [name, event] of Object.entries({ bounced: 'hard', silent: 'soft', yes: 'hard' }))
    await deps.db
      .insertInto('delivery_events')
      .values({
        ...{ delivery_id: await deliveryOf(name), incoming_id: await addIncoming(round) },
        ...{ kind: 'bounce', class: event, at: deps.clock.now() },
      })
      .execute()
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'rejected' })
    .where('id', '=', await deliveryOf('refused'))
    .execute()
  await add('late')
  return { ...round, campaign_id }
}

const EXPECTED = {
  to_ask: ['refused', 'late'],
  asked: ['yes', 'no', 'silent', 'unsure', 'bounced', 'over'],
  confirmed: ['yes'],
  declined: ['no'],
  silent: ['silent', 'unsure', 'bounced'],
  lapsed: ['over'],
  bounced: ['bounced', 'refused'],
  without_conduct: ['no-conduct'],
  in_inbox: ['unsure'],
}

test('every figure is the number of the people it leads to', async () => {
  const { deps, campaign_id } = await openMixed()
  const summary = await summariseConfirmations(deps.db, { code: '2016A' })
  expect(summary).toEqual({
    ...{ round: '2016A', confirm_by: '2016-03-15', deadline: new Date('2016-03-16T12:00:00Z'), draft_id: null },
    counts: Object.fromEntries(Object.entries(EXPECTED).map(([group, names]) => [group, names.length])),
    requests: [{ campaign_id, state: 'done', starts_at: deps.clock.now(), accepted: 6, under_way: 0 }],
    reminders: [
      {
        ...{ campaign_id: expect.any(Number), state: 'draft', starts_at: null, sends_itself: true },
        planned_at: new Date('2016-03-08T09:00:00Z'),
      },
    ],
  })
  for (const group of CONFIRMATION_GROUPS) {
    const { items } = await listConfirmationPeople(deps.db, { code: '2016A', group })
    expect(
      items.map(({ given_name }) => given_name),
      group,
    ).toEqual(EXPECTED[group])
  }
})

test('people come page by page', async () => {
  const { deps } = await openMixed()
  const names: string[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listConfirmationPeople>> = await listConfirmationPeople(deps.db, {
      ...{ code: '2016A', group: 'asked' as const, after, limit: 2 },
    })
    expect(page.items.length).toBeLessThanOrEqual(2)
    names.push(...page.items.map(({ given_name }) => given_name))
    after = page.next
  }
  expect(names).toEqual(EXPECTED.asked)
})

test('the API asks, tells, reminds and lists, each to who may', async () => {
  const { deps, add } = await openRound()
  const app = openApiApp(deps)
  addConfirmationRoutes(app, deps)
  const call = async (
    method: 'GET' | 'POST',
    url: string,
    role: 'director' | 'viewer' | 'data_officer',
    payload?: object,
  ) => {
    const answer = await app.inject({ method, url, headers: asRole(role), ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() }
  }
  const url = '/rounds/2016A/confirmations'
  expect(await call('POST', url, 'data_officer')).toMatchObject({ status: 403 })
  expect(await call('POST', url, 'director', { remind_after_days: [0] })).toMatchObject({ status: 422 })
  expect(await call('POST', url, 'director', { remind_after_days: [40] })).toMatchObject({
    ...{ status: 422, body: { errors: [{ field: 'remind_after_days.0' }] } },
  })
  const draft = await call('POST', `${url}/draft`, 'director')
  expect(await call('POST', url, 'director', { remind_after_days: [3], expected_recipients: 5 })).toMatchObject({
    ...{ status: 409, body: { code: 'audience_changed' } },
  })
  expect(await call('POST', url, 'director', { remind_after_days: [3], expected_recipients: 2 })).toMatchObject({
    status: 200,
    body: {
      ...{ campaign_id: draft.body.campaign.id, recipients: 2, skipped: {}, last_leaves_at: expect.any(String) },
      reminders: [{ campaign_id: expect.any(Number), planned_at: '2016-03-04T09:00:00.000Z' }],
    },
  })
  expect(await call('POST', url, 'director')).toMatchObject({ status: 409, body: { code: 'nobody_to_ask' } })
  expect(await call('GET', url, 'viewer')).toMatchObject({ status: 200, body: { counts: { silent: 2, to_ask: 0 } } })
  expect(await call('GET', `${url}/people?group=silent&limit=1`, 'viewer')).toMatchObject({ status: 403 })
  expect(await call('GET', `${url}/people?group=silent&limit=1`, 'data_officer')).toMatchObject({
    ...{ status: 200, body: { items: [{ given_name: 'ana', state: 'applied' }], next: expect.any(Number) } },
  })
  expect(await call('GET', `${url}/people?group=everybody`, 'director')).toMatchObject({ status: 422 })
  expect(await call('POST', `${url}/remind`, 'director')).toMatchObject({ status: 200, body: { recipients: 2 } })
  await add('late')
  expect(await call('POST', url, 'director')).toMatchObject({ status: 200, body: { recipients: 1 } })
  expect(await call('GET', '/rounds/none/confirmations', 'director')).toMatchObject({ status: 404 })
})
