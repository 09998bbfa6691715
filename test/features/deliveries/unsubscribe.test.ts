import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openWholeApp } from '../../app/routes.ts'
import { openTestDeps } from '../../support/deps.ts'
import { neverStopped, queueCampaign, sendDeps, statesOf } from '../../support/ledger.ts'
import { startSink } from '../../support/sink/sink.ts'

async function open() {
  const deps = await openTestDeps()
  const campaign = await queueCampaign(deps.db, ['ana@x.example', 'ben@x.example'])
  const [ana] = await deps.db.selectFrom('deliveries').select(['id', 'person_id']).orderBy('id').execute()
  const token = signToken(deps.keys, 'unsubscribe', ana?.id as number)
  const app = await openWholeApp(deps)
  const suppressions = () =>
    deps.db
      .selectFrom('suppressions')
      .select(['address', 'scope', 'reason'])
      .where('lifted_at', 'is', null)
      .orderBy('address')
      .execute()
  return { deps, app, campaign, token, delivery: ana?.id as number, person: ana?.person_id as number, suppressions }
}

const STOPPED = [{ address: 'ana@x.example', scope: 'campaigns', reason: 'unsubscribed' }]

test('a scanner that follows the link fifty times changes nothing; the page asks', async () => {
  const { app, token, suppressions } = await open()
  for (let time = 0; time < 50; time++) {
    const url = `/u/${token}${time % 3 === 0 ? '/again' : ''}`
    const answer = await app.inject({ method: time % 5 === 0 ? 'HEAD' : 'GET', url })
    expect(answer.statusCode).toBe(200)
  }
  const page = await app.inject(`/u/${token}`)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['cache-control']).toContain('no-store')
  expect(page.headers['set-cookie']).toBeUndefined()
  expect(page.body).toContain('Stop these emails?')
  expect(page.body).not.toContain('<script')
  expect(page.body).not.toContain('ana@x.example')
  expect(await suppressions()).toEqual([])
})

const BODIES: [string, string, string][] = [
  ['as RFC 8058 writes it', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  [
    'multipart',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
  ],
  ['multipart that is broken', 'multipart/form-data', 'One-Click'],
  ['the button of the page', 'application/x-www-form-urlencoded', ''],
  ['nothing that says it is JSON', 'application/json', ''],
  ['plain text', 'text/plain', 'List-Unsubscribe=One-Click'],
  ['a kind nobody knows', 'application/x-unheard-of', 'x'],
  ['what is no name of a kind', 'form', 'List-Unsubscribe=One-Click'],
  ['no kind at all', '', 'List-Unsubscribe=One-Click'],
  ['more than is read of any form', 'multipart/form-data; boundary=b', 'x'.repeat(3_000_000)],
]

test.each(BODIES)('POST acts at once, without cookie or redirect: %s', async (_what, type, payload) => {
  const { app, token, suppressions } = await open()
  const answer = await app.inject({ method: 'POST', url: `/u/${token}`, headers: { 'content-type': type }, payload })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers.location).toBeUndefined()
  expect(answer.body).toContain('You will not get these emails any more')
  expect(await suppressions()).toEqual(STOPPED)
})

test.each(['?read=__proto__', '?read=constructor', '?read=en&read=fr', '?read=%', '?read=%00', '?utm_source=x'])(
  'whatever stands behind the address, the wish counts: %s',
  async (query) => {
    const { app, token, suppressions } = await open()
    const answer = await app.inject({ method: 'POST', url: `/u/${token}${query}` })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('You will not get these emails any more')
    expect(await suppressions()).toEqual(STOPPED)
  },
)

test('over a real connection too, one after another, with a body or without', async () => {
  const { app, token, suppressions } = await open()
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/u/${token}`
  const form = new FormData()
  form.set('List-Unsubscribe', 'One-Click')
  for (const body of [new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), form, undefined, 'x'.repeat(100_000)]) {
    const answer = await fetch(url, { method: 'POST', redirect: 'error', ...(body === undefined ? {} : { body }) })
    expect(answer.status).toBe(200)
    await answer.text()
  }
  expect(await suppressions()).toEqual(STOPPED)
})

test('asked twice, or by two at once, it is the same; a token that a mail server wrote in capitals counts', async () => {
  const { app, token, suppressions } = await open()
  const post = (text: string) => app.inject({ method: 'POST', url: `/u/${text}` })
  const answers = await Promise.all([post(token), post(token.toUpperCase()), post(token)])
  expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200])
  await post(token)
  expect(await suppressions()).toEqual(STOPPED)
})

test('a token that is cut, forged, of another purpose or far too long gets a page that says nothing of anybody', async () => {
  const { deps, app, token, delivery, suppressions } = await open()
  const forged = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`
  const others = [
    token.slice(0, 20),
    forged,
    signToken(deps.keys, 'reply', delivery),
    signToken(deps.keys, 'unsubscribe', 98_765),
    'x',
    `${token}${token}${token}`,
    '%F0%9F%91%A9',
    `${token}.`,
  ]
  const pages = new Set<string>()
  for (const other of others) {
    for (const [method, url] of [
      ['GET', `/u/${other}`],
      ['POST', `/u/${other}`],
      ['POST', `/u/${other}/again`],
    ] as const) {
      const answer = await app.inject({ method, url })
      expect(answer.statusCode, `${method} ${url}`).toBe(404)
      expect(answer.headers['content-type']).toContain('text/html')
      pages.add(answer.body)
    }
  }
  expect(pages.size).toBe(1)
  expect(await suppressions()).toEqual([])
})

test('campaigns that are under way leave the reader out at once, automatic email still comes, and "again" brings all back', async () => {
  const { deps, app, campaign, token, person } = await open()
  const sink = await startSink()
  onTestFinished(() => sink.close())
  const run = await sendDeps(deps, sink.url)
  await app.inject({ method: 'POST', url: `/u/${token}` })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, campaign)).toEqual({ accepted: 1, skipped: 1 })
  const { skipped_reason } = await deps.db
    .selectFrom('deliveries')
    .select('skipped_reason')
    .where('person_id', '=', person)
    .executeTakeFirstOrThrow()
  expect(skipped_reason).toBe('unsubscribed')
  const reminder = await queueCampaign(deps.db, ['ana@x.example'], { lane: 'automatic' })
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, reminder)).toEqual({ accepted: 1 })

  const page = await app.inject(`/u/${token}`)
  expect(page.body).toContain(`action="/u/${token}/again?read=en"`)
  expect((await app.inject({ method: 'POST', url: `/u/${token}/again` })).body).toContain(
    'You will get these emails again',
  )
  const next = await queueCampaign(deps.db, ['ana@x.example'])
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, next)).toEqual({ accepted: 1 })
})

test('"again" takes back the reader’s own wish alone: a complaint or a bounce stands', async () => {
  const { deps, app, token, suppressions } = await open()
  const others = [
    { address: 'ana@x.example', scope: 'campaigns', reason: 'complaint', source: 'test' },
    { address: 'ana@x.example', scope: 'all', reason: 'hard_bounce', source: 'test' },
    { address: 'ben@x.example', scope: 'campaigns', reason: 'unsubscribed', source: 'test' },
  ]
  await deps.db.insertInto('suppressions').values(others).execute()
  await app.inject({ method: 'POST', url: `/u/${token}` })
  await app.inject({ method: 'POST', url: `/u/${token}/again` })
  expect((await suppressions()).map(({ reason }) => reason).sort()).toEqual([
    'complaint',
    'hard_bounce',
    'unsubscribed',
  ])
})

test('the wish is the person’s: it holds for every address of theirs, but a test email speaks for nobody else', async () => {
  const { deps, app, token, person, delivery, suppressions } = await open()
  const addresses = ['ana@x.example', 'ana@new.example'].map((address, at) => ({
    person_id: person,
    address,
    is_primary: at === 1,
  }))
  await deps.db.insertInto('addresses').values(addresses).execute()
  await app.inject({ method: 'POST', url: `/u/${token}` })
  expect((await suppressions()).map(({ address }) => address)).toEqual(['ana@new.example', 'ana@x.example'])
  await app.inject({ method: 'POST', url: `/u/${token}/again` })
  expect(await suppressions()).toEqual([])
  // An officer looks at the email as Ana would get it, and tries the link.
  await sql`update deliveries set is_test = true, address = 'officer@programme.example' where id = ${delivery}`.execute(
    deps.db,
  )
  await app.inject({ method: 'POST', url: `/u/${token}` })
  expect((await suppressions()).map(({ address }) => address)).toEqual(['officer@programme.example'])
})
