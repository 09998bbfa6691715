import { expect, test } from 'vitest'
import { listPreferenceChanges } from '../../../src/features/preferences/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openWholeApp } from '../../app/routes.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign } from '../../support/ledger.ts'

async function open(person: { language?: string; country_code?: string; time_zone?: string } = {}) {
  const deps = await openTestDeps()
  await queueCampaign(deps.db, ['ana@x.example', 'ben@x.example'])
  const [ana] = await deps.db.selectFrom('deliveries').select(['id', 'person_id']).orderBy('id').execute()
  const id = ana?.person_id as number
  await deps.db
    .updateTable('people')
    .set({ given_name: 'Ana', family_name: 'Secret-Souza', country_code: 'KE', ...person })
    .where('id', '=', id)
    .execute()
  await deps.db.insertInto('addresses').values({ person_id: id, address: 'ana@x.example' }).execute()
  const delivery = ana?.id as number
  const token = signToken(deps.keys, 'preferences', delivery)
  const url = `/p/preferences/${token}`
  const app = await openWholeApp(deps)
  const post = (fields: Record<string, string>, to = url) =>
    app.inject({
      method: 'POST',
      url: to,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })
  const standing = async () =>
    (
      await deps.db
        .selectFrom('suppressions')
        .select(['address', 'scope', 'reason', 'source', 'ends_at'])
        .where('lifted_at', 'is', null)
        .orderBy('id')
        .execute()
    ).map(({ ends_at, ...row }) => ({ ...row, ...(ends_at ? { ends_at: ends_at.toISOString() } : {}) }))
  const row = () => deps.db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return { deps, app, url, token, delivery, id, post, standing, row, page: async () => (await app.inject(url)).body }
}

const DETAILS = { decide: 'save', given_name: 'Ana', family_name: '', language: 'en', time_zone: '' }

test('the page shows neither address nor family name, sets no cookie, loads nothing else, and may not be kept', async () => {
  const { app, url } = await open()
  for (const path of [url, `${url}/stop`, `${url}?done=save`, `${url}?done=toString`]) {
    const answer = await app.inject(path)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.body).toContain('<meta name="robots" content="noindex">')
    expect(answer.body).not.toMatch(/Secret|@x\.example|<script|https?:\/\//)
  }
})

test('looking at the page, as mail scanners do, changes nothing', async () => {
  const { app, url, standing, row } = await open()
  const before = await row()
  for (const path of [url, `${url}/stop`, `${url}?done=stop_everything`, `${url}?decide=stop_everything`]) {
    await app.inject({ method: 'HEAD', url: path })
    await app.inject(path)
  }
  expect(await standing()).toEqual([])
  expect(await row()).toEqual(before)
})

test('topics and announcements stop and begin again; twice is the same', async () => {
  const { post, standing, page, url, delivery } = await open()
  const answer = await post({ decide: 'stop_topics' })
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `${url}?done=stop_topics`])
  await post({ decide: 'stop_topics' })
  const source = `delivery ${delivery}`
  expect(await standing()).toEqual([{ address: 'ana@x.example', scope: 'campaigns', reason: 'unsubscribed', source }])
  expect(await page()).toContain('You get no topic emails and no announcements.')
  await post({ decide: 'start_topics' })
  expect(await standing()).toEqual([])
})

test('everything stops and begins again, and what the reader stopped of the topics before stays stopped', async () => {
  const { post, standing, page, delivery } = await open()
  await post({ decide: 'stop_topics' })
  await post({ decide: 'stop_everything' })
  expect((await standing()).map(({ scope }) => scope)).toEqual(['campaigns', 'all'])
  const stopped = await page()
  expect(stopped).toContain('We send you no email at all.')
  expect(stopped).not.toContain('value="stop_everything"')
  await post({ decide: 'start_everything' })
  expect(await standing()).toMatchObject([{ scope: 'campaigns', source: `delivery ${delivery}` }])
})

test('coming back takes back the reader’s own wish alone; what stands otherwise is said without its reason', async () => {
  const { deps, post, standing, page } = await open()
  await deps.db
    .insertInto('suppressions')
    .values({ address: 'ana@x.example', scope: 'all', reason: 'hard_bounce', source: 'test' })
    .execute()
  await post({ decide: 'start_everything' })
  await post({ decide: 'start_topics' })
  await post({ decide: 'resume' })
  expect(await standing()).toMatchObject([{ reason: 'hard_bounce' }])
  expect(await page()).toContain('Our emails to you are stopped for another reason too.')
  expect(await page()).not.toMatch(/bounce/i)
})

test('a pause ends when the chosen day begins on the reader’s own clock, a second moves it, and it can end now', async () => {
  const { post, standing, page } = await open({ country_code: 'NZ' })
  await post({ decide: 'pause', until: '2016-05-01' })
  await post({ decide: 'pause', until: '2016-05-10' })
  expect(await standing()).toMatchObject([
    { scope: 'campaigns', reason: 'paused', ends_at: '2016-05-09T12:00:00.000Z' },
  ])
  expect(await page()).toContain('They begin again on 10 May 2016.')
  await post({ decide: 'resume' })
  expect(await standing()).toEqual([])
})

test('the days of a pause: from tomorrow until six months from now, as the reader’s own calendar has it', async () => {
  // 09:00 in UTC on 1 March is 22:00 of the same day in Auckland, and 2 March begins there at 11:00 UTC.
  const { deps, app, url, post, standing } = await open({ country_code: 'NZ' })
  deps.clock.set('2016-03-01T11:30:00Z')
  expect((await app.inject(url)).body).toMatch(/min="2016-03-03" max="2016-09-02"/)
  for (const until of [
    '2016-03-02',
    '2016-09-03',
    '2015-01-01',
    '2016-02-30',
    '2016-04-31',
    '',
    '9999-99-99',
    'soon',
  ]) {
    const answer = await post({ decide: 'pause', until })
    expect(answer.statusCode, until).toBe(422)
    expect(answer.body).toContain('Choose a day from tomorrow until 2 September 2016.')
  }
  expect(await standing()).toEqual([])
  expect((await post({ decide: 'pause', until: '2016-09-02' })).statusCode).toBe(303)
})

test('name, language and zone are saved, with what stood there before and the email whose link it was', async () => {
  const { deps, post, row, id, delivery, page } = await open()
  const answer = await post({ ...DETAILS, given_name: '  Anne ', language: 'fr', time_zone: 'Europe/Paris' })
  expect(answer.statusCode).toBe(303)
  expect(await row()).toMatchObject({
    given_name: 'Anne',
    family_name: 'Secret-Souza',
    language: 'fr',
    time_zone: 'Europe/Paris',
  })
  expect(await listPreferenceChanges(deps.db, id)).toMatchObject([
    {
      delivery_id: delivery,
      before: { given_name: 'Ana', language: 'en', time_zone: null },
      after: { given_name: 'Anne', language: 'fr', time_zone: 'Europe/Paris' },
    },
  ])
  expect(await page()).toContain('<html lang="fr" dir="ltr">')
  // Pressed twice: nothing more has changed, so nothing more is written.
  await post({ ...DETAILS, given_name: 'Anne', language: 'fr', time_zone: 'Europe/Paris' })
  expect(await listPreferenceChanges(deps.db, id)).toHaveLength(1)
  await post({ ...DETAILS, given_name: 'Anne', family_name: 'Silva', language: 'fr' })
  expect(await row()).toMatchObject({ family_name: 'Silva', time_zone: null })
})

test('what cannot be kept is refused by field, in the reader’s words, and nothing typed is lost', async () => {
  const { deps, id, post, row } = await open()
  const before = await row()
  const hostile = {
    given_name: '<b>"Ana"',
    family_name: 'see https://evil.example',
    language: 'xx',
    time_zone: 'Mars/One',
  }
  const answer = await post({ ...DETAILS, ...hostile })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain('value="&lt;b&gt;&quot;Ana&quot;"')
  expect(answer.body).toContain('value="see https://evil.example"')
  for (const field of Object.keys(hostile)) expect(answer.body).toContain(`<a href="#${field}">`)
  for (const given_name of ['', ' ', 'a\0b', '\u202eevil', '=cmd()', 'x'.repeat(201)])
    expect((await post({ ...DETAILS, given_name })).statusCode, given_name).toBe(422)
  expect((await post({ decide: 'drop_table' })).statusCode).toBe(422)
  expect((await post({})).statusCode).toBe(422)
  expect(await row()).toEqual(before)
  expect(await listPreferenceChanges(deps.db, id)).toEqual([])
})

test('an old name that today’s rules would refuse does not stand in the way of another change', async () => {
  const { deps, id, post, row } = await open()
  await deps.db.updateTable('people').set({ given_name: 'Ana <3' }).where('id', '=', id).execute()
  expect((await post({ ...DETAILS, given_name: 'Ana <3', language: 'es' })).statusCode).toBe(303)
  expect(await row()).toMatchObject({ given_name: 'Ana <3', language: 'es' })
})

test('the link of a test email shows the page and changes nothing', async () => {
  const { deps, delivery, post, standing, row, page } = await open()
  await deps.db
    .updateTable('deliveries')
    .set({ is_test: true, address: 'officer@programme.example' })
    .where('id', '=', delivery)
    .execute()
  const before = await row()
  expect(await page()).toContain('This link came with a test email.')
  for (const fields of [
    { decide: 'stop_everything' },
    { decide: 'stop_topics' },
    { decide: 'pause', until: '2016-05-01' },
    { ...DETAILS, given_name: 'Mallory' },
  ])
    expect((await post(fields)).statusCode).toBe(303)
  expect(await standing()).toEqual([])
  expect(await row()).toEqual(before)
})

test('whatever is wrong with a link, the page says the same; a person who is gone is gone', async () => {
  const { deps, app, token, delivery, id, post } = await open()
  const bad = [
    token.slice(0, 20),
    signToken(deps.keys, 'unsubscribe', delivery),
    `${token.slice(0, -2)}${token.at(-2) === 'a' ? 'b' : 'a'}${token.at(-1)}`,
    'x',
    '%F0%9F%91%A9',
  ]
  const bodies = new Set<string>()
  for (const other of bad) {
    for (const answer of [
      await app.inject(`/p/preferences/${other}`),
      await app.inject(`/p/preferences/${other}/stop`),
      await post({ decide: 'stop_everything' }, `/p/preferences/${other}`),
    ]) {
      expect(answer.statusCode).toBe(404)
      bodies.add(answer.body)
    }
  }
  await deps.db.deleteFrom('addresses').where('person_id', '=', id).execute()
  const gone = await app.inject(`/p/preferences/${token}`)
  expect(gone.statusCode).toBe(410)
  bodies.add(gone.body)
  expect(bodies.size).toBe(1)
})

test('who guesses links waits a minute; a good link opens all the while', async () => {
  const { deps, app, url } = await open()
  const guess = (at: number) => app.inject({ url: `/p/preferences/guess${at}`, headers: { 'accept-language': 'ar' } })
  for (let at = 0; at < 100; at++) expect((await guess(at)).statusCode).toBe(404)
  const slowed = await guess(100)
  expect(slowed.statusCode).toBe(429)
  expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0)
  expect(slowed.body).toContain('<html lang="ar" dir="rtl">')
  expect((await app.inject('/u/another-guess')).statusCode).toBe(429)
  expect((await app.inject(url)).statusCode).toBe(200)
  deps.clock.advance(61_000)
  expect((await guess(101)).statusCode).toBe(404)
})

test('a database that is away gives a page in plain words, with its contact where it always stands', async () => {
  const { deps, app, url } = await open()
  await deps.db.updateTable('programme').set({ contact_address: 'hello@programme.example' }).execute()
  expect((await app.inject(url)).body).toContain(
    '<footer><p>A question? Reply to any of our emails, or write to hello@programme.example.',
  )
  await deps.db.schema.alterTable('deliveries').renameTo('elsewhere').execute()
  const failed = await app.inject({ url, headers: { 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.8' } })
  expect(failed.statusCode).toBe(500)
  expect(failed.headers['content-type']).toContain('text/html')
  expect(failed.body).toContain('Un problème est survenu de notre côté')
  expect(failed.body).not.toMatch(/relation|deliveries/)
})

test.each([
  ['fr-CA', 'fr', 'ltr', 'Vos préférences'],
  ['es', 'es', 'ltr', 'Tus preferencias'],
  ['ar', 'ar', 'rtl', 'تفضيلاتكم'],
  ['ja', 'en', 'ltr', 'Your preferences'],
])('a reader of %s has the page in %s, %s', async (language, shown, direction, title) => {
  const { page } = await open({ language })
  const html = await page()
  expect(html).toContain(`<html lang="${shown}" dir="${direction}">`)
  expect(html).toContain(`<h1>${title}</h1>`)
  // Their own language is kept on the list, also when the page is not written in it.
  expect(html).toMatch(new RegExp(`<option value="${language}"[^>]* selected>`))
})
