import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { sendDue } from '../../../../src/features/deliveries/index.ts'
import { settleMailchimpEvents } from '../../../../src/features/mailchimp/back/events.ts'
import { forgetMailchimpEvents, listMailchimpEvents } from '../../../../src/features/mailchimp/back/list-events.ts'
import { liftPersonSuppressions } from '../../../../src/features/people/index.ts'
import { erasePerson } from '../../../../src/features/privacy/index.ts'
import { neverStopped, queueCampaign, sendDeps, statesOf } from '../../../support/ledger.ts'
import { startSink } from '../../../support/sink/sink.ts'
import { LEFT, MERGES, openStage } from './stage.ts'
import { hashOf } from './told.ts'

const STOP = { scope: 'campaigns', reason: 'unsubscribed', source: 'mailchimp' }

test('who leaves there gets no campaign at any address of theirs, and it is kept what happened', async () => {
  const { db, person_id, put, tell, settle, events, stops, consents, member, changes } = await openStage()
  await db.insertInto('addresses').values({ person_id, address: 'ana@home.example', is_primary: false }).execute()
  put('ana@x.example', { status: 'unsubscribed', last_changed: new Date('2016-03-01T08:59:58Z') })
  await tell('unsubscribe', LEFT)
  await settle()
  expect(await stops()).toEqual([
    { address: 'ana@home.example', ...STOP },
    { address: 'ana@x.example', ...STOP },
  ])
  expect(await consents()).toEqual([
    { person_id, purpose: 'programme_mail', given: false, wording: 'Unsubscribed in Mailchimp', source: 'mailchimp' },
  ])
  expect(await events()).toEqual([['unsubscribe', 'settled', 'unsubscribed']])
  expect(await member()).toMatchObject({ status: 'unsubscribed' })
  expect(await changes()).toBeGreaterThan(0)
  expect(await db.selectFrom('mailchimp_events').select(['address', 'new_address']).execute()).toEqual([
    { address: null, new_address: null },
  ])
})

test('an email that waits here for who left there is skipped', async () => {
  const { db, deps, put, tell, settle } = await openStage()
  const campaign = await queueCampaign(db, ['ana@x.example', 'ben@x.example'])
  put('ana@x.example', { status: 'unsubscribed' })
  await tell('unsubscribe', LEFT)
  await settle()
  const sink = await startSink()
  await sendDue(await sendDeps(deps, sink.url), neverStopped())
  expect(await statesOf(db, campaign)).toEqual({ accepted: 1, skipped: 1 })
  expect(
    await db.selectFrom('deliveries').select(['address', 'skipped_reason']).where('state', '=', 'skipped').execute(),
  ).toEqual([{ address: 'ana@x.example', skipped_reason: 'unsubscribed' }])
})

test('cleaned: that address alone gets nothing any more; a complaint counts at every address', async () => {
  const { db, person_id, put, tell, settle, stops, consents, events } = await openStage()
  await db.insertInto('addresses').values({ person_id, address: 'ana@home.example', is_primary: false }).execute()
  put('ana@x.example', { status: 'cleaned' })
  await tell('cleaned', { email: 'ana@x.example', reason: 'hard', campaign_id: 'c1' })
  await settle()
  const bounce = { address: 'ana@x.example', scope: 'all', reason: 'hard_bounce', source: 'mailchimp' }
  expect(await stops()).toEqual([bounce])
  expect(await consents()).toEqual([])
  await tell('cleaned', { email: 'ana@x.example', reason: 'abuse' })
  await settle()
  const complaint = { scope: 'all', reason: 'complaint', source: 'mailchimp' }
  expect(await stops()).toEqual([
    { address: 'ana@home.example', ...complaint },
    { address: 'ana@x.example', ...complaint },
    bounce,
  ])
  expect((await events()).map(([, , outcome]) => outcome)).toEqual(['cleaned', 'complaint'])
})

test('out of order: what counts is how the contact is, not what came last', async () => {
  const { put, tell, settle, stops, events } = await openStage()
  // Left, came back, and the first message comes last.
  put('ana@x.example', { status: 'subscribed', last_changed: new Date('2016-03-01T09:10:00Z') })
  await tell('unsubscribe', LEFT, '2016-03-01 09:00:00')
  await settle()
  expect(await stops()).toEqual([])
  expect(await events()).toEqual([['unsubscribe', 'settled', 'nothing new']])
})

test('an old profile that comes after the new one changes nothing back', async () => {
  const { put, tell, settle, person, events } = await openStage()
  put('ana@x.example', { merge_fields: { ...MERGES, FNAME: 'Anna' } })
  await tell('profile', { email: 'ana@x.example', 'merges.FNAME': 'Anna' }, '2016-03-01 08:59:58')
  await settle()
  await tell('profile', { email: 'ana@x.example', 'merges.FNAME': 'Anne' }, '2016-03-01 08:00:00')
  await settle()
  expect(await person()).toMatchObject({ given_name: 'Anna' })
  expect(await events()).toEqual([
    ['profile', 'settled', 'taken over'],
    ['profile', 'settled', 'nothing new'],
  ])
})

test.each([
  ['right to left', 'مريم', 'الأحمد', 'ar'],
  ['emoji', 'Ana 🌱', "O'Brien-Ñandú", 'pt-BR'],
])('a profile is taken over: %s', async (_name, FNAME, LNAME, LANGUAGE) => {
  const { db, put, tell, settle, person, member, person_id } = await openStage()
  put('ana@x.example', { merge_fields: { ...MERGES, FNAME, LNAME, LANGUAGE, STATE: 'confirmed' } })
  await tell('profile', { email: 'ana@x.example' })
  await settle()
  expect(await person()).toEqual({ given_name: FNAME, family_name: LNAME, language: LANGUAGE })
  expect((await member())?.agreed).toMatchObject({ given_name: FNAME, language: LANGUAGE, state: 'applied' })
  expect(await db.selectFrom('audit_log').select(['actor', 'did', 'params', 'status']).execute()).toEqual([
    { actor: 'mailchimp', did: 'Take over a change from Mailchimp', params: { id: person_id }, status: 200 },
  ])
})

test('what cannot stand here is not taken over', async () => {
  const { put, tell, settle, person, changes } = await openStage()
  const merge_fields = { ...MERGES, FNAME: '=cmd()', LNAME: 'see www.x.example', LANGUAGE: 'Klingonish' }
  put('ana@x.example', { merge_fields })
  await tell('profile', { email: 'ana@x.example' })
  await settle()
  expect(await person()).toEqual({ given_name: 'Ana', family_name: 'Okafor', language: 'en' })
  // Ours is written there by the next sync.
  expect(await changes()).toBe(1)
})

test('a message about nobody, or about somebody who was erased, is settled without a call', async () => {
  const { deps, asked, person_id, tell, settle, events, stops } = await openStage()
  await tell('unsubscribe', { ...LEFT, email: 'nobody@x.example' })
  await erasePerson(deps, { id: person_id, reason: 'asked', erased_by: null })
  await tell('unsubscribe', LEFT)
  await tell('upemail', { old_email: 'ana@x.example', new_email: 'eve@x.example' })
  await settle()
  expect((await events()).map(([, state, outcome]) => [state, outcome])).toEqual(
    Array(3).fill(['settled', 'nobody here']),
  )
  expect([asked, await stops()]).toEqual([[], []])
})

test('while Mailchimp is away who left is stopped at its word, and everything is asked about again', async () => {
  const { account, put, tell, settle, later, events, stops, person, consents, asked } = await openStage()
  account.isAway = true
  await tell('profile', { email: 'ana@x.example', 'merges.FNAME': 'Anna' })
  await tell('unsubscribe', LEFT)
  await settle()
  expect(await stops()).toEqual([{ address: 'ana@x.example', ...STOP }])
  expect((await events()).map(([kind, state]) => [kind, state])).toEqual([
    ['profile', 'waiting'],
    ['unsubscribe', 'waiting'],
  ])
  // One call showed that it is away: the others were not kept waiting.
  expect(asked).toHaveLength(1)
  await settle()
  expect(asked).toHaveLength(1)
  account.isAway = false
  put('ana@x.example', { status: 'unsubscribed', merge_fields: { ...MERGES, FNAME: 'Anna' } })
  await later()
  await settle()
  expect((await events()).map(([, state]) => state)).toEqual(['settled', 'settled'])
  expect(await consents()).toHaveLength(1)
  expect(await person()).toMatchObject({ given_name: 'Ana' })
})

test('what staff let go while Mailchimp is away is not stopped again by the same message', async () => {
  const { account, deps, person_id, tell, settle, later, stops } = await openStage()
  account.isAway = true
  await tell('unsubscribe', LEFT)
  await settle()
  await liftPersonSuppressions(deps, { id: person_id })
  await later()
  await settle()
  expect(await stops()).toEqual([])
})

test('what others took out of the audience while Mailchimp is away stops nothing', async () => {
  const { account, tell, settle, stops } = await openStage()
  account.isAway = true
  await tell('unsubscribe', { email: 'ana@x.example', action: 'delete', reason: 'manual' })
  await settle()
  expect(await stops()).toEqual([])
})

test('without a key what stops mail acts all the same', async () => {
  const { deps, tell, stops, events } = await openStage()
  await tell('cleaned', { email: 'ana@x.example', reason: 'hard' })
  await settleMailchimpEvents({ ...deps, mailchimp: undefined })
  expect(await stops()).toMatchObject([{ reason: 'hard_bounce' }])
  expect(await events()).toMatchObject([['cleaned', 'waiting', expect.any(String)]])
})

test('who is gone there: a word that they left counts; else the contact is only noted as gone', async () => {
  const { put, tell, settle, stops, member, events } = await openStage()
  put('ana@x.example', null)
  await tell('unsubscribe', { email: 'ana@x.example', action: 'delete', reason: 'manual' })
  await settle()
  expect(await stops()).toEqual([])
  expect(await member()).toMatchObject({ status: 'absent' })
  await tell('unsubscribe', LEFT)
  await settle()
  expect(await stops()).toEqual([{ address: 'ana@x.example', ...STOP }])
  expect((await events()).map(([, , outcome]) => outcome)).toEqual(['not there any more', 'unsubscribed'])
})

test('a false word that somebody left is waited for a little, and then it is what Mailchimp says', async () => {
  const { tell, settle, later, events, stops, asked } = await openStage()
  await tell('unsubscribe', LEFT)
  for (let time = 0; time < 3; time++) {
    await settle()
    await later()
  }
  expect(await events()).toEqual([['unsubscribe', 'settled', 'nothing new']])
  expect([asked.length, await stops()]).toEqual([3, []])
})

test('who came back here since stays', async () => {
  const { db, person_id, put, tell, settle, stops } = await openStage()
  const values = { purpose: 'programme_mail', given: true, wording: 'Again.', language: 'en', source: 'link' }
  await db
    .insertInto('consents')
    .values({ person_id, ...values, at: new Date('2016-02-20T00:00:00Z') })
    .execute()
  put('ana@x.example', { status: 'unsubscribed', last_changed: new Date('2016-02-10T00:00:00Z') })
  await tell('unsubscribe', LEFT, '2016-02-10 00:00:00')
  await settle()
  expect(await stops()).toEqual([])
  // And leaves again: the status there is the one that was noted.
  put('ana@x.example', { last_changed: new Date('2016-02-25T00:00:00Z') })
  await tell('unsubscribe', LEFT, '2016-02-25 00:00:00')
  await settle()
  expect(await stops()).toHaveLength(1)
})

test('two workers at once, and one that dies in between: one effect', async () => {
  const { db, deps, put, tell, settle, later, events, stops, consents } = await openStage()
  put('ana@x.example', { status: 'unsubscribed', merge_fields: { ...MERGES, FNAME: 'Anna' } })
  for (let time = 0; time < 5; time++) await tell('unsubscribe', { ...LEFT, id: String(time) })
  await tell('profile', { email: 'ana@x.example' })
  // Somebody claimed all of them and was never heard of again.
  await sql`update mailchimp_events set tries = 1, next_try_at = clock_timestamp() + interval '1 minute'`.execute(db)
  await settle()
  expect(await stops()).toEqual([])
  await later()
  await Promise.all([settle(), settle(), settleMailchimpEvents(deps)])
  expect((await events()).every(([, state]) => state === 'settled')).toBe(true)
  expect(await stops()).toHaveLength(1)
  expect(await consents()).toHaveLength(1)
})

test('a contact that is written while it is asked about is asked about again: an old answer changes nothing here', async () => {
  const { db, account, put, tell, settle, person, clock, asked, hash } = await openStage()
  await db.updateTable('people').set({ given_name: 'Anita' }).execute()
  await tell('profile', { email: 'ana@x.example' })
  account.beforeAnswer = async () => {
    account.beforeAnswer = async () => undefined
    clock.advance(1000)
    put('ana@x.example', { merge_fields: { ...MERGES, FNAME: 'Anita' } })
    const fields = sql`jsonb_set(fields, '{given_name}', '"Anita"')`
    await sql`update mailchimp_members set fields = ${fields}, agreed = ${fields}, written_at = ${clock.now()}
      where hash = ${hash}`.execute(db)
    clock.advance(1000)
  }
  await settle()
  expect(asked).toHaveLength(2)
  expect(await person()).toMatchObject({ given_name: 'Anita' })
})

test('a new address is a question for a person, and only when Mailchimp says so too', async () => {
  const { put, tell, settle, later, member, events, db } = await openStage()
  await tell('upemail', { old_email: 'ana@x.example', new_email: 'eve@evil.example' })
  for (let time = 0; time < 3; time++) {
    await settle()
    await later()
  }
  expect(await member()).toMatchObject({ trouble: null, new_address: null, status: 'subscribed' })
  put('ana@x.example', null)
  put('Ana@New.example', {})
  await tell('upemail', { old_email: 'ana@x.example', new_email: 'Ana@New.example' })
  await settle()
  expect(await member()).toMatchObject({ trouble: 'address_changed', new_address: 'ana@new.example', status: 'absent' })
  expect((await events()).map(([, , outcome]) => outcome)).toEqual(['not so there', 'for a person'])
  expect(await db.selectFrom('addresses').select('address').execute()).toEqual([{ address: 'ana@x.example' }])
})

test('a new address that is the one we have is an echo; one that cannot be used is none', async () => {
  const { tell, settle, events, asked, db, person_id } = await openStage()
  await db.insertInto('addresses').values({ person_id, address: 'old@x.example', is_primary: false }).execute()
  await tell('upemail', { old_email: 'old@x.example', new_email: 'ana@x.example' })
  await tell('upemail', { old_email: 'ana@x.example', new_email: 'two@@x.example' })
  await settle()
  expect((await events()).map(([, , outcome]) => outcome)).toEqual(['echo', 'the new address cannot be used'])
  expect(asked).toEqual([])
})

test('a campaign of ours is looked at next, another one is not', async () => {
  const { db, tell, settle, events, round } = await openStage()
  const { id } = await db
    .insertInto('campaigns')
    .values({ round_id: round, kind: 'topic', lane: 'campaign', channel: 'mailchimp' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const look_at = new Date('2016-03-05T00:00:00Z')
  await db
    .insertInto('mailchimp_campaigns')
    .values({ campaign_id: id, language: 'en', title: 'x', mailchimp_id: 'c1', state: 'sending', look_at })
    .execute()
  await tell('campaign', { id: 'c1', status: 'sent' })
  await tell('campaign', { id: 'c2', status: 'sent' })
  await settle()
  expect((await events()).map(([, , outcome]) => outcome)).toEqual([
    'the campaign is looked at',
    'not a campaign of ours',
  ])
  expect(await db.selectFrom('mailchimp_campaigns').select('look_at').executeTakeFirstOrThrow()).toEqual({
    look_at: new Date('2016-03-01T09:00:00Z'),
  })
})

test('disconnected meanwhile: nothing waits', async () => {
  const { db, tell, settle, events, asked } = await openStage()
  await tell('unsubscribe', LEFT)
  await sql`delete from mailchimp_audience`.execute(db)
  await settle()
  expect(await events()).toEqual([['unsubscribe', 'settled', 'no audience is connected']])
  expect(asked).toEqual([])
})

test('what cannot be settled waits longer each time, holds up nobody else, and ends', async () => {
  const { db, account, put, tell, settle, later, events, log } = await openStage()
  account.beforeAnswer = async () => {
    await sql`alter table mailchimp_members add constraint never check (status <> 'cleaned')`.execute(db)
    account.beforeAnswer = async () => undefined
  }
  put('ana@x.example', { status: 'cleaned' })
  await tell('cleaned', { email: 'ana@x.example', reason: 'hard' })
  await tell('unsubscribe', { ...LEFT, email: 'nobody@x.example' })
  await settle()
  expect((await events()).map(([, state]) => state)).toEqual(['waiting', 'settled'])
  expect(log()).toContain('could not be settled')
  expect(log()).not.toContain('ana@x')
  const waits = await db.selectFrom('mailchimp_events').select('next_try_at').where('state', '=', 'waiting').execute()
  expect(waits[0]?.next_try_at.getTime()).toBeGreaterThan(Date.now() + 30_000)
  for (let time = 0; time < 10; time++) {
    await later()
    await settle()
  }
  expect((await events()).map(([, state]) => state)).toEqual(['settled', 'settled'])
})

test('the log: without addresses, the newest first, page by page, and forgotten after 90 days', async () => {
  const { deps, clock, put, tell, settle, person_id } = await openStage()
  put('ana@x.example', { status: 'unsubscribed' })
  await tell('unsubscribe', LEFT)
  await tell('unsubscribe', { ...LEFT, email: 'nobody@x.example' })
  await settle()
  const first = await listMailchimpEvents(deps, { limit: 1 })
  expect(first.items).toMatchObject([{ outcome: 'nobody here', person_id: null, given_name: null }])
  const second = await listMailchimpEvents(deps, { limit: 1, before: first.next as number })
  expect(second).toMatchObject({
    items: [{ kind: 'unsubscribe', person_id, given_name: 'Ana', next_try_at: null }],
    next: null,
  })
  expect(JSON.stringify([first, second])).not.toMatch(/@x\.example|address/)
  clock.advance(90 * 86_400_000)
  expect(await forgetMailchimpEvents(deps)).toBe(0)
  clock.advance(1)
  expect(await forgetMailchimpEvents(deps)).toBe(2)
  expect(hashOf('')).toHaveLength(32)
})
