import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { readStandingConsents } from '../../../src/features/consents/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openWholeApp } from '../../app/routes.ts'
import { openTestDeps } from '../../support/deps.ts'
import { queueCampaign } from '../../support/ledger.ts'

async function open(language = 'en') {
  const deps = await openTestDeps()
  await queueCampaign(deps.db, ['ana@x.example'])
  const { id: delivery, person_id } = await deps.db
    .selectFrom('deliveries')
    .select(['id', 'person_id'])
    .executeTakeFirstOrThrow()
  const person = person_id as number
  await deps.db.updateTable('people').set({ language, country_code: 'KE' }).where('id', '=', person).execute()
  await deps.db.insertInto('addresses').values({ person_id: person, address: 'ana@x.example' }).execute()
  const url = `/p/preferences/${signToken(deps.keys, 'preferences', delivery)}`
  const app = await openWholeApp(deps)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = (decide: string, to = url) =>
    app.inject({ method: 'POST', url: to, headers, payload: `decide=${decide}` })
  const page = async () => (await app.inject(url)).body
  const consents = () => deps.db.selectFrom('consents').selectAll().orderBy('id').execute()
  const stopped = async () => {
    const rows = deps.db.selectFrom('suppressions').select('scope').where('lifted_at', 'is', null)
    return (await rows.orderBy('id').execute()).map(({ scope }) => scope)
  }
  const standing = async () => {
    const { programme_mail, news, tracking } = await readStandingConsents(deps.db, person)
    return [programme_mail.given, news.given, tracking.given]
  }
  const events = async () => (await deps.db.selectFrom('delivery_events').select('kind').execute()).length
  return { deps, app, url, delivery, person, post, page, consents, stopped, standing, events }
}

const textOf = (html: string) => html.replaceAll('&#x27;', "'").replaceAll('&amp;', '&')
const buttonsOf = (html: string) => [...html.matchAll(/name="decide" value="(\w+)"/g)].map(([, decide]) => decide)

test('three choices, each as it stands before anybody decided, and each with an exit or a way in of its own', async () => {
  const { page } = await open()
  const shown = await page()
  for (const words of [
    'You get topic emails and announcements.',
    'You have not decided yet.',
    'Off. Our emails do not tell us whether you open them',
  ])
    expect(shown).toContain(words)
  expect(buttonsOf(shown)).toEqual([...['stop_topics', 'pause', 'start_news', 'stop_news', 'start_tracking', 'save']])
})

const WAYS = [
  ['stop_topics', 'start_topics', ['campaigns'], 0, false],
  ['stop_news', 'start_news', ['news'], 1, false],
  ['start_tracking', 'stop_tracking', [], 2, true],
  ['start_news', 'stop_news', [], 1, true],
] as const

test.each(WAYS)(
  '%s: kept with the very sentence and button that were shown, with its day, and taken back by %s',
  async (decide, back, scopes, at, given) => {
    const { deps, page, post, consents, stopped, standing, delivery } = await open()
    const before = textOf(await page())
    expect((await post(decide)).statusCode).toBe(303)
    const [row] = await consents()
    expect(row).toMatchObject({ given, source: 'link', language: 'en', delivery_id: delivery, at: deps.clock.now() })
    const [, sentence = '', button = ''] = /^(.*) \[(.*)\]$/.exec(row?.wording ?? '') ?? []
    expect(before).toContain(sentence)
    expect(before).toContain(`>${button}</button>`)
    expect(await stopped()).toEqual(scopes)
    expect((await standing())[at]).toBe(given)
    const after = await page()
    expect(after).toContain('You decided this on 1 March 2016.')
    expect(buttonsOf(after)).toContain(back)
    expect(buttonsOf(after)).not.toContain(decide)
    await post(back)
    expect((await standing())[at]).toBe(!given)
    expect((await consents()).length).toBe(2)
  },
)

test('one choice leaves the others as they are', async () => {
  const { post, standing, stopped } = await open()
  await post('start_tracking')
  await post('stop_topics')
  expect([await standing(), await stopped()]).toEqual([[false, false, true], ['campaigns']])
  await post('start_news')
  await post('start_topics')
  expect([await standing(), await stopped()]).toEqual([[true, true, true], []])
  await post('stop_news')
  expect([await standing(), await stopped()]).toEqual([[true, false, true], ['news']])
})

test('with everything stopped the exit of tracking is still there; coming back keeps what was stopped of the topics', async () => {
  const { post, page, standing, stopped } = await open()
  await post('start_tracking')
  await post('stop_topics')
  await post('stop_everything')
  expect(await standing()).toEqual([false, false, true])
  expect(buttonsOf(await page())).toEqual(['start_everything', 'stop_tracking', 'save'])
  await post('start_everything')
  expect([await standing(), await stopped()]).toEqual([[false, false, true], ['campaigns']])
  await post('start_topics')
  expect((await standing())[0]).toBe(true)
})

test('ten clicks at once on one button are one decision', async () => {
  const { post, consents, stopped, events } = await open()
  for (const decide of ['stop_topics', 'stop_news', 'start_tracking']) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(decide)))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  }
  expect((await consents()).map(({ purpose }) => purpose)).toEqual(['programme_mail', 'news', 'tracking'])
  expect(await stopped()).toEqual(['campaigns', 'news'])
  expect(await events()).toBe(1)
})

test('clicks to and fro at once leave one answer, and what stops mail agrees with it', async () => {
  const { post, standing, stopped } = await open()
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      ['stop_topics', 'start_topics', 'stop_news', 'start_news', 'stop_everything', 'stop_topics'].map((one) =>
        post(one),
      ),
    )
    const [, news] = await standing()
    expect((await stopped()).includes('news')).toBe(!news)
  }
})

test('a mail scanner that opens everything on the page changes nothing', async () => {
  const { deps, app, url, page, consents, stopped } = await open()
  const { rows } = await sql<{ code: string }>`select code from rounds`.execute(deps.db)
  await deps.db
    .insertInto('applications')
    .values({
      ...{ round_id: 1, person_id: 1, state: 'confirmed', country_code: 'KE', pathway: 'direct' },
      ...{ submitted_at: deps.clock.now(), code_of_conduct_agreed: true, commitment_agreed: true },
    })
    .execute()
  const links = [...(await page()).matchAll(/href="(\/p\/[^"]+)"/g)].map(([, href]) =>
    (href ?? '').replaceAll('&#x3D;', '='),
  )
  expect(links).toContain(`${url}/leave?round=${rows[0]?.code}`)
  for (const link of [...links, `${url}?decide=stop_news`, `${url}/leave`, `${url}/leave?round=x`]) {
    await app.inject({ method: 'HEAD', url: link })
    expect((await app.inject(link)).statusCode, link).toBe(200)
  }
  expect([await consents(), await stopped()]).toEqual([[], []])
  const { state } = await deps.db.selectFrom('applications').select('state').executeTakeFirstOrThrow()
  expect(state).toBe('confirmed')
})

test('a forged link decides nothing; a test email’s shows the page of nobody and changes nothing', async () => {
  const { deps, app, url, post, page, consents, stopped, delivery, events } = await open()
  for (const link of [`${url}a`, url.slice(0, -1), `/p/preferences/${signToken(deps.keys, 'unsubscribe', delivery)}`])
    for (const decide of ['stop_news', 'start_tracking']) expect((await post(decide, link)).statusCode).toBe(404)
  await post('start_tracking')
  await deps.db.updateTable('deliveries').set({ is_test: true }).execute()
  expect(await page()).toContain('This link came with a test email.')
  expect(buttonsOf(await page())).toContain('start_tracking')
  for (const decide of ['stop_topics', 'stop_news', 'start_news', 'start_tracking', 'stop_everything'])
    expect((await post(decide)).statusCode).toBe(303)
  await app.inject({ method: 'POST', url: `/u/${signToken(deps.keys, 'unsubscribe', delivery)}` })
  expect((await consents()).length).toBe(1)
  // What went to the officer's own address is theirs to stop, and nobody else's.
  expect([await stopped(), await events()]).toEqual([['campaigns'], 0])
})

test('who was erased is gone from the page and from every button', async () => {
  const { deps, app, url, post, consents, stopped, person, events, delivery } = await open()
  await deps.db.deleteFrom('addresses').where('person_id', '=', person).execute()
  await deps.db.updateTable('people').set({ erased_at: deps.clock.now() }).execute()
  await deps.db.updateTable('deliveries').set({ address: null }).execute()
  for (const path of [url, `${url}/stop`, `${url}/leave?round=R0`])
    expect((await app.inject(path)).statusCode).toBe(410)
  for (const decide of ['stop_topics', 'start_tracking']) expect((await post(decide)).statusCode).toBe(410)
  await app.inject({ method: 'POST', url: `/u/${signToken(deps.keys, 'unsubscribe', delivery)}` })
  expect([await consents(), await stopped(), await events()]).toEqual([[], [], 0])
})

test.each([
  ['ar', 'rtl', 'ما نراه من قراءتكم'],
  ['fr', 'ltr', 'Ce que nous voyons de votre lecture'],
  ['es', 'ltr', 'Lo que vemos de cómo lees'],
  ['ja', 'ltr', 'What we see when you read our emails'],
])(
  'a reader of %s decides in the words of the page, %s, and they are kept in its language',
  async (language, dir, words) => {
    const { page, post, consents } = await open(language)
    const shown = await page()
    expect(shown).toContain(`dir="${dir}"`)
    expect(shown).toContain(words)
    await post('start_tracking')
    const [row] = await consents()
    expect(row?.language).toBe(language === 'ja' ? 'en' : language)
    expect(textOf(shown)).toContain(row?.wording.split(' [')[0])
  },
)
