import formbody from '@fastify/formbody'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { addConfirmPages } from '../../../src/features/confirmations/index.ts'
import { signToken, type TokenPurpose } from '../../../src/lib/tokens.ts'
import { openLinkGuard } from '../../../src/platform/http/link-guard.ts'
import { openPages } from '../../../src/platform/http/pages.ts'
import { openReaderPages } from '../../../src/platform/http/reader-pages.ts'
import { setPageHeaders } from '../../../src/platform/http/security-headers.ts'
import { openApiApp } from '../../support/api-app.ts'
import { addPartnership } from '../campaigns/round.ts'
import { askEverybody, LAST_SECOND, type OpenRound, OVER, openRound, type People } from './asked.ts'

async function openApp({ deps }: OpenRound) {
  const app = openApiApp(deps)
  app.addHook('onRequest', async (_request, reply) => {
    setPageHeaders(reply)
  })
  await app.register(formbody)
  const readers = openReaderPages(openPages(), async () => 'help@programme.example')
  await addConfirmPages(app, { ...deps, readers, guard: openLinkGuard(deps) })
  await app.ready()
  return app
}

async function open(people?: People) {
  const round = await openRound(people)
  const { deliveryOf, campaign_id } = await askEverybody(round)
  const app = await openApp(round)
  const urlOf = async (name: string, purpose: TokenPurpose = 'confirm') =>
    `/p/confirm/${signToken(round.deps.keys, purpose, await deliveryOf(name))}`
  const page = async (name: string) => (await app.inject(await urlOf(name))).body
  const post = async (name: string, answer: string, url?: string) =>
    app.inject({
      method: 'POST',
      url: url ?? (await urlOf(name)),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ answer }).toString(),
    })
  return { ...round, app, urlOf, page, post, deliveryOf, campaign_id }
}

/** Everything that a click or a look could change. */
async function everything({ deps }: OpenRound) {
  const { rows } = await sql<{ rows: unknown }>`
    select jsonb_build_object(
      'applications', (select jsonb_agg(to_jsonb(a) order by id) from applications a),
      'answers', (select jsonb_agg(to_jsonb(a) order by id) from confirmation_answers a),
      'deliveries', (select jsonb_agg(to_jsonb(d) order by id) from deliveries d),
      'campaigns', (select jsonb_agg(to_jsonb(c) order by id) from campaigns c)) as rows`.execute(deps.db)
  return rows[0]?.rows
}

const buttonsOf = (html: string) => [...html.matchAll(/name="answer" value="(\w+)"/g)].map(([, value]) => value)

test('the page shows the question, what one agrees to and the last day; no name, no cookie, nothing from elsewhere', async () => {
  const { app, urlOf } = await open({ ana: { family_name: 'Secret-Souza' } })
  const answer = await app.inject(await urlOf('ana'))
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(answer.body).toContain('<h1>Can you still take part?</h1>')
  expect(answer.body).toContain('until the end of 15 March 2016, wherever you are')
  expect(answer.body).toContain('href="/conduct"')
  expect(buttonsOf(answer.body)).toEqual(['confirmed', 'declined'])
  expect(answer.body).not.toMatch(/Secret|@library\.example|<script|https?:\/\//)
  expect(Buffer.byteLength(answer.body)).toBeLessThan(15 * 1024)
})

test('fifty looks by scanners, some of which try everything but a form, change no row', async () => {
  const round = await open()
  const before = await everything(round)
  const url = await round.urlOf('ana')
  for (let look = 0; look < 50; look++) {
    const method = (['GET', 'HEAD', 'OPTIONS'] as const)[look % 3] as 'GET'
    const query = ['', '?answer=confirmed', '?done=confirmed', '?done=declined&answer=declined'][look % 4]
    const answer = await round.app.inject({ method, url: url + query })
    expect(answer.statusCode).toBe(method === ('OPTIONS' as string) ? 404 : 200)
    expect(answer.body).not.toContain('Thank you')
  }
  expect(await everything(round)).toEqual(before)
})

test('a click confirms, another takes it back, and each change is told by email once', async () => {
  const { post, page, states, answers, notices, urlOf, app } = await open()
  const answer = await post('ana', 'confirmed')
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `${await urlOf('ana')}?done=confirmed`])
  const shown = (await app.inject(answer.headers.location as string)).body
  expect(shown).toContain('<p class="notice" role="status">Thank you. We have recorded that you take part.</p>')
  expect(shown).toContain('<h1>Your place is confirmed</h1>')
  expect(buttonsOf(shown)).toEqual(['declined'])
  await post('ana', 'confirmed')
  await post('ana', 'declined')
  expect(buttonsOf(await page('ana'))).toEqual(['confirmed'])
  // The old address does not thank for what is not so any more.
  expect((await app.inject(`${await urlOf('ana')}?done=confirmed`)).body).not.toContain('Thank you. We')
  await post('ana', 'confirmed')
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'applied' })
  expect(await notices('ana')).toEqual(['confirmation_recorded', 'decline_recorded', 'confirmation_recorded'])
  expect(await answers('ana')).toEqual([
    'applied > confirmed by link',
    'confirmed > declined by link',
    'declined > confirmed by link',
  ])
})

test('twenty clicks at once on one button are one answer and one email', async () => {
  const { post, states, answers, notices } = await open()
  const all = await Promise.all(Array.from({ length: 20 }, () => post('ana', 'confirmed')))
  expect(new Set(all.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  expect(await states()).toMatchObject({ ana: 'confirmed' })
  expect(await answers('ana')).toEqual(['applied > confirmed by link'])
  expect(await notices('ana')).toEqual(['confirmation_recorded'])
})

test('whoever clicks to and fro all day fills nobody’s mailbox, and the last click counts', async () => {
  const { post, states, notices } = await open()
  for (let click = 0; click < 24; click++) await post('ana', click % 2 === 0 ? 'confirmed' : 'declined')
  expect(await states()).toMatchObject({ ana: 'declined' })
  expect((await notices('ana')).length).toBe(10)
})

test('a click in the last second counts, however long its form is on the way; one after it changes nothing and says so', async () => {
  const { deps, urlOf, post, page, states } = await open()
  deps.clock.set(LAST_SECOND)
  const url = await urlOf('ana')
  // The last second passes right after the request was first looked at.
  let late = false
  const original = deps.clock.now
  deps.clock.now = () => {
    const now = original()
    if (!late) {
      late = true
      deps.clock.set(OVER)
    }
    return now
  }
  onTestFinished(() => {
    deps.clock.now = original
  })
  expect((await post('ana', 'confirmed', url)).headers.location).toBe(`${url}?done=confirmed`)
  expect((await post('ben', 'confirmed')).headers.location).toBe(await urlOf('ben'))
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'applied' })
  const over = await page('ben')
  expect(over).toContain('<h1>The last day to answer is over</h1>')
  expect(over).not.toContain('Can you still take part?')
  expect(over).toContain('The last day to answer was 15 March 2016')
  expect(over).toContain('help@programme.example')
  expect(buttonsOf(over)).toEqual([])
  expect(buttonsOf(await page('ana'))).toEqual([])
})

test('whose place has lapsed is told so, and may answer when the last day was moved', async () => {
  const { deps, page, post, states, setState } = await open()
  deps.clock.set(OVER)
  await setState('ana', 'lapsed')
  expect(await page('ana')).toContain('<h1>We did not hear from you</h1>')
  expect(buttonsOf(await page('ana'))).toEqual([])
  await deps.db.updateTable('rounds').set({ confirm_by: '2016-03-20' }).execute()
  expect(buttonsOf(await page('ana'))).toEqual(['confirmed', 'declined'])
  await post('ana', 'confirmed')
  expect(await states()).toMatchObject({ ana: 'confirmed' })
})

test('who waits can leave, for good, and is sent nothing; who was not asked yet can leave too', async () => {
  const { page, post, setState, states, notices, deps, deliveryOf } = await open()
  await setState('ana', 'waitlisted')
  expect(buttonsOf(await page('ana'))).toEqual(['withdrawn'])
  await post('ana', 'confirmed')
  expect(await states()).toMatchObject({ ana: 'waitlisted' })
  await post('ana', 'withdrawn')
  expect(await page('ana')).toContain('<h1>You are not taking part</h1>')
  await post('ana', 'confirmed')
  expect(await states()).toMatchObject({ ana: 'withdrawn' })
  expect(await notices('ana')).toEqual([])
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'cancelled' })
    .where('id', '=', await deliveryOf('ben'))
    .execute()
  expect(await page('ben')).toContain('<h1>We have your application</h1>')
  expect(buttonsOf(await page('ben'))).toEqual(['withdrawn'])
})

test('who did not agree to the code of conduct may only decline here; who was introduced and who was removed only write', async () => {
  const round = await open({ ana: {}, ben: {}, cho: {}, dan: {} })
  const { deps, round_id, idOf, page, setState, post, states } = round
  await deps.db
    .updateTable('applications')
    .set({ code_of_conduct_agreed: false })
    .where('person_id', '=', idOf('ana'))
    .execute()
  await setState('ben', 'confirmed')
  await addPartnership(deps.db, round_id, [idOf('ben'), idOf('cho')], { introduced_at: deps.clock.now() })
  await setState('dan', 'removed')
  expect(await page('ana')).toContain('You did not agree to the code of conduct')
  expect(buttonsOf(await page('ana'))).toEqual(['declined'])
  expect(await page('ben')).toContain('<h1>You have met your partner</h1>')
  for (const name of ['ben', 'dan']) expect(buttonsOf(await page(name))).toEqual([])
  await post('ana', 'confirmed')
  await post('ben', 'declined')
  await post('dan', 'confirmed')
  expect(await states()).toMatchObject({ ana: 'applied', ben: 'confirmed', dan: 'removed' })
})

test('a forged link, another purpose’s, one cut off and one in capitals; nobody learns whether an address exists', async () => {
  const { app, urlOf, post, states } = await open()
  const url = await urlOf('ana')
  const bad = [
    url.slice(0, -1),
    `${url}a`,
    url.replace(/.(?=.{5}$)/, (one) => (one === 'a' ? 'b' : 'a')),
    '/p/confirm/x',
    '/p/confirm/',
  ]
  for (const link of [...bad, await urlOf('ana', 'preferences'), await urlOf('ana', 'reply')]) {
    const shown = await app.inject(link)
    expect(shown.statusCode, link).toBe(404)
    expect((await post('ana', 'confirmed', link)).statusCode, link).toBe(404)
  }
  expect((await app.inject(bad[0] as string)).body).toContain('This link does not work')
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect((await app.inject(url.replace(/[^/]+$/, (token) => token.toUpperCase()))).statusCode).toBe(200)
})

test('links are guessed slowly', async () => {
  const { app, urlOf } = await open()
  let last = 0
  for (let guess = 0; guess < 200 && last !== 429; guess++)
    last = (await app.inject(`/p/confirm/guess${guess}`)).statusCode
  expect(last).toBe(429)
  // a good link is read all the same
  expect((await app.inject(await urlOf('ana'))).statusCode).toBe(200)
})

test('whoever is gone leaves a link that says so', async () => {
  const { deps, app, urlOf, idOf } = await open()
  await deps.db.deleteFrom('applications').where('person_id', '=', idOf('ana')).execute()
  expect((await app.inject(await urlOf('ana'))).statusCode).toBe(410)
})

test('what is no answer is refused in plain words', async () => {
  const { post, states } = await open()
  for (const answer of ['', 'applied', 'removed', 'CONFIRMED', "confirmed' or '1"])
    expect((await post('ana', answer)).statusCode, answer).toBe(422)
  expect(await states()).toMatchObject({ ana: 'applied' })
})

test('the link of a test email shows the page and changes nothing', async () => {
  const round = await open()
  await round.deps.db
    .updateTable('deliveries')
    .set({ is_test: true, address: 'officer@programme.example' })
    .where('id', '=', await round.deliveryOf('ana'))
    .execute()
  const before = await everything(round)
  const url = `/p/confirm/${signToken(round.deps.keys, 'confirm', (await round.deps.db.selectFrom('deliveries').select('id').where('is_test', '=', true).executeTakeFirstOrThrow()).id)}`
  const shown = (await round.app.inject(url)).body
  expect(shown).toContain('This link came with a test email.')
  expect(buttonsOf(shown)).toEqual(['confirmed', 'declined'])
  expect((await round.post('ana', 'confirmed', url)).headers.location).toBe(url)
  expect(await everything(round)).toEqual(before)
})

test('each reads it in their own language and direction, and a name of the round is only text', async () => {
  const { deps, page } = await open({ ana: { language: 'ar' }, ben: { language: 'fr' } })
  await deps.db.updateTable('rounds').set({ name: '<b>R & D</b>' }).execute()
  const arabic = await page('ana')
  expect(arabic).toContain('<html lang="ar" dir="rtl">')
  expect(arabic).toContain('هل ما زال بإمكانكم المشاركة؟')
  expect(arabic).toContain('&lt;b&gt;R &amp; D&lt;/b&gt;')
  expect(await page('ben')).toContain('jusqu’à la fin du 15 mars 2016')
})
