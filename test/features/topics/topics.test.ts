import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createCampaign, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { openWholeApp } from '../../app/routes.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addPartnership, addRound, TOPIC } from '../campaigns/round.ts'
import { readXml } from './xml.ts'

async function open() {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://programme.example' })
  const round = await addRound(deps.db)
  const people = [
    await addApplicant(deps.db, round, { given_name: 'Wilhelmina', family_name: 'Secretname', state: 'confirmed' }),
    await addApplicant(deps.db, round, { given_name: 'Bartholomew', country_code: 'FI', state: 'confirmed' }),
  ]
  await addPartnership(deps.db, round, people, { introduced_at: new Date('2016-02-28T00:00:00Z') })
  const app = await openWholeApp(deps)
  /** A topic that has begun to be sent. */
  const publish = async (change: Partial<CampaignInput> = {}) => {
    const { id } = await createCampaign(deps, { ...TOPIC, ...change })
    await scheduleCampaign({ ...deps, ring: async () => undefined }, id, { at: 'now' })
    await begin(id)
    return id
  }
  const begin = (id: number) =>
    deps.db
      .updateTable('campaigns')
      .set({ state: 'sending', started_at: deps.clock.now() })
      .where('id', '=', id)
      .execute()
  const slugOf = async (id: number) =>
    (await deps.db.selectFrom('campaigns').select('slug').where('id', '=', id).executeTakeFirstOrThrow()).slug
  const page = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ url, headers })
    expect(answer.statusCode, url).toBe(200)
    return answer.body
  }
  return { deps, app, publish, begin, slugOf, page }
}

const FIELDS = `Hello {{participant.given_name}} of {{participant.country}}, {{participant.full_name}}.

{{partner.given_name}} ({{partner.full_name}}, {{partner.email}}) lives in {{partner.country}}.

[Stop these emails]({{links.unsubscribe}})

- [Preferences]({{links.preferences}}) and more

{{links.unsubscribe}}

[Read it](https://example.org/topics/1?a=1&b=2){.button}`

test('a topic is public once its sending has begun, and nothing of a person is on it', async () => {
  const { deps, app, publish, page } = await open()
  await publish({ subject: 'Topic 1: Hello {{partner.given_name}}', body_markdown: FIELDS })
  const answer = await app.inject('/topics/2016A/topic-1-hello')
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['set-cookie']).toBeUndefined()
  const text = answer.body.replace(/<[^>]+>/g, '')
  expect(text).toContain('Topic 1: Hello your partner')
  expect(text).toContain('Hello reader of your country, reader.')
  expect(text).toContain('Your partner (your partner, your partner&#39;s address) lives in your partner&#39;s country.')
  expect(answer.body).toContain('<a href="https://example.org/topics/1?a=1&amp;b=2" class="button">Read it</a>')
  for (const shown of [answer.body, await page('/topics/2016A'), await page('/topics/2016A/feed.atom')]) {
    expect(shown).not.toMatch(/Wilhelmina|Secretname|Bartholomew|library\.example|\/u\/|\/p\/|Stop these|Preferences/)
    expect(shown).not.toMatch(/\{\{|<script/)
  }
  expect(await deps.db.selectFrom('deliveries').select('id').execute()).not.toEqual([])
})

test('what is not sent yet, was cancelled, is no topic, or is not wanted on the web is not there', async () => {
  const { deps, app, publish, begin } = await open()
  const scheduled = await createCampaign(deps, { ...TOPIC, subject: 'Still waiting' })
  await scheduleCampaign({ ...deps, ring: async () => undefined }, scheduled.id, { at: '2016-03-05T09:00:00Z' })
  await createCampaign(deps, { ...TOPIC, subject: 'A draft' })
  const hidden = await publish({ subject: 'Not on the web' })
  const cancelled = await publish({ subject: 'Called off' })
  await publish({ subject: 'Only an announcement', kind: 'announcement' })
  await deps.db.updateTable('campaigns').set({ web_copy: false }).where('id', '=', hidden).execute()
  await deps.db.updateTable('campaigns').set({ state: 'cancelled' }).where('id', '=', cancelled).execute()
  for (const slug of ['still-waiting', 'a-draft', 'not-on-the-web', 'called-off', 'only-an-announcement'])
    expect((await app.inject(`/topics/2016A/${slug}`)).statusCode, slug).toBe(404)
  const list = await app.inject('/topics/2016A')
  expect(list.body).toContain('No topic has been sent yet in this round.')
  expect(readXml((await app.inject('/topics/feed.atom')).body).children.map(({ name }) => name)).not.toContain('entry')
  await begin(scheduled.id)
  for (const state of ['paused', 'done']) {
    await deps.db.updateTable('campaigns').set({ state }).where('id', '=', scheduled.id).execute()
    expect((await app.inject('/topics/2016A/still-waiting')).statusCode, state).toBe(200)
  }
})

test('each language has its page, names the others, and reads in its own direction', async () => {
  const { app, publish, page } = await open()
  await publish({
    subject: 'Getting to know you',
    body_markdown: '{{partner.given_name}} waits for {{participant.given_name}}.',
    variants: {
      ar: { subject: 'لنتعارف', preheader: '', body_markdown: 'مرحبًا {{participant.given_name}}' },
      fr: { subject: 'Faire connaissance', preheader: '', body_markdown: 'Bonjour {{participant.given_name}}.' },
    },
  })
  const english = await page('/topics/2016A/getting-to-know-you')
  expect(english).toContain('<html lang="en" dir="ltr"')
  for (const language of ['ar', 'fr'])
    expect(english).toContain(
      `<link rel="alternate" hreflang="${language}" href="https://programme.example/topics/2016A/getting-to-know-you/${language}">`,
    )
  expect(english).toContain('<link rel="canonical" href="https://programme.example/topics/2016A/getting-to-know-you">')
  const arabic = await page('/topics/2016A/getting-to-know-you/ar')
  expect(arabic).toContain('<html lang="ar" dir="rtl"')
  expect(arabic).toContain('مرحبًا <bdi>قارئنا العزيز</bdi>')
  expect(arabic).toContain('hreflang="en" href="https://programme.example/topics/2016A/getting-to-know-you"')
  for (const other of ['en', 'es', 'AR', 'x', 'toString'])
    expect((await app.inject(`/topics/2016A/getting-to-know-you/${other}`)).statusCode, other).toBe(404)
  const list = await page('/topics/2016A', { 'accept-language': 'ar' })
  expect(list).toContain('<html lang="ar" dir="rtl"')
  expect(list).toContain('lang="en" dir="ltr">Getting to know you</a>')
})

test('pictures that we serve are shown, others are links: the page loads nothing from elsewhere', async () => {
  const { publish, page } = await open()
  await publish({
    subject: 'Pictures',
    body_markdown: [
      '![A desk](https://programme.example/pictures/own/abc.png)',
      '![A "shelf"](https://elsewhere.example/shelf.png?a=1&b=2)',
      '[![A door](https://elsewhere.example/door.png)](https://example.org/door)',
      '![For {{participant.given_name}}](https://programme.example/pictures/own/d.png)',
    ].join('\n\n'),
    extras: {
      image: { url: 'https://elsewhere.example/head.png', alt: 'A head' },
      video: { title: 'A film', url: 'https://video.example/1', thumbnail_url: 'https://video.example/1.jpg' },
      curator: 'Ines Guest',
      links: [
        { title: 'More', url: 'https://example.org/more' },
        { title: 'Mine', url: '{{links.preferences}}' },
      ],
    },
  })
  const html = await page('/topics/2016A/pictures')
  const sources = [...html.matchAll(/<img [^>]*src="([^"]*)"[^>]*alt="([^"]*)"/g)].map(([, src, alt]) => [src, alt])
  expect(sources).toEqual([
    ['/pictures/own/abc.png', 'A desk'],
    ['/pictures/own/d.png', 'For reader'],
  ])
  expect(html).toContain('<a href="https://elsewhere.example/shelf.png?a=1&amp;b=2">Picture: A &quot;shelf&quot;</a>')
  expect(html).toContain('<a href="https://example.org/door">A door</a>')
  expect(html).toContain('Ines Guest')
  expect(html).toContain('A film')
  expect(html).toContain('>More</a>')
  expect(html).not.toContain('Mine')
  expect(html).not.toMatch(/<(img|link rel="stylesheet"|script|iframe)[^>]*https?:/)
})

test('hostile text stays text on the page, in its head and in the feed', async () => {
  const { publish, page } = await open()
  const subject = '</title><script>alert(1)</script> ]]> & "quoted" \u202Eright to left\u0007 مرحبا'
  await publish({
    subject,
    preheader: '" onload="alert(2)',
    body_markdown: `${subject}\n\n<img src=x onerror=alert(3)>\n\n# Shouting\n\n##### Far below\n\n~~~\n]]>&\u0001\n~~~`,
    from_name: '<b>Team</b>',
  })
  const [href = ''] = /\/topics\/2016A\/[a-z0-9-]+(?=")/.exec(await page('/topics/2016A')) ?? []
  const html = await page(href)
  expect(html).not.toMatch(/<script|<img|onload="|<b>/)
  expect(html.match(/<h1/g)).toHaveLength(1)
  expect(html).toContain('<h2>Shouting</h2>')
  expect(html).toContain('<h3>Far below</h3>')
  const feed = readXml(await page('/topics/2016A/feed.atom'))
  const entry = feed.children.find(({ name }) => name === 'entry')
  const text = (name: string) => entry?.children.find((child) => child.name === name)?.text ?? ''
  expect(text('title')).toContain('</title><script>alert(1)</script> ]]> & "quoted"')
  expect(text('content')).toContain('&lt;img src=x onerror=alert(3)&gt;')
  expect(text('content')).not.toContain('<script')
})

test('the feed has what RFC 4287 asks of it, with addresses that hold anywhere', async () => {
  const { deps, app, publish } = await open()
  await publish({ subject: 'First', body_markdown: '![A desk](https://programme.example/pictures/own/abc.png)' })
  deps.clock.advance(14 * 86_400_000)
  await publish({
    subject: 'Second',
    variants: { fr: { subject: 'Deuxième', preheader: '', body_markdown: 'Bonjour.' } },
  })
  for (const url of ['/topics/2016A/feed.atom', '/topics/feed.atom']) {
    const answer = await app.inject(url)
    expect(answer.headers['content-type']).toBe('application/atom+xml; charset=utf-8')
    const feed = readXml(answer.body)
    expect(feed.name).toBe('feed')
    expect(feed.attributes.xmlns).toBe('http://www.w3.org/2005/Atom')
    const of = (element: typeof feed, name: string) => element.children.filter((child) => child.name === name)
    for (const name of ['id', 'title', 'updated', 'author']) expect(of(feed, name), name).toHaveLength(1)
    expect(of(feed, 'updated')[0]?.text).toBe('2016-03-15T09:00:00.000Z')
    expect(of(feed, 'link').find(({ attributes }) => attributes.rel === 'self')?.attributes.href).toBe(
      `https://programme.example${url}`,
    )
    const entries = of(feed, 'entry')
    expect(entries.map((entry) => of(entry, 'title')[0]?.text)).toEqual(['Second', 'First'])
    const ids = entries.map((entry) => of(entry, 'id')[0]?.text)
    expect(new Set(ids).size).toBe(2)
    for (const id of [of(feed, 'id')[0]?.text, ...ids]) expect(id).toMatch(/^tag:[^,]+,\d{4}-\d{2}-\d{2}:\S+$/)
    for (const entry of entries) {
      expect(of(entry, 'updated')[0]?.text).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/)
      expect(of(entry, 'content')[0]?.attributes.type).toBe('html')
      const alternates = of(entry, 'link').map(({ attributes }) => attributes)
      // Section 4.1.2: no two alternates with one type and language.
      expect(new Set(alternates.map(({ type, hreflang }) => `${type} ${hreflang}`)).size).toBe(alternates.length)
      for (const { href } of alternates) expect(href).toMatch(/^https:\/\/programme\.example\/topics\/2016A\//)
    }
    expect(of(entries[1] as typeof feed, 'content')[0]?.text).toContain(
      'src="https://programme.example/pictures/own/abc.png"',
    )
  }
})

test('pages and feeds may be kept, and are not sent again to who has them', async () => {
  const { deps, app, publish } = await open()
  const id = await publish({ subject: 'Kept' })
  for (const url of ['/topics/2016A/kept', '/topics/2016A', '/topics/2016A/feed.atom', '/topics/feed.atom']) {
    const first = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
    expect(first.headers['cache-control'], url).toBe('public, max-age=300')
    expect(first.headers['last-modified'], url).toBe('Tue, 01 Mar 2016 09:00:00 GMT')
    const etag = String(first.headers.etag)
    for (const headers of [
      { 'if-none-match': etag },
      { 'if-none-match': `"other", ${etag.replace('W/', '')}` },
      { 'if-modified-since': String(first.headers['last-modified']) },
    ]) {
      const again = await app.inject({ url, headers })
      expect([again.statusCode, again.body], url).toEqual([304, ''])
      expect(again.headers.etag).toBe(etag)
      expect(again.headers['cache-control']).toBe('public, max-age=300')
    }
    for (const headers of [
      { 'if-none-match': '"other"', 'if-modified-since': String(first.headers['last-modified']) },
      { 'if-modified-since': 'Mon, 29 Feb 2016 09:00:00 GMT' },
      { 'if-modified-since': 'yesterday' },
    ])
      expect((await app.inject({ url, headers })).statusCode, url).toBe(200)
  }
  await deps.db.updateTable('campaigns').set({ web_copy: false }).where('id', '=', id).execute()
  const gone = await app.inject('/topics/2016A/kept')
  expect([gone.statusCode, gone.headers['cache-control']]).toEqual([404, 'no-store'])
})

test('nobody’s round, and odd addresses, are pages that say there is nothing', async () => {
  const { app } = await open()
  for (const url of [
    '/topics/1999Z',
    '/topics/1999Z/feed.atom',
    '/topics/2016A/%00',
    '/topics/2016A/a/%F0%9F%91%A9',
    '/topics/2016A/a/b/c',
  ]) {
    const answer = await app.inject({ url, headers: { accept: 'text/html' } })
    expect([404, 422], url).toContain(answer.statusCode)
    expect(answer.headers['content-type'], url).toContain('text/html')
  }
})

test('one name is given once a round: two with the same subject have two addresses, at one time too', async () => {
  const { deps, publish, slugOf, page } = await open()
  const first = await publish({ subject: 'Same words' })
  const drafts = await Promise.all([1, 2, 3].map(() => createCampaign(deps, { ...TOPIC, subject: 'Same words' })))
  await Promise.all(
    drafts.map(({ id }) =>
      scheduleCampaign({ ...deps, ring: async () => undefined }, id, { at: '2016-03-05T09:00:00Z' }),
    ),
  )
  const slugs = await Promise.all([first, ...drafts.map(({ id }) => id)].map(slugOf))
  expect(slugs[0]).toBe('same-words')
  expect(new Set(slugs).size).toBe(4)
  for (const slug of slugs) expect(slug).toMatch(/^same-words(-\d+)?$/)
  expect(await page('/topics/2016A/same-words')).toContain('<h1>Same words</h1>')
  await sql`update campaigns set state = 'draft', frozen_at = null where id = ${drafts[0]?.id}`.execute(deps.db)
  await deps.db
    .deleteFrom('deliveries')
    .where('campaign_id', '=', drafts[0]?.id as number)
    .execute()
  await scheduleCampaign({ ...deps, ring: async () => undefined }, drafts[0]?.id as number, { at: 'now' })
  expect(await slugOf(drafts[0]?.id as number)).toBe(slugs[1])
})
