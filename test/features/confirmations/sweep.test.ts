import { expect, test } from 'vitest'
import { recordReplyAnswer, sweepConfirmations } from '../../../src/features/confirmations/index.ts'
import { addInboxItem, addIncoming, askEverybody, LAST_SECOND, OVER, openRound, type People } from './asked.ts'

async function openAsked(people: People = { ana: {}, ben: {}, cho: {} }) {
  const round = await openRound(people)
  const { deliveryOf, campaign_id } = await askEverybody(round, [7, 12])
  return { ...round, deliveryOf, campaign_id, sweep: () => sweepConfirmations(round.deps) }
}

test('when the last day is over, who was asked and is silent has lapsed and is told so, once, by however many sweeps', async () => {
  const { deps, sweep, states, answers, notices, setState } = await openAsked()
  await setState('ben', 'confirmed')
  await setState('cho', 'declined')
  deps.clock.set(LAST_SECOND)
  await sweep()
  expect(await states()).toMatchObject({ ana: 'applied' })
  deps.clock.set(OVER)
  await Promise.all([sweep(), sweep(), sweep()])
  await sweep()
  expect(await states()).toEqual({ ana: 'lapsed', ben: 'confirmed', cho: 'declined' })
  expect(await answers('ana')).toEqual(['applied > lapsed by deadline'])
  expect(await notices('ana')).toEqual(['confirmation_lapsed'])
  const [kept] = await deps.db.selectFrom('confirmation_answers').select(['said_at', 'recorded_by']).execute()
  expect(kept).toEqual({ said_at: new Date(OVER), recorded_by: null })
})

test('nobody lapses whom no request has reached in time', async () => {
  const { deps, sweep, states, add, deliveryOf } = await openAsked()
  await add('late')
  const set = async (name: string, values: { state?: string; held_reason?: string; accepted_at?: Date }) =>
    deps.db
      .updateTable('deliveries')
      .set(values)
      .where('id', '=', await deliveryOf(name))
      .execute()
  await set('ana', { state: 'held', held_reason: 'late' })
  await set('ben', { state: 'rejected' })
  deps.clock.set('2016-03-17T09:00:00Z')
  await set('cho', { accepted_at: new Date('2016-03-16T13:00:00Z') })
  await sweep()
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied', cho: 'applied', late: 'applied' })
})

test('nobody lapses while something of theirs waits in the Inbox', async () => {
  const round = await openAsked()
  const { deps, sweep, states } = round
  const id = await addInboxItem(round, 'ana')
  deps.clock.set(OVER)
  await sweep()
  expect(await states()).toEqual({ ana: 'applied', ben: 'lapsed', cho: 'lapsed' })
  await deps.db.updateTable('inbox_items').set({ state: 'done', decision: 'question' }).where('id', '=', id).execute()
  await sweep()
  expect(await states()).toMatchObject({ ana: 'lapsed' })
})

test('nobody lapses while a message of before the last day is unread: it may be theirs; a later one holds nobody up', async () => {
  const round = await openAsked()
  const { deps, sweep, states } = round
  deps.clock.set(LAST_SECOND)
  const id = await addIncoming(round, { is_read: false })
  deps.clock.set(OVER)
  await addIncoming(round, { is_read: false })
  await sweep()
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied', cho: 'applied' })
  await deps.db
    .updateTable('incoming_messages')
    .set({ state: 'read', outcome: 'ignored' })
    .where('id', '=', id)
    .execute()
  await sweep()
  expect(await states()).toEqual({ ana: 'lapsed', ben: 'lapsed', cho: 'lapsed' })
})

test('nobody lapses while a mailbox that may hold their answer cannot be read', async () => {
  const { deps, sweep, states } = await openAsked({ ana: {} })
  const mailbox = { name: 'INBOX', uid_validity: 1, trouble_since: new Date('2016-03-15T00:00:00Z') }
  await deps.db.insertInto('imap_mailboxes').values(mailbox).execute()
  deps.clock.set(OVER)
  await sweep()
  expect(await states()).toEqual({ ana: 'applied' })
  await deps.db.updateTable('imap_mailboxes').set({ trouble_since: null }).execute()
  await sweep()
  expect(await states()).toEqual({ ana: 'lapsed' })
})

test('whom staff put back after the last day stays put', async () => {
  const { deps, sweep, states, setState } = await openAsked()
  deps.clock.set(OVER)
  await sweep()
  deps.clock.advance(3600_000)
  await setState('ana', 'applied')
  deps.clock.advance(3600_000)
  await sweep()
  expect(await states()).toEqual({ ana: 'applied', ben: 'lapsed', cho: 'lapsed' })
})

test('a reply that came in time takes a lapse back, also while a sweep is under way', async () => {
  const { deps, sweep, states, round_id, idOf, deliveryOf, answers } = await openAsked({ ana: {} })
  const said_at = deps.clock.now()
  const delivery_id = await deliveryOf('ana')
  deps.clock.set(OVER)
  const said = { round_id, person_id: idOf('ana'), answer: 'confirmed' as const, said_at, delivery_id }
  const incoming = { incoming_id: null as unknown as number, now: deps.clock.now() }
  await Promise.all([sweep(), deps.db.transaction().execute((tx) => recordReplyAnswer(tx, { ...said, ...incoming }))])
  await sweep()
  expect(await states()).toEqual({ ana: 'confirmed' })
  expect((await answers('ana')).at(-1)).toMatch(/> confirmed by reply$/)
})

test('a round that has ended, or has no last day, is left alone', async () => {
  const { deps, sweep, states } = await openAsked({ ana: {} })
  deps.clock.set('2016-09-01T00:00:00Z')
  await sweep()
  expect(await states()).toEqual({ ana: 'applied' })
  await deps.db.updateTable('rounds').set({ ends_on: null, confirm_by: null }).execute()
  await sweep()
  expect(await states()).toEqual({ ana: 'applied' })
})

test('a thousand lapse in a moment, each told once', async () => {
  const { deps, sweep, notices } = await openAsked({ ana: {} })
  const { db, clock } = deps
  const campaign = await db
    .selectFrom('campaigns')
    .select('id')
    .where('kind', '=', 'confirmation')
    .executeTakeFirstOrThrow()
  const many = Array.from({ length: 1200 }, (_, at) => at)
  const round_id = (await db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()).id
  const people = await db
    .insertInto('people')
    .values(many.map((at) => ({ given_name: `P${at}`, family_name: '', country_code: 'KE' })))
    .returning('id')
    .execute()
  await db
    .insertInto('addresses')
    .values(people.map(({ id }) => ({ person_id: id, address: `p${id}@x.example` })))
    .execute()
  await db
    .insertInto('applications')
    .values(
      people.map(({ id }) => ({
        ...{ round_id, person_id: id, country_code: 'KE', submitted_at: clock.now() },
        ...{ code_of_conduct_agreed: true, commitment_agreed: true },
      })),
    )
    .execute()
  await db
    .insertInto('deliveries')
    .values(
      people.map(({ id }) => ({
        ...{
          campaign_id: campaign.id,
          person_id: id,
          lane: 'automatic',
          state: 'accepted',
          language: 'en',
          version: 1,
        },
        ...{ due_at: clock.now(), accepted_at: clock.now(), address: `p${id}@x.example`, domain: 'x.example' },
      })),
    )
    .execute()
  deps.clock.set(OVER)
  await Promise.all([sweep(), sweep()])
  await sweep()
  const lapsed = await db.selectFrom('applications').select('id').where('state', '=', 'lapsed').execute()
  const kept = await db.selectFrom('confirmation_answers').select('id').execute()
  const told = await db
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select('deliveries.id')
    .where('automatic_key', '=', 'confirmation_lapsed')
    .execute()
  expect([lapsed.length, kept.length, told.length]).toEqual([1201, 1201, 1201])
  expect(await notices('ana')).toEqual(['confirmation_lapsed'])
})

test('a reminder that a new last day has overtaken goes no more by itself', async () => {
  const { deps, sweep } = await openAsked()
  await deps.db.updateTable('rounds').set({ confirm_by: '2016-03-10' }).execute()
  await sweep()
  const reminders = await deps.db
    .selectFrom('campaigns')
    .select(['planned_at', 'sends_itself', 'state'])
    .where('kind', '=', 'reminder')
    .orderBy('planned_at')
    .execute()
  expect(reminders).toEqual([
    { planned_at: new Date('2016-03-08T09:00:00Z'), sends_itself: true, state: 'draft' },
    { planned_at: new Date('2016-03-13T09:00:00Z'), sends_itself: false, state: 'draft' },
  ])
})
