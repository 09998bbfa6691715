import { expect, test } from 'vitest'
import { ensureSender, findSender, measureSender } from '../../../src/features/deliveries/index.ts'
import { makeAnswer } from '../../../src/features/mailbox/index.ts'
import { readCampaignFigures } from '../../../src/features/reports/index.ts'
import { type OpenInbox, openInbox, write } from './stage.ts'

/** A bounce or a complaint as the built-in mailbox makes them of a message to somebody. */
async function reportOf(inbox: OpenInbox, name: string, kind: 'bounce' | 'complaint', to?: string): Promise<Buffer> {
  const returned = await write({
    ...{ from: 'programme@localhost.example', to: `${name}@library.example`, subject: 'Can you still take part?' },
    message_id: await inbox.messageIdOf(name),
  })
  const made = await makeAnswer(kind, {
    ...{ mail_from: await inbox.addressOf(name, 'bounce'), rcpt_to: to ?? `${name}@library.example`, raw: returned },
    ...{ head: { to: [], subject: '', message_id: '', references: '', from: undefined, reply_to: undefined } },
    received_at: inbox.deps.clock.now(),
  })
  return (made as { raw: Buffer }).raw
}

const fromServer = async (inbox: OpenInbox, name: string) => ({
  mail_from: '',
  rcpt_to: await inbox.addressOf(name, 'bounce'),
})

test('a bounce of an address that does not exist is recorded and stops all mail to it, at once and once', async () => {
  const inbox = await openInbox()
  const raw = await reportOf(inbox, 'ana', 'bounce')
  const row = await inbox.receive(raw, await fromServer(inbox, 'ana'))
  expect(row).toMatchObject({
    kind: 'bounce',
    outcome: 'bounce',
    found_by: 'token',
    delivery_id: await inbox.deliveryOf('ana'),
  })
  expect(await inbox.events()).toEqual(['bounce hard ana@library.example'])
  expect(await inbox.suppressed()).toEqual(['ana@library.example all hard_bounce'])
  expect(await inbox.items()).toEqual([])
  expect(await inbox.states()).toMatchObject({ ana: 'applied' })
})

test('one that comes without its token is found by the Message-ID that it returns', async () => {
  const inbox = await openInbox()
  const raw = await reportOf(inbox, 'ana', 'bounce')
  const plain = Buffer.from(raw.toString().replaceAll(/bounce\+[a-z2-7]{28}@/g, 'programme@'))
  const row = await inbox.receive(plain, { mail_from: '', rcpt_to: 'programme@localhost.example' })
  expect(row).toMatchObject({ kind: 'bounce', found_by: 'returned', delivery_id: await inbox.deliveryOf('ana') })
  expect(await inbox.suppressed()).toEqual(['ana@library.example all hard_bounce'])
})

test('a bounce about nothing of ours changes nothing', async () => {
  const inbox = await openInbox()
  const raw = Buffer.from(
    (await reportOf(inbox, 'ana', 'bounce')).toString().replaceAll(/[a-z2-7]{28}/g, 'a'.repeat(28)),
  )
  expect(await inbox.receive(raw, { mail_from: '', rcpt_to: 'programme@localhost.example' })).toMatchObject({
    ...{ kind: 'bounce', outcome: 'ignored' },
  })
  expect([await inbox.events(), await inbox.suppressed(), await inbox.items()]).toEqual([[], [], []])
})

test('a full mailbox stops nothing until it is full for days on end', async () => {
  const inbox = await openInbox()
  const full = (await reportOf(inbox, 'ana', 'bounce'))
    .toString()
    .replaceAll('5.1.1', '4.2.2')
    .replaceAll('550', '452')
    .replace('Recipient address rejected: User unknown', 'Mailbox full')
    .replace('could not be delivered to', 'was refused by a full mailbox of')
  for (let day = 1; day <= 10; day++) {
    await inbox.receive(
      Buffer.from(`X-Day: ${day}\r\n${full.replace(/^Message-ID: .*$/m, `Message-ID: <b${day}@mx.example>`)}`),
      await fromServer(inbox, 'ana'),
    )
    expect(await inbox.suppressed(), `day ${day}`).toEqual(day < 10 ? [] : ['ana@library.example all hard_bounce'])
    inbox.deps.clock.advance(86_400_000)
  }
})

test('a delay is no failure', async () => {
  const inbox = await openInbox()
  const raw = (await reportOf(inbox, 'ana', 'bounce'))
    .toString()
    .replace('Action: failed', 'Action: delayed')
    .replace('Status: 5.1.1', 'Status: 4.4.1')
  expect(await inbox.receive(Buffer.from(raw), await fromServer(inbox, 'ana'))).toMatchObject({
    kind: 'bounce',
    outcome: 'ignored',
  })
  expect([await inbox.events(), await inbox.suppressed()]).toEqual([[], []])
})

test('a bounce from where their mail was forwarded to does not stop their own address at once', async () => {
  const inbox = await openInbox()
  await inbox.receive(
    await reportOf(inbox, 'ana', 'bounce', 'old-office@elsewhere.example'),
    await fromServer(inbox, 'ana'),
  )
  expect(await inbox.events()).toEqual(['bounce hard ana@library.example'])
  expect(await inbox.suppressed()).toEqual([])
})

test('a complaint stops all mail to the person, at every address', async () => {
  const inbox = await openInbox()
  const { deps, idOf } = inbox
  await deps.db
    .insertInto('addresses')
    .values({ person_id: idOf('ana'), address: 'ana@home.example', is_primary: false })
    .execute()
  expect(await inbox.receive(await reportOf(inbox, 'ana', 'complaint'), await fromServer(inbox, 'ana'))).toMatchObject({
    ...{ kind: 'complaint', outcome: 'complaint' },
  })
  expect(await inbox.events()).toEqual(['complaint ana@library.example'])
  expect((await inbox.suppressed()).toSorted()).toEqual([
    'ana@home.example all complaint',
    'ana@library.example all complaint',
  ])
})

test('a complaint that comes again and again is one reader who complained, and is answered by nothing', async () => {
  const inbox = await openInbox()
  const raw = (await reportOf(inbox, 'ana', 'complaint')).toString()
  const before = await inbox.deps.db.selectFrom('deliveries').select('id').execute()
  for (let at = 0; at < 5; at++) {
    const again = raw.replace(/^Message-ID: .*$/m, `Message-ID: <loop-${at}@mx.example>`)
    await inbox.receive(Buffer.from(again), await fromServer(inbox, 'ana'))
  }
  expect(await inbox.suppressed()).toEqual(['ana@library.example all complaint'])
  expect(await inbox.deps.db.selectFrom('deliveries').select('id').execute()).toEqual(before)
  const { complained } = await readCampaignFigures(inbox.deps, { id: inbox.campaign_id })
  expect(complained).toBeLessThanOrEqual(1)
})

test('what comes back of a test email is recorded, and stops nobody', async () => {
  const inbox = await openInbox()
  await inbox.deps.db
    .updateTable('deliveries')
    .set({ is_test: true })
    .where('id', '=', await inbox.deliveryOf('ana'))
    .execute()
  await inbox.receive(await reportOf(inbox, 'ana', 'bounce'), await fromServer(inbox, 'ana'))
  await inbox.receive(await reportOf(inbox, 'ana', 'complaint'), await fromServer(inbox, 'ana'))
  expect(await inbox.events()).toHaveLength(2)
  expect(await inbox.suppressed()).toEqual([])
})

test("mail to the unsubscribe address acts, also Apple's that says it is automatic; with a token of nobody a person reads it", async () => {
  const inbox = await openInbox()
  const to = await inbox.addressOf('ana', 'u')
  const apple = await write({
    to,
    subject: 'unsubscribe',
    text: '',
    headers: { 'Auto-Submitted': 'auto-replied (unsubscribe)' },
  })
  expect(await inbox.receive(apple, { rcpt_to: to })).toMatchObject({ kind: 'unsubscribe', outcome: 'unsubscribed' })
  expect(await inbox.suppressed()).toEqual(['ana@library.example campaigns unsubscribed'])
  const made = `u+${'a'.repeat(28)}@localhost.example`
  expect(await inbox.receive(await write({ to: made, from: 'x@y.example' }), { rcpt_to: made })).toMatchObject({
    outcome: 'inbox',
  })
})

test('our own mail that comes back is passed over', async () => {
  const inbox = await openInbox()
  const raw = await write({
    ...{
      from: 'programme@localhost.example',
      to: 'programme@localhost.example',
      text: 'Yes, I confirm my participation.',
    },
    message_id: await inbox.messageIdOf('ana'),
  })
  expect(await inbox.receive(raw)).toMatchObject({ kind: 'own', outcome: 'ignored' })
  expect(await inbox.items()).toEqual([])
})

/** The account that everything went out by, and the dialogue of each of these people's messages. */
async function openAccount({ deps, deliveryOf }: OpenInbox, names: string[]): Promise<void> {
  const sender_id = await ensureSender(deps.db, '')
  const now = deps.clock.now()
  for (const name of names) {
    const delivery_id = await deliveryOf(name)
    const { id } = await deps.db
      .insertInto('attempts')
      .values({
        ...{ delivery_id, sender_id, worker_id: 1, lane: 'automatic', address: name, outcome: 'accepted' },
        ended_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const accepted = { state: 'accepted', accepted_at: now, attempt_id: id }
    await deps.db.updateTable('deliveries').set(accepted).where('id', '=', delivery_id).execute()
  }
}

const asIf = (raw: Buffer, status: string, words: string, number = 0) =>
  Buffer.from(
    raw
      .toString()
      .replaceAll('5.1.1', status)
      .replace('Recipient address rejected: User unknown', words)
      .replace(/^Message-ID: .*$/m, `Message-ID: <refusal-${number}@mx.example>`),
  )

test('a provider that says "enough" in a bounce closes the account for an hour, once, and is no fault of the reader', async () => {
  const inbox = await openInbox()
  await openAccount(inbox, ['ana'])
  const limit = asIf(await reportOf(inbox, 'ana', 'bounce'), '5.4.5', 'Daily user sending limit exceeded')
  expect(await inbox.receive(limit, await fromServer(inbox, 'ana'))).toMatchObject({
    ...{ kind: 'bounce', outcome: 'bounce', why: 'Our mail provider says that the account has reached its limit.' },
  })
  expect((await findSender(inbox.deps.db))?.closed_words).toContain('sending limit exceeded')
  expect([await inbox.events(), await inbox.suppressed()]).toEqual([['bounce policy ana@library.example'], []])
})

test('an old report of a limit closes nothing', async () => {
  const inbox = await openInbox()
  await openAccount(inbox, ['ana'])
  inbox.deps.clock.advance(2 * 3_600_000)
  const limit = asIf(await reportOf(inbox, 'ana', 'bounce'), '5.4.5', 'Daily user sending limit exceeded')
  await inbox.receive(limit, await fromServer(inbox, 'ana'))
  expect((await findSender(inbox.deps.db))?.closed_until).toBeNull()
})

test('a domain that refuses us in bounces is stopped after five readers, not after all, and none of them is suppressed', async () => {
  const names = ['ana', 'ben', 'cem', 'dea', 'eva', 'fay']
  const inbox = await openInbox(Object.fromEntries(names.map((name) => [name, {}])))
  await openAccount(inbox, names)
  for (const [at, name] of names.slice(0, 5).entries()) {
    expect((await measureSender(inbox.deps.db)).stopped_domains, name).toEqual([])
    const words = 'Your host is listed in our blocklist'
    await inbox.receive(asIf(await reportOf(inbox, name, 'bounce'), '5.7.1', words, at), await fromServer(inbox, name))
  }
  expect((await measureSender(inbox.deps.db)).stopped_domains).toMatchObject([{ domain: 'library.example' }])
  expect(await inbox.suppressed()).toEqual([])
})

test('one reader whose refusals come again and again stops nobody else', async () => {
  const inbox = await openInbox()
  await openAccount(inbox, ['ana'])
  for (let at = 0; at < 6; at++)
    await inbox.receive(
      asIf(await reportOf(inbox, 'ana', 'bounce'), '5.7.1', 'Your host is listed in our blocklist', at),
      await fromServer(inbox, 'ana'),
    )
  expect((await measureSender(inbox.deps.db)).stopped_domains).toEqual([])
})
