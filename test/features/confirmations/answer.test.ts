import { expect, test } from 'vitest'
import { switchAutomatic } from '../../../src/features/campaigns/index.ts'
import { recordAnswers, recordReplyAnswer, recordStaffAnswer } from '../../../src/features/confirmations/index.ts'
import { addPartnership, suppress } from '../campaigns/round.ts'
import { addIncoming, askEverybody, type OpenRound, OVER, openRound, type People } from './asked.ts'

async function openAsked(people?: People) {
  const round = await openRound(people)
  const { deliveryOf } = await askEverybody(round)
  const reply = async (
    name: string,
    answer: 'confirmed' | 'declined',
    { said_at = round.deps.clock.now(), message_id = `<${name}@mail.example>` } = {},
  ) => {
    const said = { round_id: round.round_id, person_id: round.idOf(name), answer, said_at, message_id }
    const incoming_id = await addIncoming(round)
    const delivery_id = await deliveryOf(name)
    return round.deps.db
      .transaction()
      .execute((tx) => recordReplyAnswer(tx, { ...said, incoming_id, delivery_id, now: round.deps.clock.now() }))
  }
  return { ...round, deliveryOf, reply }
}

const answerByStaff = async (
  { deps, round_id, idOf }: OpenRound,
  name: string,
  answer: 'confirmed' | 'declined',
  delivery_id: number | null = null,
) =>
  deps.db.transaction().execute((tx) =>
    recordStaffAnswer(tx, {
      ...{ round_id, person_id: idOf(name), answer, delivery_id, by: 'staff 3' },
      ...{ said_at: deps.clock.now(), now: deps.clock.now(), message_id: '<theirs@mail.example>' },
    }),
  )

test('a reply moves the application, is kept, and is answered beside it in the same mail thread', async () => {
  const { deps, reply, states, answers, notices } = await openAsked()
  expect(await reply('ana', 'confirmed')).toEqual({ recorded: true, changed: true })
  expect(await reply('ben', 'declined')).toEqual({ recorded: true, changed: true })
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'declined' })
  expect(await answers('ana')).toEqual(['applied > confirmed by reply'])
  expect([await notices('ana'), await notices('ben')]).toEqual([['confirmation_recorded'], ['decline_recorded']])
  const queued = await deps.db
    .selectFrom('deliveries')
    .select(['address', 'in_reply_to', 'state'])
    .where('in_reply_to', 'is not', null)
    .orderBy('id')
    .execute()
  expect(queued).toEqual([
    { address: 'ana@library.example', in_reply_to: '<ana@mail.example>', state: 'queued' },
    { address: 'ben@library.example', in_reply_to: '<ben@mail.example>', state: 'queued' },
  ])
})

test('the same reply again changes nothing and sends nothing', async () => {
  const { reply, states, answers, notices } = await openAsked()
  await reply('ana', 'confirmed')
  expect(await reply('ana', 'confirmed')).toEqual({ recorded: true, changed: false })
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  expect(await notices('ana')).toEqual(['confirmation_recorded'])
  expect(await answers('ana')).toEqual(['applied > confirmed by reply', 'confirmed > confirmed by reply'])
})

test('one automatic answer to the same person in seven days; each answer counts all the same', async () => {
  const { deps, reply, states, notices } = await openAsked()
  await reply('ana', 'confirmed')
  deps.clock.advance(6 * 86_400_000)
  await reply('ana', 'declined')
  expect(await states()).toMatchObject({ ana: 'declined' })
  expect(await notices('ana')).toEqual(['confirmation_recorded'])
  deps.clock.advance(2 * 86_400_000)
  await reply('ana', 'confirmed')
  expect(await notices('ana')).toEqual(['confirmation_recorded', 'confirmation_recorded'])
})

test('two replies at once, each saying something else: both are kept, one stands, one is answered', async () => {
  const { deps, reply, states, answers, notices } = await openAsked()
  const early = deps.clock.now()
  deps.clock.advance(60_000)
  const both = await Promise.all([
    reply('ana', 'declined', { said_at: early }),
    reply('ana', 'confirmed', { said_at: deps.clock.now() }),
  ])
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  // Read in the other order, the earlier one is for a person to look at.
  expect(both[1]).toEqual({ recorded: true, changed: true })
  expect((await answers('ana')).at(-1)).toMatch(/> confirmed by reply$/)
  expect(await notices('ana')).toHaveLength(1)
})

test('what counts is when it was said: an earlier NO that is read later does not undo a YES', async () => {
  const { deps, reply, states } = await openAsked()
  const early = deps.clock.now()
  deps.clock.advance(60_000)
  await reply('ana', 'confirmed')
  expect(await reply('ana', 'declined', { said_at: early })).toMatchObject({
    recorded: false,
    why: 'A later answer of theirs was recorded before this one was read.',
  })
  expect(await states()).toMatchObject({ ana: 'confirmed' })
})

test('a reply that came in time counts after the last day, also when the place has lapsed; a later one does not', async () => {
  const { deps, reply, states, setState } = await openAsked()
  const inTime = deps.clock.now()
  deps.clock.set(OVER)
  await setState('ben', 'lapsed')
  expect(await reply('ana', 'confirmed', { said_at: inTime })).toMatchObject({ recorded: true })
  expect(await reply('ben', 'confirmed', { said_at: inTime })).toMatchObject({ recorded: true })
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'confirmed' })
  expect(await reply('ana', 'declined')).toEqual({
    recorded: false,
    refused: 'late',
    why: 'It came after the last day to confirm, 2016-03-15.',
  })
  expect(await reply('ana', 'confirmed')).toEqual({ recorded: true, changed: false })
})

test('a person looks at it: no code of conduct, on the waiting list, never asked, left, introduced, no application', async () => {
  const round = await openAsked({ ana: {}, ben: {}, cho: {}, dan: {}, eva: {}, fay: {} })
  const { deps, idOf, round_id, reply, setState, states } = round
  await deps.db
    .updateTable('applications')
    .set({ code_of_conduct_agreed: false })
    .where('person_id', '=', idOf('ana'))
    .execute()
  await setState('ben', 'waitlisted')
  await setState('cho', 'removed')
  await setState('dan', 'confirmed')
  await addPartnership(deps.db, round_id, [idOf('dan'), idOf('eva')], { introduced_at: deps.clock.now() })
  await deps.db.deleteFrom('applications').where('person_id', '=', idOf('fay')).execute()
  const why = async (name: string, answer: 'confirmed' | 'declined') => {
    const recorded = await reply(name, answer)
    return recorded.recorded ? 'recorded' : recorded.why
  }
  expect(await why('ana', 'confirmed')).toMatch('did not agree to the code of conduct')
  expect(await why('ben', 'confirmed')).toMatch('on the waiting list')
  expect(await why('cho', 'confirmed')).toMatch('removed')
  expect(await why('dan', 'declined')).toMatch('introduced to their partner')
  expect(await why('fay', 'confirmed')).toMatch('no application')
  // To say no asks for no agreement.
  expect(await why('ana', 'declined')).toBe('recorded')
  expect(await states()).toMatchObject({ ana: 'declined', ben: 'waitlisted', cho: 'removed', dan: 'confirmed' })
})

test('a partner who is matched but not introduced may still decline', async () => {
  const { deps, idOf, round_id, reply, setState, states } = await openAsked({ ana: {}, ben: {} })
  await setState('ana', 'confirmed')
  await addPartnership(deps.db, round_id, [idOf('ana'), idOf('ben')])
  expect(await reply('ana', 'declined')).toEqual({ recorded: true, changed: true })
  expect(await states()).toMatchObject({ ana: 'declined' })
})

test('nobody is sent a notice while it is switched off or their address is stopped, and the answer counts', async () => {
  const { deps, reply, states, notices } = await openAsked({ ana: {}, ben: {}, cho: {} })
  await suppress(deps.db, 'ben@library.example', 'all')
  await reply('ana', 'confirmed')
  await reply('ben', 'confirmed')
  const { campaign_id } = await deps.db
    .selectFrom('campaigns')
    .select('id as campaign_id')
    .where('automatic_key', '=', 'confirmation_recorded')
    .executeTakeFirstOrThrow()
  await switchAutomatic(deps, { campaign_id, on: false })
  await reply('cho', 'confirmed')
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'confirmed', cho: 'confirmed' })
  expect(await notices('cho')).toEqual([])
  const { rows } = {
    rows: await deps.db
      .selectFrom('deliveries')
      .select('state')
      .where('campaign_id', '=', campaign_id)
      .orderBy('id')
      .execute(),
  }
  expect(rows.map(({ state }) => state)).toEqual(['queued', 'skipped'])
})

test('a crash before the commit leaves neither the answer nor its notice', async () => {
  const { deps, round_id, idOf, states, notices, answers, deliveryOf } = await openAsked()
  const now = deps.clock.now()
  const said = { round_id, person_id: idOf('ana'), answer: 'confirmed' as const, said_at: now, now, incoming_id: 0 }
  const delivery_id = await deliveryOf('ana')
  await expect(
    deps.db.transaction().execute(async (tx) => {
      await recordReplyAnswer(tx, { ...said, delivery_id, incoming_id: null as unknown as number })
      throw new Error('crash')
    }),
  ).rejects.toThrow('crash')
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect([await notices('ana'), await answers('ana')]).toEqual([[], []])
})

test('staff decide what no machine could, on any day; they are answered without a pause, and their word is kept', async () => {
  const round = await openAsked({ ana: {}, ben: {}, cho: { code_of_conduct_agreed: false } })
  const { deps, reply, states, notices, answers } = round
  await reply('ana', 'confirmed')
  deps.clock.set(OVER)
  expect(await answerByStaff(round, 'ana', 'declined')).toEqual({ recorded: true, changed: true })
  expect(await answerByStaff(round, 'ana', 'declined')).toEqual({ recorded: true, changed: false })
  expect(await answerByStaff(round, 'ben', 'confirmed')).toEqual({ recorded: true, changed: true })
  expect(await answerByStaff(round, 'cho', 'confirmed')).toMatchObject({ recorded: false })
  expect(await states()).toEqual({ ana: 'declined', ben: 'confirmed', cho: 'applied' })
  expect(await notices('ana')).toEqual(['confirmation_recorded', 'decline_recorded'])
  expect(await answers('ana')).toEqual(['applied > confirmed by reply', 'confirmed > declined by staff'])
})

test('answers that staff record together are kept too, with who did it, and nobody is sent a notice', async () => {
  const { deps, idOf, answers, notices } = await openRound()
  const given = [
    { person_id: idOf('ana'), answer: 'confirmed' as const },
    { person_id: idOf('ben'), answer: 'applied' as const },
  ]
  expect(await recordAnswers(deps, { code: '2016A', answers: given, by: 'staff 7' })).toEqual({
    changed: 1,
    unchanged: 1,
  })
  expect(await answers('ana')).toEqual(['applied > confirmed by staff'])
  expect(await answers('ben')).toEqual([])
  expect(await notices('ana')).toEqual([])
  const kept = await deps.db.selectFrom('confirmation_answers').select(['recorded_by', 'recorded_at']).execute()
  expect(kept).toEqual([{ recorded_by: 'staff 7', recorded_at: deps.clock.now() }])
})
