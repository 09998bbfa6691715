import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { explainDelivery } from '../../../src/features/campaigns/audience/why.ts'
import { scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import { addScheduleRoutes } from '../../../src/features/campaigns/schedule/schedule-routes.ts'
import { ensureSender } from '../../../src/features/deliveries/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { type Applicant, addApplicant, addDraft, addRound, suppress } from './round.ts'

async function open(reader: Applicant = {}) {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const person_id = await addApplicant(deps.db, round, reader)
  await addApplicant(deps.db, round)
  const campaign_id = await addDraft(deps.db)
  const why = async () => (await explainDelivery(deps.db, { person_id, campaign_id })).sentence
  const schedule = () => scheduleCampaign(deps, campaign_id, { at: 'now' })
  return { deps, round, person_id, campaign_id, why, schedule }
}

/** The state of the one delivery, with its last attempt. */
async function setState(
  made: Awaited<ReturnType<typeof open>>,
  state: string,
  more: {
    tries?: number
    held_reason?: string
    attempt?: { outcome: string; code: number | null; words: string }
  } = {},
) {
  const { db } = made.deps
  const { tries = 1, held_reason = null, attempt } = more
  const { rows } = await sql<{ id: number }>`
    update deliveries set state = ${state}, tries = ${tries}, held_reason = ${held_reason}, accepted_at = '2016-03-01T10:00:00Z'
    where person_id = ${made.person_id} and campaign_id = ${made.campaign_id} returning id`.execute(db)
  if (!attempt) return
  const sender_id = await ensureSender(db, undefined)
  const { id: worker_id } = await db
    .insertInto('workers')
    .values({ host: 'h', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('attempts')
    .values({
      ...{ sender_id, worker_id, lane: 'campaign', address: 'reader1@library.example', ...attempt },
      ...{ delivery_id: rows[0]?.id as number, ended_at: new Date('2016-03-01T09:30:00Z') },
    })
    .execute()
}

test('accepted: by the server with its words, or by a person', async () => {
  const made = await open()
  await made.schedule()
  await setState(made, 'accepted', { attempt: { outcome: 'uncertain', code: null, words: 'Connection lost' } })
  expect(await made.why()).toBe('A person marked it as accepted at 2016-03-01 10:00 UTC.')
  await setState(made, 'accepted', { attempt: { outcome: 'accepted', code: 250, words: '250 2.0.0 OK 17' } })
  expect(await made.why()).toBe(
    'Accepted by the mail server for reader1@library.example at 2016-03-01 09:30 UTC. The server said: 250 2.0.0 OK 17',
  )
})

test.each([
  [{ address: null }, undefined, 'we have no address for them'],
  [{ code_of_conduct_agreed: false }, undefined, 'they did not agree to the code of conduct'],
  [{ address: 'x@library.example' }, 'unsubscribed', 'they asked us to stop these emails'],
  [{ address: 'x@library.example' }, 'hard_bounce', 'mail to their address came back for good'],
  [{ address: 'x@library.example' }, 'complaint', 'they reported our mail as unwanted'],
  [{ address: 'x@library.example' }, 'removed', 'they were removed from the programme'],
  [{ address: 'x@library.example' }, 'manual', 'their address is on the suppression list'],
])('left out: %o %s', async (reader, reason, because) => {
  const made = await open(reader)
  if (reason) await suppress(made.deps.db, 'x@library.example', 'all', reason)
  expect(await made.why()).toBe(
    `The campaign is a draft. If it were scheduled now, Amina would be left out: ${because}.`,
  )
  await made.schedule()
  expect(await made.why()).toBe(`Not sent: ${because}.`)
})

test('refused: for good, given up after all tries, or never made', async () => {
  const made = await open()
  await made.schedule()
  await setState(made, 'rejected', { attempt: { outcome: 'rejected', code: 550, words: '550 5.1.1 No such mailbox' } })
  expect(await made.why()).toBe('The mail server refused it for good. The server said: 550 5.1.1 No such mailbox')
  await setState(made, 'rejected', { tries: 10, attempt: { outcome: 'rejected', code: 451, words: '451 4.3.0 Later' } })
  expect(await made.why()).toBe(
    'Given up: the mail server refused it for now each of 10 times. The server said: 451 4.3.0 Later',
  )
  await setState(made, 'rejected', {
    attempt: { outcome: 'rejected', code: null, words: 'The person or the text is gone.' },
  })
  expect(await made.why()).toBe('It could not be sent. The person or the text is gone.')
})

test('waiting: for its turn, for another try, for the end of the hold, for a pause', async () => {
  const made = await open()
  await scheduleCampaign(made.deps, made.campaign_id, { at: 'now', hold_seconds: 3600 })
  expect(await made.why()).toBe('It waits for its turn; it is due at 2016-03-01 10:00 UTC.')
  await setState(made, 'deferred', { attempt: { outcome: 'deferred', code: 451, words: '451 4.3.0 Later' } })
  expect(await made.why()).toBe(
    'The mail server refused it for now; it is tried again at 2016-03-01 10:00 UTC. The server said: 451 4.3.0 Later',
  )
  await made.deps.db.updateTable('campaigns').set({ state: 'paused' }).execute()
  await setState(made, 'queued')
  expect(await made.why()).toMatch(/^It waits: the campaign is paused\./)
})

test('uncertain, held, cancelled and under way each have their sentence', async () => {
  const made = await open()
  await made.schedule()
  await setState(made, 'uncertain', {
    attempt: { outcome: 'uncertain', code: null, words: 'Connection closed unexpectedly' },
  })
  expect(await made.why()).toBe(
    'We cannot know whether it was accepted; a person must decide. What is known: Connection closed unexpectedly',
  )
  for (const [reason, because] of [
    ['late', 'it would have come more than two hours late'],
    ['restored', 'the database was restored, and nobody knows what had left before'],
    ['domain_refuses', 'their mail provider refuses us'],
  ]) {
    await setState(made, 'held', { held_reason: reason as string })
    expect(await made.why()).toBe(`Held until a person resumes the campaign: ${because}.`)
  }
  await setState(made, 'cancelled')
  expect(await made.why()).toBe('The campaign was cancelled before its turn came.')
})

test('not in the audience: no application, another state, applied too late, picked only now, cancelled before', async () => {
  const made = await open({ state: 'declined' })
  const { deps, campaign_id, person_id } = made
  expect(await made.why()).toBe(
    'The campaign is a draft. Its audience does not pick Amina: their application is declined, from KE, by direct.',
  )
  await made.schedule()
  expect(await made.why()).toBe(
    'The audience of this campaign does not pick Amina: their application is declined, from KE, by direct.',
  )
  await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '=', person_id).execute()
  expect(await made.why()).toBe('Amina is in the audience now, but was not when it was frozen at 2016-03-01 09:00 UTC.')
  await deps.db
    .updateTable('applications')
    .set({ created_at: new Date('2016-03-02') })
    .where('person_id', '=', person_id)
    .execute()
  expect(await made.why()).toBe('Amina applied after the audience was frozen at 2016-03-01 09:00 UTC.')
  const other = await addRound(deps.db, '2016B')
  const stranger = await addApplicant(deps.db, other, { given_name: 'Björn' })
  expect((await explainDelivery(deps.db, { person_id: stranger, campaign_id })).sentence).toBe(
    'Björn has no application in round 2016A.',
  )

  const draft = await addDraft(deps.db)
  expect((await explainDelivery(deps.db, { person_id, campaign_id: draft })).sentence).toBe(
    'The campaign is a draft. If it were scheduled now, Amina would get it.',
  )
  await deps.db.updateTable('campaigns').set({ state: 'cancelled' }).where('id', '=', draft).execute()
  expect((await explainDelivery(deps.db, { person_id, campaign_id: draft })).sentence).toMatch(
    /^The campaign was cancelled before it had recipients\./,
  )
})

test('the API answers with the sentence and the delivery behind it, and knows nobody else', async () => {
  const made = await open()
  await made.schedule()
  const app = await serveRoutes((app) => addScheduleRoutes(app, made.deps))
  const answer = await app.inject(`/people/${made.person_id}/why?campaign=${made.campaign_id}`)
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({
    sentence: expect.stringContaining('waits'),
    delivery: { state: 'queued', attempts: [] },
  })
  expect((await app.inject(`/people/98765/why?campaign=${made.campaign_id}`)).statusCode).toBe(404)
  expect((await app.inject(`/people/${made.person_id}/why?campaign=98765`)).statusCode).toBe(404)
  expect((await app.inject(`/people/${made.person_id}/why`)).statusCode).toBe(422)
})
