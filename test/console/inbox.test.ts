import { expect, test } from 'vitest'
import { type OpenInbox, openInbox } from '../features/inbox/stage.ts'
import { openConsole, openConsoleApp } from '../support/console.ts'
import { textOf } from './matching-round.ts'

/** An inbox whose clock and database the console looks at. */
async function openPages(people?: Parameters<typeof openInbox>[0]) {
  const inbox = await openInbox(people)
  const app = await openConsoleApp(inbox.deps)
  const officer = (name = 'Olga') => openConsole(inbox.deps, 'communications_officer', { app, name })
  return { ...inbox, app, officer, visit: await officer() }
}

const itemOf = async ({ items }: OpenInbox, at = 0) => {
  const item = (await items())[at]
  if (!item) throw new Error('nothing is in the inbox')
  return { ...item, path: `/console/inbox/${item.id}` }
}

const versionOf = (html: string) => /name="version" value="(\d+)"/.exec(html)?.[1] ?? ''

test('with nothing in it the inbox says what comes there', async () => {
  const { visit } = await openPages()
  const page = await visit.get('/console/inbox')
  expect(textOf(page.body)).toContain('Replies that say plainly yes or no are recorded by themselves.')
  expect(page.body).toContain('aria-current="page">Open (0)</a>')
  expect(page.body).not.toContain('class="count"')
  expect((await visit.get('/console/inbox?view=mine')).body).toContain('Nothing waits for you')
  expect((await visit.get('/console/inbox?view=done')).body).toContain('Nothing has been decided yet')
})

test('a reply stands in the list with who, round, age and the words that were read in it, and in the navigation', async () => {
  const { visit, reply, deps } = await openPages({ ana: { given_name: 'عائشة', family_name: 'المنصوري' } })
  await reply('ana', 'Yes, but only if <b>my</b> partner speaks French?')
  deps.clock.advance(3 * 3_600_000)
  const page = await visit.get('/console/inbox')
  expect(page.body).toContain('<bdi dir="auto">عائشة المنصوري</bdi>')
  expect(page.body).toMatch(/<mark>[^<]+<\/mark>/)
  expect(page.body).toContain('&lt;')
  expect(page.body).not.toContain('<b>')
  expect(textOf(page.body)).toContain('3 hours ago')
  expect(page.body).toContain('<bdi>2016A</bdi>')
  const home = (await visit.get('/console')).body
  expect(textOf(home)).toContain('Inbox 1 open')
  expect(textOf(home)).toContain('Review a reply')
})

test('a reply shows what was written, the quote folded, its guess, who wrote it and what it answers', async () => {
  const inbox = await openPages({ ana: { country_code: 'FJ' } })
  const { visit, reply } = inbox
  await reply(
    'ana',
    'Can I start a week later?\n\nOn Tue, 1 Mar 2016 at 09:00, Programme <p@x.example> wrote:\n> Please reply YES or NO.',
  )
  const { path, id } = await itemOf(inbox)
  const html = (await visit.get(path)).body
  const page = textOf(html)
  expect(html).toMatch(
    /<details><summary>The message below it<\/summary><div class="letter muted" dir="auto">[^<]*YES or NO/,
  )
  expect(page).toContain('It looks like a question.')
  expect(page).toContain('Fiji')
  expect(page).toContain('may answer until 15 March 2016')
  expect(page).toMatch(/2016A: applied/)
  expect(page).toContain('We wrote:')
  expect(page).toContain('Confirmation request')
  expect(html.match(/name="decision" value="\w+"/g)).toHaveLength(6)
  const source = await visit.get(`${path}/source.eml`)
  expect([source.statusCode, source.headers['content-type']]).toEqual([200, 'message/rfc822'])
  expect(source.headers['content-disposition']).toBe(`attachment; filename="message-${id}.eml"`)
})

test('yes is recorded as their answer, tells them, and the next open reply comes', async () => {
  const inbox = await openPages()
  const { visit, reply, states, notices, answers } = inbox
  await reply('ana', 'Yes? I think so')
  await reply('ben', 'Who are you?')
  const [first, second] = [await itemOf(inbox), await itemOf(inbox, 1)]
  const version = versionOf((await visit.get(first.path)).body)
  const done = await visit.post(`${first.path}/decide`, { decision: 'yes', version })
  expect([done.statusCode, done.headers.location]).toEqual([303, `${second.path}?decided=${first.id}`])
  const next = (await visit.get(String(done.headers.location))).body
  expect(textOf(next)).toContain('Recorded: they take part. Back to ana')
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'applied' })
  expect(await answers('ana')).toEqual(['applied > confirmed by staff'])
  expect(await notices('ana')).toEqual(['confirmation_recorded'])
  const last = await visit.post(`${second.path}/decide`, { decision: 'question', version: versionOf(next) })
  expect(last.headers.location).toBe(`/console/inbox?decided=${second.id}`)
  expect(textOf((await visit.get('/console/inbox?view=done')).body)).toMatch(/ben Okafor question.* you/)
})

test('of two at once the second is told who decided what, and nothing is lost or done twice', async () => {
  const inbox = await openPages()
  const { visit, reply, officer, states } = inbox
  await reply('ana', 'Hm, maybe')
  const { path } = await itemOf(inbox)
  const other = await officer('Pilar Ñandú')
  const version = versionOf((await visit.get(path)).body)
  await other.post(`${path}/decide`, { decision: 'no', version })
  const late = await visit.post(`${path}/decide`, { decision: 'yes', version })
  expect(late.statusCode).toBe(409)
  expect(textOf(late.body)).toContain('Pilar Ñandú decided “no”')
  expect(await states()).toMatchObject({ ana: 'declined' })
  const answer = await visit.post(`${path}/note`, { note: 'Rang her', version })
  expect(answer.statusCode).toBe(409)
  expect(answer.body).toContain('Rang her</textarea>')
  // Looked at again, another decision counts; and it can be opened once more.
  const again = await visit.post(`${path}/decide`, { decision: 'yes', version: versionOf(late.body) })
  expect(again.statusCode).toBe(303)
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  const open = await visit.post(`${path}/decide`, {
    decision: 'reopen',
    version: versionOf((await visit.get(path)).body),
  })
  expect(open.headers.location).toBe(`${path}?notice=reopen`)
})

test('what cannot be recorded is said, and the reply stays open', async () => {
  const inbox = await openPages({ ana: {} })
  const { visit, reply, deps, idOf } = inbox
  await reply('ana', 'Perhaps yes')
  await deps.db
    .updateTable('applications')
    .set({ code_of_conduct_agreed: false })
    .where('person_id', '=', idOf('ana'))
    .execute()
  const { path } = await itemOf(inbox)
  const html = (await visit.get(path)).body
  expect(textOf(html)).toContain('code of conduct not agreed')
  const refused = await visit.post(`${path}/decide`, { decision: 'yes', version: versionOf(html) })
  expect(refused.statusCode).toBe(409)
  expect(textOf(refused.body)).toContain('did not agree to the code of conduct')
  expect(await itemOf(inbox)).toMatchObject({ state: 'open' })
})

test('a yes from an unknown address counts, and whose address it is, is asked', async () => {
  const inbox = await openPages()
  const { visit, reply, states, deps, idOf } = inbox
  await reply('ana', 'Yes', { from: 'ana.private@elsewhere.example' })
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  const { path } = await itemOf(inbox)
  const html = (await visit.get(path)).body
  expect(textOf(html)).toContain('Recorded when it came: they take part.')
  expect(textOf(html)).toContain("ana.private@elsewhere.example is none of ana Okafor's (ana@library.example).")
  const taken = await visit.post(`${path}/address`, { decision: 'replace', version: versionOf(html) })
  expect(taken.statusCode).toBe(303)
  const addresses = await deps.db.selectFrom('addresses').selectAll().where('person_id', '=', idOf('ana')).execute()
  expect(addresses.filter(({ is_primary }) => is_primary).map(({ address }) => address)).toEqual([
    'ana.private@elsewhere.example',
  ])
})

test('an answer goes back in the same thread, is sent once, and a text that cannot go is kept on the page', async () => {
  const inbox = await openPages()
  const { visit, reply, deps } = inbox
  await reply('ana', 'What is the deadline?', { message_id: '<question@mail.example>' })
  const { path } = await itemOf(inbox)
  const html = (await visit.get(path)).body
  expect(html).toContain('value="Re: Can you still take part?"')
  const version = versionOf(html)
  const empty = await visit.post(`${path}/reply`, { subject: 'Re: x', body: ' ', version })
  expect(empty.statusCode).toBe(422)
  expect(empty.body).toContain('href="#body"')
  expect(empty.body).toContain('value="Re: x"')
  const text = 'Dear Ana,\n\n<b>15 March</b>'
  const press = () => visit.post(`${path}/reply`, { subject: 'Re: deadline', body: text, version, settle: 'done' })
  const [one, two] = await Promise.all([press(), press()])
  expect([one.statusCode, two.statusCode]).toEqual([303, 303])
  const sent = await deps.db.selectFrom('inbox_replies').selectAll().execute()
  expect(sent).toHaveLength(1)
  const delivery = await deps.db
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', sent[0]?.delivery_id ?? 0)
    .executeTakeFirstOrThrow()
  expect(delivery).toMatchObject({ in_reply_to: '<question@mail.example>', address: 'ana@library.example' })
  expect(await itemOf(inbox)).toMatchObject({ state: 'done', decision: 'done' })
  const after = (await visit.get(path)).body
  expect(textOf(after)).toMatch(/Olga answered: Re: deadline/)
  expect(after).toContain('&lt;b&gt;15 March&lt;/b&gt;')
})

test('a reply is assigned, taken, noted; mine shows what is mine', async () => {
  const inbox = await openPages()
  const { visit, reply, officer } = inbox
  await reply('ana', 'Can I bring a colleague?')
  const { path } = await itemOf(inbox)
  const other = await officer('Pilar')
  const html = (await visit.get(path)).body
  expect(html).toContain(`<option value="${other.staff.id}">Pilar</option>`)
  const version = () => visit.get(path).then(({ body }) => versionOf(body))
  await visit.post(`${path}/assign`, { to: String(other.staff.id), version: await version() })
  expect((await other.get('/console/inbox?view=mine')).body).toContain(path)
  expect((await visit.get('/console/inbox?view=mine')).body).not.toContain(path)
  await visit.post(`${path}/assign`, { to: '', me: String(visit.staff.id), version: await version() })
  expect((await visit.get('/console/inbox?view=mine')).body).toContain(path)
  await visit.post(`${path}/note`, { note: 'Wait for <the> board', version: await version() })
  expect((await visit.get(path)).body).toContain('Wait for &lt;the&gt; board</textarea>')
  const long = await visit.post(`${path}/note`, { note: 'x'.repeat(6000), version: await version() })
  expect([long.statusCode, long.body.includes('x'.repeat(6000))]).toEqual([422, true])
})

test('a reply of nobody we know: looked for by name, said who wrote it, then decided', async () => {
  const inbox = await openPages()
  const { visit, receive, states } = inbox
  const { write } = await import('../features/inbox/stage.ts')
  await receive(await write({ from: 'Stranger <who@nowhere.example>', text: 'Yes I confirm', subject: '<i>Hello</i>' }))
  const { path } = await itemOf(inbox)
  const html = (await visit.get(path)).body
  expect(textOf(html)).toContain('who@nowhere.example belongs to no person')
  expect(html).not.toContain('value="yes"')
  expect(html).not.toContain('<i>Hello</i>')
  const found = (await visit.get(`${path}?q=ben`)).body
  const person = /name="person" value="(\d+)"/.exec(found)?.[1] as string
  const named = await visit.post(`${path}/person`, { person, version: versionOf(found) })
  expect(named.headers.location).toBe(`${path}?notice=identified`)
  const known = (await visit.get(path)).body
  expect(known).toContain('value="yes"')
  await visit.post(`${path}/decide`, { decision: 'yes', version: versionOf(known) })
  expect(await states()).toMatchObject({ ben: 'confirmed' })
})

test('a data officer reads the inbox and changes nothing; a viewer does not see it', async () => {
  const inbox = await openPages()
  const { reply, app, deps } = inbox
  await reply('ana', 'What?')
  const { path, version } = await itemOf(inbox)
  const reader = await openConsole(deps, 'data_officer', { app })
  const html = (await reader.get(path)).body
  expect(textOf(html)).toContain('What?')
  expect(html).not.toMatch(/name="decision"|name="body"|<form[^>]*\/assign/)
  expect((await reader.post(`${path}/decide`, { decision: 'done', version: String(version) })).statusCode).toBe(403)
  const viewer = await openConsole(deps, 'viewer', { app })
  expect((await viewer.get(path)).statusCode).toBe(403)
  expect((await viewer.get('/console')).body).not.toContain('/console/inbox')
})

test('looking at a reply changes nothing, and one that is not there is said to be missing', async () => {
  const inbox = await openPages()
  const { visit, reply } = inbox
  await reply('ana', 'A question?')
  const before = await itemOf(inbox)
  for (const path of [before.path, `${before.path}?decided=${before.id}`, '/console/inbox', `${before.path}?q=ben`])
    expect((await visit.get(path)).statusCode).toBe(200)
  expect(await itemOf(inbox)).toEqual(before)
  expect((await visit.get('/console/inbox/987654321')).statusCode).toBe(404)
  expect((await visit.get('/console/inbox?decided=987654321')).statusCode).toBe(200)
  expect((await visit.get('/console/inbox?round=nope')).statusCode).toBe(404)
})
