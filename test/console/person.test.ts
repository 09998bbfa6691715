import { expect, test } from 'vitest'
import { importApplications } from '../../src/features/imports/index.ts'
import { pausePerson } from '../../src/features/people/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { openInbox, write } from '../features/inbox/stage.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { csvOf } from '../support/exports.ts'
import { textOf } from './matching-round.ts'

async function openPerson() {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  const content = csvOf([
    { address: 'ana@library.example', given: 'Ana', family: 'Souza', country: 'Brazil', request: '<b>كتابة</b>' },
    { address: 'ben@library.example', given: 'Ben', country: 'Peru' },
  ])
  await importApplications(deps, { code: '2016A', content, file_name: 'forms.csv' })
  const rows = await deps.db.selectFrom('addresses').select('person_id').orderBy('person_id').execute()
  const [id = 0, other = 0] = rows.map(({ person_id }) => person_id)
  return { deps, id, other, path: `/console/participants/${id}` }
}

/** `count` campaigns with one delivery each to the person, the last the newest. */
async function deliver({ db }: TestDeps, person_id: number, count: number, state = 'accepted') {
  const { id: round_id } = await db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()
  const ids: number[] = []
  for (let at = 1; at <= count; at++) {
    const { id } = await db
      .insertInto('campaigns')
      .values({ round_id, kind: 'topic', lane: 'campaign', state: 'done', frozen_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow()
    const text = { campaign_id: id, version: 1, language: 'en', subject: `Topic <${at}>` }
    await db.insertInto('campaign_variants').values(text).execute()
    await db
      .insertInto('deliveries')
      .values({
        campaign_id: id,
        person_id,
        lane: 'campaign',
        state,
        skipped_reason: state === 'skipped' ? 'paused' : null,
        address: 'ana@library.example',
        language: 'en',
        version: 1,
        due_at: new Date('2016-03-01T09:00:00Z'),
        accepted_at: state === 'accepted' ? new Date('2016-03-01T09:00:05Z') : null,
      })
      .execute()
    ids.push(id)
  }
  return ids
}

test('a person has a page with everything that is known, each word where it belongs', async () => {
  const { deps, id, other, path } = await openPerson()
  const { id: round_id } = await deps.db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()
  const pair = await deps.db.insertInto('partnerships').values({ round_id }).returning('id').executeTakeFirstOrThrow()
  await deps.db
    .insertInto('partnership_members')
    .values([id, other].map((person_id) => ({ partnership_id: pair.id, person_id })))
    .execute()
  const [campaign] = await deliver(deps, id, 1)
  const delivery = await deps.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  await deps.db.insertInto('senders').values({ name: 'default' }).execute()
  const attempt = await deps.db
    .insertInto('attempts')
    .values({
      delivery_id: delivery.id,
      sender_id: 1,
      worker_id: 1,
      lane: 'campaign',
      address: 'ana@library.example',
      ended_at: new Date(),
      outcome: 'accepted',
      code: 250,
      words: '250 2.0.0 <queued>',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await deps.db.updateTable('deliveries').set({ attempt_id: attempt.id }).execute()

  const { get } = await openConsole(deps, 'director', { time_zone: 'Australia/Sydney' })
  const { statusCode, body } = await get(path)
  expect(statusCode).toBe(200)
  for (const words of [
    '<h1><bdi>Ana Souza</bdi></h1>',
    'ana@library.example',
    'English (en)',
    'Sao Paulo (UTC-3)',
    '(assumed from the country)',
    '06:00</time>',
    '<dd dir="auto">&lt;b&gt;كتابة&lt;/b&gt;</dd>',
    '<dd dir="auto">Copyright, Open access</dd>',
    `<a href="/console/participants/${other}"><bdi>Ben Carter</bdi></a>, Peru`,
    'On. Nobody has ever stopped it.',
    'It comes with the application. They have decided nothing else.',
    'Not agreed: they have decided nothing. It is off.',
    `<a class="button" href="${path}/privacy">Export or erase`,
    `<a href="/console/campaigns/${campaign}"><bdi>Topic &lt;1&gt;</bdi></a>`,
    '250 2.0.0 &lt;queued&gt;',
    '1 March 2016, 20:00</time>',
    'Times: Sydney (UTC+11)',
    '<bdi>forms.csv</bdi>',
  ]) {
    expect(body, words).toContain(words)
  }
  expect((await get('/console/participants/999')).statusCode).toBe(404)
  expect((await get('/console/participants/abc')).statusCode).toBe(422)
})

test('what a reader changed by a link is shown with what stood there before', async () => {
  const { deps, id, path } = await openPerson()
  await deliver(deps, id, 1)
  const delivery = await deps.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  await deps.db
    .insertInto('preference_changes')
    .values({
      person_id: id,
      delivery_id: delivery.id,
      before: JSON.stringify({ given_name: 'Ana', time_zone: null }),
      after: JSON.stringify({ given_name: '<i>', time_zone: 'America/Manaus' }),
      changed_at: deps.clock.now(),
    })
    .execute()
  const { body } = await (await openConsole(deps)).get(path)
  expect(body).toContain('Given name: <bdi class="muted">Ana</bdi>, now <bdi>&lt;i&gt;</bdi>')
  expect(body).toContain('Time zone: <bdi class="muted">nothing</bdi>, now <bdi>America/Manaus</bdi>')
})

test('mail comes fifty at a time', async () => {
  const { deps, id, path } = await openPerson()
  await deliver(deps, id, 51)
  const { get } = await openConsole(deps)
  const first = (await get(path)).body
  expect(first).toContain('<bdi>Topic &lt;51&gt;</bdi>')
  expect(first).not.toContain('<bdi>Topic &lt;1&gt;</bdi>')
  const next = /href="([^"]*before[^"]*)#mail" rel="next"/.exec(first)?.[1]?.replaceAll('&#x3D;', '=')
  expect((await get(next as string)).body).toContain('<bdi>Topic &lt;1&gt;</bdi>')
})

test('"why (not) this mail?" answers in a sentence, also about a pause that has ended since', async () => {
  const { deps, id, path } = await openPerson()
  const [campaign] = await deliver(deps, id, 1, 'skipped')
  const until = new Date(deps.clock.now().getTime() + 5 * 86_400_000)
  await pausePerson(deps, { id, until, source: 'delivery 1' })
  await deps.db
    .updateTable('deliveries')
    .set({ updated_at: new Date(Date.now() + 1000) })
    .execute()
  const { get } = await openConsole(deps)
  const paused = 'Not sent: they asked for a pause until 2016-03-06 09:00 UTC.'
  expect((await get(`${path}?campaign=${campaign}`)).body).toContain(paused)
  expect((await get(path)).body).toContain('Campaigns are stopped: asked for a pause.')
  await deps.db
    .updateTable('suppressions')
    .set({ lifted_at: new Date(Date.now() + 5000) })
    .execute()
  expect((await get(`${path}?campaign=${campaign}`)).body).toContain(paused)
  expect((await get(`${path}?campaign=999`)).statusCode).toBe(404)
  expect((await get(`${path}?campaign=`)).statusCode).toBe(200)
})

test('mail is stopped and let go for one reason at a time, and the page tells by whom', async () => {
  const { deps, path } = await openPerson()
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@library.example', scope: 'campaigns', reason: 'unsubscribed', source: 'delivery 7' })
    .execute()
  const { get, post, staff } = await openConsole(deps)
  for (const _ of [1, 2]) {
    const answer = await post(`${path}/stop`, { scope: 'all' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${path}?notice=stopped`])
  }
  const stopped = (await get(`${path}?notice=stopped`)).body
  expect(stopped).toContain('Mail is stopped.')
  expect(stopped).toContain('All mail is stopped: stopped by hand.')
  expect(stopped).toContain(`by <bdi>${staff.name}</bdi>`)
  expect(stopped).toContain('the reader, through a link in an email')
  await post(`${path}/lift`, { scope: 'all', reason: 'manual' })
  const lifted = (await get(path)).body
  expect(lifted).toContain('Campaigns are stopped: unsubscribed.')
  expect(lifted).toContain('They asked for this themselves.')
  expect(lifted).not.toContain('All mail is stopped')
  await post(`${path}/lift`, { scope: 'campaigns', reason: 'unsubscribed' })
  expect((await get(path)).body).toContain('On again since')
  expect((await post(`${path}/stop`, { scope: 'some' })).statusCode).toBe(422)
})

test('removal asks first, then ends the application and all mail', async () => {
  const { deps, id, path } = await openPerson()
  const { get, post } = await openConsole(deps)
  expect((await get(`${path}/remove`)).body).toContain('Remove for the code of conduct')
  expect((await get(path)).body).not.toContain('removed for the code of conduct')
  for (const _ of [1, 2]) expect((await post(`${path}/remove`)).statusCode).toBe(303)
  expect((await get(path)).body).toContain('All mail is stopped: removed for the code of conduct.')
  const { state } = await deps.db
    .selectFrom('applications')
    .select('state')
    .where('person_id', '=', id)
    .executeTakeFirstOrThrow()
  expect(state).toBe('removed')
  expect((await get(`${path}/remove`)).body).toContain('They have been removed already.')
})

const seenOf = (body: string) =>
  (/name="seen" value="([^"]*)"/.exec(body)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&#x3D;', '=')

test('a person is edited; what is wrong is named, and what was typed is kept', async () => {
  const { deps, id, path } = await openPerson()
  const { get, post } = await openConsole(deps)
  const seen = seenOf((await get(`${path}/edit`)).body)
  const fields = { given_name: 'Añá', family_name: '', country_code: 'PE', language: 'pt-br', time_zone: '', seen }
  const refused = await post(`${path}/edit`, { ...fields, given_name: '<b>', language: '!!', time_zone: 'Mars/Base' })
  expect(refused.statusCode).toBe(422)
  for (const words of [
    'href="#given_name"',
    'href="#language"',
    'href="#time_zone"',
    'value="&lt;b&gt;"',
    'Mars/Base',
  ]) {
    expect(refused.body, words).toContain(words)
  }
  expect((await post(`${path}/edit`, { ...fields, country_code: 'XX' })).body).toContain('href="#country_code"')
  expect((await post(`${path}/edit`, fields)).headers.location).toBe(`${path}?notice=edited`)
  const row = await deps.db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  expect(row).toMatchObject({ given_name: 'Añá', family_name: '', country_code: 'PE', language: 'pt-BR' })
})

test('of two who edit one person the second is told, and overwrites only what they have seen', async () => {
  const { deps, id, path } = await openPerson()
  const { get, post } = await openConsole(deps)
  const seen = seenOf((await get(`${path}/edit`)).body)
  const fields = { given_name: 'Ana', family_name: 'Lima', country_code: 'BR', language: 'en', time_zone: '', seen }
  await deps.db.updateTable('people').set({ time_zone: 'America/Manaus' }).where('id', '=', id).execute()
  const late = await post(`${path}/edit`, fields)
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('It says now: Ana Souza, Brazil, en, America/Manaus.')
  expect(late.body).toContain('value="Lima"')
  const again = await post(`${path}/edit`, { ...fields, seen: seenOf(late.body) })
  expect(again.statusCode).toBe(303)
  for (const bad of ['', '{', 'null', '{"given_name":1}']) {
    expect((await post(`${path}/edit`, { ...fields, seen: bad })).statusCode, bad).toBe(422)
  }
})

test('who may only read sees no button, and is refused what it does', async () => {
  const { deps, path } = await openPerson()
  const { get, post } = await openConsole(deps, 'communications_officer')
  const { body } = await get(path)
  expect(body).toContain('Ana Souza')
  for (const words of ['/edit"', '/stop"', '/remove"']) expect(body).not.toContain(words)
  expect((await get(`${path}/edit`)).statusCode).toBe(403)
  for (const action of ['edit', 'stop', 'lift', 'remove']) {
    expect((await post(`${path}/${action}`, { scope: 'all', reason: 'manual' })).statusCode, action).toBe(403)
  }
})

test('what an applicant answered is recorded on their page, taken back, and never for who has left', async () => {
  const { deps, id, path } = await openPerson()
  const visit = await openConsole(deps, 'data_officer')
  const stateOf = async () =>
    (await deps.db.selectFrom('applications').select('state').where('person_id', '=', id).executeTakeFirstOrThrow())
      .state
  const record = (answer: string) => visit.post(`${path}/answer`, { round: '2016A', answer })
  expect((await visit.get(path)).body).toContain('Record their answer')
  const confirmed = await record('confirmed')
  expect(confirmed.headers.location).toBe(`${path}?notice=answered#applications`)
  expect(await stateOf()).toBe('confirmed')
  expect((await record('confirmed')).headers.location).toBe(`${path}?notice=answered-before#applications`)
  const page = (await visit.get(path)).body
  expect(page).toContain('Take the answer back')
  expect(page).not.toContain('value="confirmed"')
  await record('applied')
  expect(await stateOf()).toBe('applied')
  expect((await record('perhaps')).statusCode).toBe(422)

  await deps.db.updateTable('applications').set({ code_of_conduct_agreed: false }).where('person_id', '=', id).execute()
  expect((await visit.get(path)).body).toContain('they cannot be confirmed')
  const refused = await record('confirmed')
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('did not agree to the code of conduct')
  await deps.db.updateTable('applications').set({ state: 'withdrawn' }).where('person_id', '=', id).execute()
  expect((await visit.get(path)).body).not.toContain('Record their answer')
  const officer = await openConsole(deps, 'communications_officer', { app: visit.app })
  expect((await officer.get(path)).body).not.toContain('Record their answer')
})

test('what somebody answered and wrote stands there, with who recorded it and what became of it', async () => {
  const inbox = await openInbox()
  const { deps, reply, idOf, receive, addressOf } = inbox
  await reply('ana', 'Yes')
  deps.clock.advance(3_600_000)
  await reply('ana', 'Sorry, can I still say <b>no</b>?')
  const bounce = await write({
    ...{ from: 'MAILER-DAEMON@mx.example', to: await addressOf('ana', 'bounce'), subject: 'Undelivered Mail' },
    text: '<ana@library.example>: host mx.example said: 550 5.1.1 no such user',
  })
  await receive(bounce, { mail_from: '', rcpt_to: await addressOf('ana', 'bounce') })
  const visit = await openConsole(deps)
  const page = await visit.get(`/console/participants/${idOf('ana')}`)
  const words = textOf(page.body)
  expect(words).toMatch(/What they answered .*2016A: confirmed by a reply/)
  expect(words).toMatch(/Mail from them .*to the Inbox/)
  expect(words).toContain('read as yes')
  expect(page.body).toContain('&lt;b&gt;no&lt;/b&gt;')
  expect(words).toMatch(/Can you still take part\?.* answered 1 March 2016, 09:00/)
  expect(words).toMatch(/came back 1 March 2016, 10:00/)
  await visit.post(`/console/participants/${idOf('ana')}/answer`, { round: '2016A', answer: 'declined' })
  const after = textOf((await visit.get(`/console/participants/${idOf('ana')}`)).body)
  expect(after).toContain(`2016A: declined recorded by ${visit.staff.name}`)
})
