import formbody from '@fastify/formbody'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addCheckInPages, recordCheckIn } from '../../../src/features/check-ins/index.ts'
import { openLinkGuard } from '../../../src/platform/http/link-guard.ts'
import { openPages } from '../../../src/platform/http/pages.ts'
import { openReaderPages } from '../../../src/platform/http/reader-pages.ts'
import { setPageHeaders } from '../../../src/platform/http/security-headers.ts'
import { openApiApp } from '../../support/api-app.ts'
import type { Applicant } from '../campaigns/round.ts'
import { type OpenRound, openRound } from './round.ts'

async function open(groups: readonly string[][] = [['ana', 'ben']], people: Record<string, Applicant> = {}) {
  const round = await openRound(groups, people)
  const { deps } = round
  const app = openApiApp(deps)
  app.addHook('onRequest', async (_request, reply) => {
    setPageHeaders(reply)
  })
  await app.register(formbody)
  const readers = openReaderPages(openPages(), async () => 'help@programme.example')
  await addCheckInPages(app, { ...deps, readers, guard: openLinkGuard(deps) })
  await app.ready()
  const urlOf = await round.send()
  const page = async (name: string) => (await app.inject(urlOf(name))).body
  const post = (name: string, answer: string, to: { at?: number; partnership?: number; url?: string } = {}) => {
    const partnership = to.partnership ?? (round.partnership_ids[to.at ?? 0] as number)
    return app.inject({
      method: 'POST',
      url: to.url ?? urlOf(name),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ partnership: String(partnership), answer }).toString(),
    })
  }
  return { ...round, app, urlOf, page, post }
}

/** Everything that a click or a look could change. */
async function everything({ deps }: OpenRound) {
  const { rows } = await sql<{ rows: unknown }>`
    select jsonb_build_object(
      'applications', (select jsonb_agg(to_jsonb(a) order by id) from applications a),
      'answers', (select jsonb_agg(to_jsonb(a) order by id) from check_in_answers a),
      'partnerships', (select jsonb_agg(to_jsonb(s) order by id) from partnerships s),
      'deliveries', (select jsonb_agg(to_jsonb(d) order by id) from deliveries d)) as rows`.execute(deps.db)
  return rows[0]?.rows
}

const buttonsOf = (html: string) => [...html.matchAll(/name="answer" value="(\w+)"/g)].map(([, value]) => value)
const ANSWERS = ['in_touch', 'no_answer', 'not_written', 'wants_new_partner', 'must_stop']

test('the page asks about the partner by given name alone; no cookie, no script, nothing from elsewhere', async () => {
  const { app, urlOf } = await open()
  const answer = await app.inject(urlOf('ana'))
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(answer.body).toContain('<h1>How is it going with your partner?</h1>')
  expect(answer.body).toContain('<bdi>ben</bdi> (<bdi>Kenya</bdi>)')
  expect(buttonsOf(answer.body)).toEqual(ANSWERS)
  expect(answer.body).not.toMatch(/Secret|@library\.example|<script|https?:\/\//)
})

test('fifty looks by scanners, some of which try everything but a form, change no row', async () => {
  const round = await open()
  const before = await everything(round)
  const url = round.urlOf('ana')
  for (let look = 0; look < 50; look++) {
    const method = (['GET', 'HEAD', 'OPTIONS'] as const)[look % 3] as 'GET'
    const query = ['', '?answer=in_touch', `?done=${round.partnership_ids[0]}`, '?done=x&answer=must_stop'][look % 4]
    const answer = await round.app.inject({ method, url: url + query })
    expect(answer.statusCode).toBe(method === ('OPTIONS' as string) ? 404 : 200)
    expect(answer.body).not.toContain('Thank you')
  }
  expect(await everything(round)).toEqual(before)
})

test('a click answers, another changes it, and every answer is kept', async () => {
  const { app, urlOf, post, page, answers, partnership_ids, deps } = await open()
  const answer = await post('ana', 'not_written')
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `${urlOf('ana')}?done=${partnership_ids[0]}`])
  const shown = (await app.inject(answer.headers.location as string)).body
  expect(shown).toContain('<p class="notice" role="status">Thank you. We have recorded your answer.</p>')
  expect(shown).toContain('On 1 March 2016 you told us: I have not written yet')
  expect(buttonsOf(shown)).toEqual(ANSWERS)
  deps.clock.advance(86_400_000)
  await post('ana', 'in_touch')
  expect(await page('ana')).toContain('On 2 March 2016 you told us: We are in touch')
  expect(await answers()).toEqual(['ana: not_written by link', 'ana: in_touch by link'])
})

test('twenty clicks at once on one button are one answer; the same answer to the next email is news', async () => {
  const { post, answers, send } = await open()
  const all = await Promise.all(Array.from({ length: 20 }, () => post('ana', 'in_touch')))
  expect(new Set(all.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  expect(await answers()).toEqual(['ana: in_touch by link'])
  const next = await send()
  await post('ana', 'in_touch', { url: next('ana') })
  expect(await answers()).toHaveLength(2)
})

test('two different answers at once are both kept, and the page shows the last', async () => {
  const { post, answers, page } = await open()
  await Promise.all([post('ana', 'in_touch'), post('ana', 'no_answer')])
  const kept = await answers()
  expect(kept.toSorted()).toEqual(['ana: in_touch by link', 'ana: no_answer by link'])
  const last = kept[1]?.includes('in_touch') ? 'We are in touch' : 'I have written but had no answer'
  expect(await page('ana')).toContain(`you told us: ${last}`)
})

test('nobody sees what their partner has answered, whatever it is', async () => {
  const { post, page } = await open()
  const before = await page('ben')
  for (const answer of ANSWERS) {
    await post('ana', answer)
    expect(await page('ben')).toBe(before)
  }
})

test('a mentor is asked about each of theirs apart, and each of those only about the mentor', async () => {
  const { post, page, answers, urlOf, app, partnership_ids } = await open([
    ['ana', 'ben'],
    ['ana', 'cho'],
  ])
  const mentor = await page('ana')
  expect(mentor).toContain('<bdi>ben</bdi>')
  expect(mentor).toContain('<bdi>cho</bdi>')
  expect(buttonsOf(mentor)).toHaveLength(10)
  const protege = await page('ben')
  expect(protege).not.toContain('cho')
  expect(buttonsOf(protege)).toHaveLength(5)
  await post('ana', 'in_touch', { at: 1 })
  expect((await page('ana')).match(/you told us/g)).toHaveLength(1)
  // Somebody else's partnership cannot be told about, however the form is changed.
  const foreign = await post('ben', 'must_stop', { at: 1 })
  expect(foreign.headers.location).toBe(urlOf('ben'))
  const shown = (await app.inject(`${urlOf('ben')}?done=${partnership_ids[1]}`)).body
  expect(shown).not.toContain('Thank you')
  expect(await answers()).toEqual(['ana: in_touch by link'])
})

test('a group of three reads both names in one question', async () => {
  const { page } = await open([['ana', 'ben', 'cho']])
  const shown = await page('ana')
  expect(shown).toContain('<bdi>ben</bdi> (<bdi>Kenya</bdi>) · <bdi>cho</bdi> (<bdi>Kenya</bdi>)')
  expect(buttonsOf(shown)).toHaveLength(5)
})

test('who must stop stays until they leave on the page of their own, which they are led to', async () => {
  const round = await open()
  await round.post('ana', 'must_stop')
  const shown = await round.page('ana')
  const href = round.urlOf('ana', 'preferences').replace('/p/check-in/', '/p/preferences/')
  expect(shown).toContain(`<a href="${href}/leave?round&#x3D;2016A">Leave International Librarians Network 2016A</a>`)
  const { state } = await round.deps.db
    .selectFrom('applications')
    .select('state')
    .where('person_id', '=', round.idOf('ana'))
    .executeTakeFirstOrThrow()
  expect(state).toBe('confirmed')
  expect(await round.page('ben')).not.toContain('/leave')
})

test('once the partnership has ended there is nothing to tell, and a form that was still open changes nothing', async () => {
  const { post, page, end, answers, urlOf } = await open()
  await post('ana', 'in_touch')
  await end(0)
  const shown = await page('ana')
  expect(shown).toContain('<h1>You have no partner to tell us about</h1>')
  expect(buttonsOf(shown)).toEqual([])
  expect((await post('ana', 'no_answer')).headers.location).toBe(urlOf('ana'))
  expect(await answers()).toEqual(['ana: in_touch by link'])
})

test('who has left the round or was not introduced yet has nothing to tell', async () => {
  const { deps, post, page, answers, idOf } = await open([
    ['ana', 'ben'],
    ['cho', 'dan'],
  ])
  await deps.db.updateTable('applications').set({ state: 'withdrawn' }).where('person_id', '=', idOf('ana')).execute()
  expect(await page('ana')).toContain('You have no partner to tell us about')
  await post('ana', 'in_touch')
  await sql`update partnerships set introduced_at = null where id in
    (select partnership_id from partnership_members where person_id = ${idOf('cho')})`.execute(deps.db)
  expect(await page('cho')).toContain('You have no partner to tell us about')
  await post('cho', 'in_touch', { at: 1 })
  expect(await answers()).toEqual([])
})

test('whoever was forgotten leaves a link that says it is gone, and answers nothing', async () => {
  const { deps, app, post, urlOf, idOf, answers, page } = await open()
  await deps.db
    .updateTable('people')
    .set({ erased_at: deps.clock.now(), given_name: 'Nobody', family_name: '' })
    .where('id', '=', idOf('ana'))
    .execute()
  expect((await app.inject(urlOf('ana'))).statusCode).toBe(410)
  expect((await post('ana', 'in_touch')).statusCode).toBe(410)
  expect(await answers()).toEqual([])
  expect(await page('ben')).not.toMatch(/<bdi><\/bdi>|Nobody|ana/)
})

test('a forged link, another purpose’s, one cut off and one in capitals', async () => {
  const { app, urlOf, post, answers } = await open()
  const url = urlOf('ana')
  const bad = [
    url.slice(0, -1),
    `${url}a`,
    '/p/check-in/x',
    '/p/check-in/',
    urlOf('ana', 'preferences'),
    urlOf('ana', 'confirm'),
  ]
  for (const link of bad) {
    expect((await app.inject(link)).statusCode, link).toBe(404)
    expect((await post('ana', 'in_touch', { url: link })).statusCode, link).toBe(404)
  }
  expect(await answers()).toEqual([])
  expect((await app.inject(url.replace(/[^/]+$/, (token) => token.toUpperCase()))).statusCode).toBe(200)
})

test('what is no answer, or about no partnership, is refused in plain words', async () => {
  const { post, answers } = await open()
  for (const answer of ['', 'happy', 'IN_TOUCH', "in_touch' or '1"])
    expect((await post('ana', answer)).statusCode, answer).toBe(422)
  for (const partnership of [-1, 1.5, Number.NaN, 2 ** 60])
    expect((await post('ana', 'in_touch', { partnership })).statusCode, String(partnership)).toBe(422)
  expect((await post('ana', 'in_touch', { partnership: 987_654 })).statusCode).toBe(303)
  expect(await answers()).toEqual([])
})

test('the link of a test email shows the page without anybody’s partner, and changes nothing', async () => {
  const round = await open()
  await round.deps.db.updateTable('deliveries').set({ is_test: true }).execute()
  const shown = await round.page('ana')
  expect(shown).toContain('This link came with a test email.')
  expect(shown).not.toContain('ben')
  expect(buttonsOf(shown)).toEqual(ANSWERS)
  for (const partnership of [0, round.partnership_ids[0] as number])
    expect((await round.post('ana', 'in_touch', { partnership })).headers.location).toBe(round.urlOf('ana'))
  expect(await round.answers()).toEqual([])
})

test('each reads it in their own language and direction, names of the other direction stand apart, and are only text', async () => {
  const { page, post } = await open([['ana', 'ben']], {
    ana: { language: 'ar', given_name: 'ليلى', country_code: 'EG' },
    ben: { language: 'fr', given_name: '<b>Ren&é</b>', country_code: 'FR' },
  })
  const arabic = await page('ana')
  expect(arabic).toContain('<html lang="ar" dir="rtl">')
  expect(arabic).toContain('كيف تسير الأمور مع شريككم؟')
  expect(arabic).toContain('<bdi>&lt;b&gt;Ren&amp;é&lt;/b&gt;</bdi> (<bdi>فرنسا</bdi>)')
  const french = await page('ben')
  expect(french).toContain('Comment cela se passe-t-il avec votre partenaire ?')
  expect(french).toContain('<bdi>ليلى</bdi> (<bdi>Égypte</bdi>)')
  await post('ben', 'in_touch')
  expect(await page('ben')).toContain('Le 1 mars 2016, vous nous avez dit : Nous sommes en contact')
})

test('what staff recorded later is what the page says, and the reader may change it again', async () => {
  const { deps, post, page, answers, partnership_ids, idOf } = await open()
  await post('ana', 'in_touch')
  const id = partnership_ids[0] as number
  await recordCheckIn(deps, { id, person_id: idOf('ana'), answer: 'no_answer', by: 'staff 3' })
  expect(await page('ana')).toContain('you told us: I have written but had no answer')
  await post('ana', 'in_touch')
  expect(await answers()).toEqual(['ana: in_touch by link', 'ana: no_answer by staff 3', 'ana: in_touch by link'])
})
