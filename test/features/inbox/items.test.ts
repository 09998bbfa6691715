import { expect, onTestFinished, test } from 'vitest'
import { createComposer, senderOf, sweepDeliveries } from '../../../src/features/campaigns/index.ts'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import {
  addInboxRoutes,
  assignInbox,
  countOpenInbox,
  createInboxReplyComposer,
  decideAddress,
  decideInbox,
  eachOpenItem,
  getInboxItem,
  getInboxSource,
  identifyInbox,
  listInbox,
  noteInbox,
  replyFromInbox,
} from '../../../src/features/inbox/index.ts'
import { startMailboxServer } from '../../../src/features/mailbox/index.ts'
import { erasePerson } from '../../../src/features/privacy/index.ts'
import { readIncoming } from '../../../src/platform/mail/incoming/index.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { addStaff } from '../../support/console.ts'
import { neverStopped, sendDeps } from '../../support/ledger.ts'
import { type Letter, openInbox, write } from './stage.ts'

const DOUBT = 'I am not sure yet. When does it begin?'

/** An item of a doubtful reply, and a director. */
async function openItem(letter: Letter = {}, text = DOUBT) {
  const inbox = await openInbox()
  const staff = await addStaff(inbox.deps, 'director', { name: 'Helena Osei' })
  const by = { staff_id: staff.id, name: `staff ${staff.id}` }
  await inbox.reply('ana', text, letter)
  const [item] = await inbox.items()
  const ring = async () => undefined
  return { ...inbox, deps: { ...inbox.deps, ring }, by, staff, id: item?.id as number }
}

test('an item shows what was written, what it may mean, who wrote it and what it answers', async () => {
  const { deps, id, idOf, deliveryOf, round_id } = await openItem()
  const item = await getInboxItem(deps, { id })
  expect(item).toMatchObject({
    ...{
      id,
      state: 'open',
      version: 1,
      kind: 'reply',
      visible: DOUBT,
      round_code: '2016A',
      round_id,
      outcome: 'inbox',
    },
    ...{
      person: { id: idOf('ana') },
      from_address: 'ana@library.example',
      guess: { acts: false, words: expect.anything() },
    },
    standing: { state: 'applied', addresses: [{ address: 'ana@library.example', is_primary: true }] },
    our_message: { id: await deliveryOf('ana'), kind: 'confirmation', subject: expect.stringContaining('YES or NO') },
    ...{ replies: [], others: [], decision: null, assigned_to: null },
  })
  expect((await getInboxSource(deps, { id })).toString()).toContain('When does it begin?')
  await expect(getInboxItem(deps, { id: 999 })).rejects.toMatchObject({ code: 'not_found' })
})

test('Yes and No of staff are recorded as the answer, and the item is done', async () => {
  const { deps, id, by, states, answers, notices } = await openItem()
  const item = await decideInbox(deps, { id, decision: 'yes', version: 1, by })
  expect(item).toMatchObject({ state: 'done', decision: 'yes', decided_by: { name: 'Helena Osei' }, version: 2 })
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  expect(await answers('ana')).toEqual(['applied > confirmed by staff'])
  expect(await notices('ana')).toEqual(['confirmation_recorded'])
  await decideInbox(deps, { id, decision: 'no', version: 2, by })
  expect(await states()).toMatchObject({ ana: 'declined' })
})

test('two of the staff at once: one decides, the other hears who did', async () => {
  const { deps, id, by, answers } = await openItem()
  const both = await Promise.allSettled([
    decideInbox(deps, { id, decision: 'yes', version: 1, by }),
    decideInbox(deps, { id, decision: 'no', version: 1, by }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const { reason } = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult
  expect(reason).toMatchObject({ code: 'inbox_changed', message: expect.stringContaining('Helena Osei decided') })
  expect(await answers('ana')).toHaveLength(1)
})

test('the same decision again changes nothing; another one without having looked is refused; it can be opened again', async () => {
  const { deps, id, by } = await openItem()
  await decideInbox(deps, { id, decision: 'question', by })
  expect(await decideInbox(deps, { id, decision: 'question', by })).toMatchObject({ version: 2 })
  await expect(decideInbox(deps, { id, decision: 'no', by })).rejects.toMatchObject({ code: 'inbox_changed' })
  expect(await decideInbox(deps, { id, decision: 'reopen', version: 2, by })).toMatchObject({
    ...{ state: 'open', decision: null, decided_by: null, decided_at: null },
  })
})

test('an answer that cannot be recorded leaves the item open and says why', async () => {
  const { deps, id, by, idOf, items } = await openItem()
  await deps.db
    .updateTable('applications')
    .set({ code_of_conduct_agreed: false })
    .where('person_id', '=', idOf('ana'))
    .execute()
  await expect(decideInbox(deps, { id, decision: 'yes', by })).rejects.toMatchObject({
    ...{ code: 'answer_not_recorded', message: expect.stringContaining('code of conduct') },
  })
  expect(await items()).toMatchObject([{ state: 'open', version: 1 }])
})

test('a writer whom nobody knows is told apart first, and then their answer counts', async () => {
  const inbox = await openItem()
  const { deps, by, idOf, states, receive, items } = inbox
  await receive(await write({ from: 'ben.other@mail.example', text: DOUBT }))
  const id = (await items())[1]?.id as number
  await expect(decideInbox(deps, { id, decision: 'yes', by })).rejects.toMatchObject({ code: 'no_applicant' })
  const told = await identifyInbox(deps, { id, person_id: idOf('ben') })
  expect(told).toMatchObject({
    person: { id: idOf('ben') },
    round_code: '2016A',
    unknown_address: 'ben.other@mail.example',
    found_by: 'staff',
  })
  await decideInbox(deps, { id, decision: 'yes', version: told.version, by })
  expect(await states()).toMatchObject({ ben: 'confirmed' })
})

test('Unsubscribe stops campaigns to the person, and to a stranger at the address they wrote from', async () => {
  const { deps, id, by, suppressed, receive, items } = await openItem()
  await decideInbox(deps, { id, decision: 'unsubscribe', by })
  await receive(await write({ from: 'stranger@mail.example', text: 'take me off all this at once' }))
  await decideInbox(deps, { id: (await items())[1]?.id as number, decision: 'unsubscribe', by })
  expect(await suppressed()).toEqual([
    'ana@library.example campaigns unsubscribed',
    'stranger@mail.example campaigns unsubscribed',
  ])
})

test('a message that answers none of ours unsubscribes whoever wrote it all the same, as their own decision', async () => {
  const { deps, by, idOf, suppressed, receive, items } = await openItem()
  await receive(await write({ from: 'ben@library.example', text: 'take me off all this at once' }))
  const item = (await items()).at(-1)
  expect(item).toMatchObject({ person_id: idOf('ben') })
  await decideInbox(deps, { id: item?.id as number, decision: 'unsubscribe', by })
  expect(await suppressed()).toEqual(['ben@library.example campaigns unsubscribed'])
  expect(await deps.db.selectFrom('consents').selectAll().execute()).toMatchObject([
    { person_id: idOf('ben'), purpose: 'programme_mail', given: false, source: 'email', recorded_by: by.name },
  ])
})

test.each([
  [
    'add',
    [
      ['ana@library.example', true],
      ['ana@home.example', false],
    ],
  ],
  [
    'replace',
    [
      ['ana@library.example', false],
      ['ana@home.example', true],
    ],
  ],
  ['ignore', [['ana@library.example', true]]],
] as const)('an unknown address: %s', async (as, expected) => {
  const { deps, id, by, idOf } = await openItem({ from: 'ana@home.example' }, 'Yes, I confirm my participation.')
  expect(await getInboxItem(deps, { id })).toMatchObject({ outcome: 'confirmed', unknown_address: 'ana@home.example' })
  const item = await decideAddress(deps, { id, as, version: 1, by })
  // The answer had been recorded: nothing else was asked.
  expect(item).toMatchObject({ address_decision: as, state: 'done', decision: 'done' })
  const rows = await deps.db
    .selectFrom('addresses')
    .selectAll()
    .where('person_id', '=', idOf('ana'))
    .orderBy('id')
    .execute()
  expect(rows.map(({ address, is_primary }) => [address, is_primary])).toEqual(expected)
})

test('an address of somebody else is not taken from them, and a wish to get no mail holds for a new address too', async () => {
  const { deps, id, by, idOf, suppressed } = await openItem({ from: 'ana@home.example' })
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@library.example', scope: 'campaigns', reason: 'unsubscribed', source: 'x' })
    .execute()
  await decideAddress(deps, { id, as: 'add', by })
  expect(await suppressed()).toHaveLength(2)
  await deps.db.deleteFrom('addresses').where('address', '=', 'ana@home.example').execute()
  await deps.db
    .insertInto('addresses')
    .values({ address: 'ana@home.example', person_id: idOf('ben'), is_primary: false })
    .execute()
  await expect(decideAddress(deps, { id, as: 'replace', by })).rejects.toMatchObject({ code: 'address_taken' })
})

test('an erased person gets no address again, is nobody’s writer, and no late answer of theirs is recorded', async () => {
  const inbox = await openItem({ from: 'ana@home.example' })
  const { deps, id, by, idOf, states, reply, items } = inbox
  await erasePerson(
    { ...deps, ring: async () => undefined },
    { id: idOf('ana'), reason: 'asked', erased_by: 'staff 1' },
  )
  const before = await states()
  await reply('ana', 'Yes, I confirm my participation.', { from: 'ana@home.example' })
  const late = (await items()).find((item) => item.id !== id)
  expect(late).toMatchObject({ state: 'open', unknown_address: 'ana@home.example' })
  expect(await states()).toEqual(before)
  const lateId = late?.id as number
  await expect(decideAddress(deps, { id: lateId, as: 'add', by })).rejects.toMatchObject({ code: 'person_erased' })
  await expect(identifyInbox(deps, { id: lateId, person_id: idOf('ana') })).rejects.toMatchObject({ code: 'not_found' })
  await expect(decideInbox(deps, { id: lateId, decision: 'yes', by })).rejects.toMatchObject({
    code: 'answer_not_recorded',
  })
  expect(await deps.db.selectFrom('addresses').select('id').where('person_id', '=', idOf('ana')).execute()).toEqual([])
})

test('lists: what is open the oldest first, what is mine, what is done; page by page', async () => {
  const { deps, id, by, staff, reply } = await openItem()
  for (let at = 0; at < 4; at++) await reply('ben', `${DOUBT} Again, for the ${at + 2}. time.`)
  expect(await countOpenInbox(deps)).toBe(5)
  const first = await listInbox(deps, { view: 'open', limit: 3 })
  const rest = await listInbox(deps, { view: 'open', limit: 3, after: first.next as number })
  expect([...first.items, ...rest.items].map((item) => item.id)).toEqual([1, 2, 3, 4, 5])
  expect(rest.next).toBeNull()
  await assignInbox(deps, { id: 4, staff_id: staff.id })
  expect((await listInbox(deps, { view: 'mine', staff_id: staff.id })).items).toMatchObject([
    { id: 4, assigned_to: { name: 'Helena Osei' } },
  ])
  expect((await listInbox(deps, { view: 'mine' })).items).toEqual([])
  await decideInbox(deps, { id, decision: 'done', by })
  await decideInbox(deps, { id: 3, decision: 'done', by })
  expect((await listInbox(deps, { view: 'done' })).items.map((item) => item.id)).toEqual([3, 1])
  const pages: number[][] = []
  for await (const page of eachOpenItem(deps, { round: '2016A' })) pages.push(page.map((item) => item.id))
  expect(pages.flat()).toEqual([2, 4, 5])
  await expect(listInbox(deps, { view: 'open', round: 'none' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(assignInbox(deps, { id, staff_id: 999 })).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await noteInbox(deps, { id, note: ' Asked Joyce. ' })).toMatchObject({ note: 'Asked Joyce.' })
  await expect(noteInbox(deps, { id, note: 'x', version: 1 })).rejects.toMatchObject({ code: 'inbox_changed' })
})

test('a reply from the page goes to who wrote, in their thread, as a letter and not as a machine, and an answer to it comes back', async () => {
  const opened = await openItem({
    message_id: '<question@mail.example>',
    from: 'Ana O <ana@library.example>',
    subject: 'Re: Can you still take part?',
  })
  const { deps, id, by, receive, items } = opened
  const body = 'Dear Ana,\r\n\r\nit begins on 1 April <soon> & lasts four months.\r\n\r\nHelena'
  const { delivery_id, item } = await replyFromInbox(deps, { id, body, by })
  expect(item.replies).toMatchObject([
    { delivery_id, subject: 'Re: Can you still take part?', written_by: by.name, state: 'queued' },
  ])

  const message = await sendAll(deps)
  const mail = message.toString()
  expect(mail).toMatch(/^In-Reply-To: <question@mail.example>\r$/m)
  expect(mail).toMatch(/^References: <question@mail.example>\r$/m)
  expect(mail).not.toMatch(/^Auto-Submitted/m)
  expect(mail).toMatch(/^To: (.* )?<?ana@library\.example>?\r$/m)
  const [, replyTo] = /^Reply-To: (reply\+[a-z2-7]{28}@\S+)\r$/m.exec(mail) ?? []
  const shown = await readIncoming(message, { mail_from: '', rcpt_to: '', own_domain: 'x.example', own_addresses: [] })
  expect(shown.text).toContain('it begins on 1 April <soon> & lasts')
  expect(shown.text).toContain(`> ${DOUBT}`)
  expect(shown.html).toContain('&lt;soon&gt; &amp; lasts')

  const again = await receive(await write({ to: replyTo as string, text: 'Yes, I confirm my participation.' }), {
    rcpt_to: replyTo as string,
  })
  // What we wrote asked nothing by itself: a person reads on.
  expect(again).toMatchObject({ outcome: 'inbox', found_by: 'token', delivery_id })
  expect(await items()).toHaveLength(2)
})

test('the same page posted twice, whoever takes it, writes one letter', async () => {
  const { deps, id, by } = await openItem()
  const post = () => replyFromInbox(deps, { id, body: 'Hello', version: 1, by }).catch(({ code }) => code)
  expect((await Promise.all([post(), post()])).filter((each) => each === 'inbox_changed')).toHaveLength(1)
  expect(await post()).toBe('inbox_changed')
  expect(await deps.db.selectFrom('inbox_replies').select('id').execute()).toHaveLength(1)
  expect((await getInboxItem(deps, { id })).version).toBe(2)
})

test('a stranger and an unknown address of a person are answered where they wrote from', async () => {
  const { deps, id, by, idOf } = await openItem({ from: 'ana@home.example' })
  const { delivery_id } = await replyFromInbox(deps, { id, body: 'Hello', by })
  const delivery = await deps.db
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', delivery_id)
    .executeTakeFirstOrThrow()
  expect(delivery).toMatchObject({ address: 'ana@home.example', person_id: null, contact_id: expect.any(Number) })
  await replyFromInbox(deps, { id, body: 'Hello again', by })
  expect(await deps.db.selectFrom('contacts').select('address').execute()).toEqual([{ address: 'ana@home.example' }])
  expect(idOf('ana')).toBeGreaterThan(0)
})

test('nobody is answered who gets no mail from us, who is ourselves, or without a word', async () => {
  const { deps, id, by, receive, items } = await openItem()
  await expect(replyFromInbox(deps, { id, body: ' \n', by })).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(replyFromInbox(deps, { id, body: 'x'.repeat(20_001), by })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  await expect(replyFromInbox(deps, { id, body: 'x', subject: 'a\r\nBcc: b', by })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@library.example', scope: 'all', reason: 'complaint', source: 'x' })
    .execute()
  await expect(replyFromInbox(deps, { id, body: 'Hello', by })).rejects.toMatchObject({ code: 'suppressed' })
  expect(await deps.db.selectFrom('inbox_replies').select('id').execute()).toEqual([])
  await receive(await write({ from: 'other@localhost.example' }))
  await expect(replyFromInbox(deps, { id: (await items())[1]?.id as number, body: 'x', by })).rejects.toMatchObject({
    code: 'nobody_to_answer',
  })
})

/** Lets what waits leave, into the built-in mailbox; the last message. */
async function sendAll(deps: Awaited<ReturnType<typeof openItem>>['deps']): Promise<Buffer> {
  const mailbox = await startMailboxServer(deps)
  onTestFinished(() => mailbox.close())
  const composing = { ...deps, signer: undefined, from: senderOf(deps.config, { from_name: '' }, null) }
  const run = await sendDeps(deps, mailbox.url)
  await sweepDeliveries({ ...deps, senderId: run.senderId, countWaiting: async () => 0 })
  await sendDue({ ...run, compose: createInboxReplyComposer(composing, createComposer(composing)) }, neverStopped())
  const caught = await deps.db
    .selectFrom('mailbox_messages')
    .select('raw')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  return caught.raw
}

test('over HTTP: read by three roles, changed by two, with the words that a program needs', async () => {
  const { deps, id } = await openItem()
  const app = openApiApp(deps)
  await addInboxRoutes(app, deps)
  const get = (url: string, role: Parameters<typeof asRole>[0] = 'director') =>
    app.inject({ url, headers: asRole(role) })
  const post = (url: string, payload: object, role: Parameters<typeof asRole>[0] = 'director') =>
    app.inject({ method: 'POST', url, headers: asRole(role), payload })
  expect((await get('/inbox', 'viewer')).statusCode).toBe(403)
  expect((await get('/inbox', 'data_officer')).json()).toMatchObject({
    items: [{ id, from: { address: 'ana@library.example' }, guess: { acts: false } }],
    next: null,
  })
  expect((await get(`/inbox/${id}`)).json()).toMatchObject({ id, kind: 'reply', decision: null, round: '2016A' })
  const source = await get(`/inbox/${id}/source`)
  expect([source.headers['content-type'], source.body]).toEqual([
    'message/rfc822',
    expect.stringContaining('When does it begin?'),
  ])
  expect((await post(`/inbox/${id}/decide`, { decision: 'yes' }, 'data_officer')).statusCode).toBe(403)
  expect((await post(`/inbox/${id}/decide`, { decision: 'maybe' })).statusCode).toBe(422)
  expect(
    (await post(`/inbox/${id}/decide`, { decision: 'yes', version: 1 }, 'communications_officer')).json(),
  ).toMatchObject({ state: 'done', decision: 'yes' })
  expect((await post(`/inbox/${id}/decide`, { decision: 'no', version: 1 })).json()).toMatchObject({
    status: 409,
    code: 'inbox_changed',
  })
  expect((await post(`/inbox/${id}/reply`, { body: 'Thank you!' })).statusCode).toBe(201)
  expect((await post(`/inbox/${id}/note`, { note: 'x' })).statusCode).toBe(200)
  expect((await post(`/inbox/${id}/assign`, { staff_id: null })).statusCode).toBe(200)
  expect((await post(`/inbox/${id}/person`, { person_id: 999 })).statusCode).toBe(404)
  expect((await post(`/inbox/${id}/address`, { as: 'add' })).statusCode).toBe(409)
})
