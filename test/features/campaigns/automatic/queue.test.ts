import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { queueAutomatic, queueAutomaticToAll } from '../../../../src/features/campaigns/automatic/queue.ts'
import {
  createComposer,
  listAutomaticEmails,
  openAutomatic,
  publishAutomatic,
  scheduleCampaign,
  sweepDeliveries,
  switchAutomatic,
} from '../../../../src/features/campaigns/index.ts'
import { updateCampaign } from '../../../../src/features/campaigns/writing/service.ts'
import { sendDue } from '../../../../src/features/deliveries/index.ts'
import { startMailboxServer } from '../../../../src/features/mailbox/server.ts'
import { verifyToken } from '../../../../src/lib/tokens.ts'
import { fieldOf, readMessage } from '../../../platform/mail/read-message.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { neverStopped, sendDeps } from '../../../support/ledger.ts'
import { addApplicant, addRound, suppress } from '../round.ts'

const key = 'confirmation_recorded'

async function addContact({ db }: TestDeps, address: string, language = 'en'): Promise<number> {
  const row = { address, given_name: 'Noor', language }
  return (await db.insertInto('contacts').values(row).returning('id').executeTakeFirstOrThrow()).id
}

const queue = (deps: TestDeps, round_id: number, person_id: number) =>
  deps.db.transaction().execute((tx) => queueAutomatic(tx, { key, round_id, to: { person_id }, now: deps.clock.now() }))

async function openSending(deps: TestDeps) {
  const server = await startMailboxServer({ ...deps, wait: async () => undefined })
  onTestFinished(server.close)
  const run = { ...(await sendDeps(deps, server.url)), compose: createComposer({ ...deps, signer: undefined }) }
  return async () => {
    await sweepDeliveries({ ...deps, senderId: run.senderId, countWaiting: async () => 0, ring: async () => undefined })
    await sendDue(run, neverStopped())
    return deps.db.selectFrom('mailbox_messages').selectAll().orderBy('id').execute()
  }
}

test('it leaves within one sweep, once for each time that its event happens', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const person = await addApplicant(deps.db, round_id)
  const send = await openSending(deps)
  await queue(deps, round_id, person)
  expect(await send()).toHaveLength(1)
  await queue(deps, round_id, person)
  await queue(deps, round_id, person)
  const caught = await send()
  expect(caught).toHaveLength(3)
  expect(new Set(caught.map(({ message_id }) => message_id)).size).toBe(3)
  expect(await send()).toHaveLength(3)
})

test('an event that is rolled back has no email', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const person = await addApplicant(deps.db, round_id)
  await expect(
    deps.db.transaction().execute(async (tx) => {
      await queueAutomatic(tx, { key, round_id, to: { person_id: person }, now: deps.clock.now() })
      throw new Error('lost')
    }),
  ).rejects.toThrow('lost')
  expect(await deps.db.selectFrom('deliveries').selectAll().execute()).toEqual([])
})

test('two events at once make the campaign of the round once, and one copy each', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const people = await Promise.all(Array.from({ length: 8 }, () => addApplicant(deps.db, round_id)))
  await Promise.all(people.map((person) => queue(deps, round_id, person)))
  expect(await deps.db.selectFrom('campaigns').select('automatic_key').execute()).toEqual([{ automatic_key: key }])
  expect(await deps.db.selectFrom('deliveries').selectAll().execute()).toHaveLength(8)
})

test('a contact gets it by name, with links that lead back to the delivery', async () => {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://programme.example' })
  const round_id = await addRound(deps.db)
  const contact_id = await addContact(deps, 'noor@library.example')
  const send = await openSending(deps)
  const { delivery_id } = await deps.db.transaction().execute((tx) =>
    queueAutomatic(tx, {
      ...{ key: 'application_received', round_id, to: { contact_id }, now: deps.clock.now() },
    }),
  )
  const [caught] = await send()
  expect(caught?.rcpt_to).toBe('noor@library.example')
  const text = String(caught?.raw).replaceAll('=\r\n', '')
  // Not in the subject: whoever fills in a form with somebody else's address writes no subject of theirs.
  expect(caught?.subject).not.toContain('Noor')
  expect(text).toMatch(/Dear(=20| )Noor/)
  expect(verifyToken(deps.keys, 'verify', /apply\/verify\/([a-z2-7]+)/.exec(text)?.[1] ?? '')).toBe(delivery_id)
  expect(text).not.toMatch(/undefined|\{\{/)
})

test('a message that answers another names it; an identifier with more in it names nothing', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const send = await openSending(deps)
  for (const in_reply_to of ['<abc@mail.example>', '<abc\r\nBcc: x@y.example>', 'nonsense']) {
    const person_id = await addApplicant(deps.db, round_id)
    await deps.db
      .transaction()
      .execute((tx) => queueAutomatic(tx, { key, round_id, to: { person_id }, now: deps.clock.now(), in_reply_to }))
  }
  const answered = (await send()).map(({ raw }) => fieldOf(readMessage(raw), 'In-Reply-To'))
  expect(answered).toEqual(['<abc@mail.example>', undefined, undefined])
})

test('who must not be mailed at all is left out with the reason; who left campaigns only gets it', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const stopped = await addApplicant(deps.db, round_id, { address: 'stopped@library.example' })
  const quiet = await addApplicant(deps.db, round_id, { address: 'quiet@library.example' })
  const nowhere = await addApplicant(deps.db, round_id, { address: null })
  await suppress(deps.db, 'stopped@library.example', 'all', 'hard_bounce')
  await suppress(deps.db, 'quiet@library.example', 'campaigns')
  const copies = await deps.db
    .transaction()
    .execute((tx) =>
      queueAutomaticToAll(tx, { key, round_id, to: { person_ids: [stopped, quiet, nowhere] }, now: deps.clock.now() }),
    )
  expect(copies.map(({ reader_id, skipped }) => [reader_id, skipped])).toEqual([
    [stopped, 'hard_bounce'],
    [quiet, null],
    [nowhere, 'no_address'],
  ])
})

test('a text that is being written goes to nobody until it is published, and then to the next', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const [first, second] = [await addApplicant(deps.db, round_id), await addApplicant(deps.db, round_id)]
  const send = await openSending(deps)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key })
  await updateCampaign(deps, { id: campaign_id, change: { subject: 'Half a sent' } })
  await queue(deps, round_id, first)
  const { version } = await updateCampaign(deps, { id: campaign_id, change: { subject: 'You are in' } })
  await publishAutomatic(deps, { campaign_id, version })
  await queue(deps, round_id, second)
  expect((await send()).map(({ subject }) => subject)).toEqual(['Thank you: your place is confirmed', 'You are in'])
})

test('a text with a problem is not published, nor one that was changed since it was looked at', async () => {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key })
  const bad = await updateCampaign(deps, { id: campaign_id, change: { body_markdown: '{{participant.nme}}' } })
  await expect(publishAutomatic(deps, { campaign_id, version: bad.version })).rejects.toMatchObject({
    code: 'campaign_has_problems',
  })
  const good = await updateCampaign(deps, { id: campaign_id, change: { body_markdown: 'Thank you.' } })
  await expect(publishAutomatic(deps, { campaign_id, version: good.version - 1 })).rejects.toMatchObject({
    code: 'text_changed',
  })
})

test('switched off, nothing is queued; on again, it goes', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const person = await addApplicant(deps.db, round_id)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key })
  await switchAutomatic(deps, { campaign_id, on: false })
  expect(await queue(deps, round_id, person)).toEqual({ delivery_id: null, skipped: 'switched_off' })
  await switchAutomatic(deps, { campaign_id, on: true })
  expect(await queue(deps, round_id, person)).toMatchObject({ skipped: null })
})

test('the next round begins with the text that went out in the last', async () => {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key })
  const { version } = await updateCampaign(deps, { id: campaign_id, change: { subject: 'You are in' } })
  await publishAutomatic(deps, { campaign_id, version })
  await updateCampaign(deps, { id: campaign_id, change: { subject: 'Not finished' } })
  await addRound(deps.db, '2016B')
  await openAutomatic(deps, { code: '2016B', key })
  const emails = await listAutomaticEmails(deps, { code: '2016B' })
  expect(emails.find((email) => email.key === key)?.subject).toBe('You are in')
  // looking at a round makes nothing
  await addRound(deps.db, '2017A')
  expect((await listAutomaticEmails(deps, { code: '2017A' })).every((email) => email.campaign_id === null)).toBe(true)
})

test('it is nobody’s campaign: not done when nothing waits, not cancelled, not scheduled, not copied to another', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const send = await openSending(deps)
  await queue(deps, round_id, await addApplicant(deps.db, round_id))
  await send()
  await send()
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key })
  const { rows } = await sql`select state from campaigns where id = ${campaign_id}`.execute(deps.db)
  expect(rows).toEqual([{ state: 'sending' }])
  await expect(scheduleCampaign(deps, campaign_id, { at: 'now' })).rejects.toMatchObject({ code: 'not_a_draft' })
})

test('what a page says was mailed cannot be switched off', async () => {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key: 'application_received' })
  await expect(switchAutomatic(deps, { campaign_id, on: false })).rejects.toMatchObject({ code: 'needed' })
})

test('the news to those who wait has one way out, off their list, and speaks of no preferences', async () => {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://programme.example' })
  const round_id = await addRound(deps.db)
  const contact_id = await addContact(deps, 'noor@library.example')
  const send = await openSending(deps)
  await deps.db
    .transaction()
    .execute((tx) =>
      queueAutomatic(tx, { key: 'applications_open', round_id, to: { contact_id }, now: deps.clock.now() }),
    )
  const [caught] = await send()
  const message = readMessage(caught?.raw as Buffer)
  expect(fieldOf(message, 'List-Unsubscribe')).toMatch(/<https:\/\/programme\.example\/interest\/leave\/[a-z2-7]+>/)
  expect(String(caught?.raw).replaceAll('=\r\n', '')).not.toMatch(/\/u\/|\/p\/preferences/)
})
