import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { createComposer, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import type { ClaimedDelivery } from '../../src/features/deliveries/index.ts'
import { addApplicant, addDraft, addPartnership, addRound, TOPIC } from '../features/campaigns/round.ts'
import { type ConsoleVisit, openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

type Fields = Record<string, string | string[]>

async function openDraft(change: Parameters<typeof addDraft>[1] = {}) {
  const deps = await openTestDeps({
    PUBLIC_URL: 'https://programme.example',
    MAIL_DOMAIN: 'programme.example',
    LOG_LEVEL: process.env.WLOG ?? 'fatal',
  })
  const round = await addRound(deps.db)
  const id = await addDraft(deps.db, change)
  const ana = await openConsole(deps, 'communications_officer', { name: 'Ana Silva', time_zone: 'Australia/Sydney' })
  return { deps, round, id, ana, url: `/console/campaigns/${id}` }
}

/** What the form of the page holds, as a browser would post it. */
async function fieldsOf(visit: ConsoleVisit, url: string): Promise<Record<string, string>> {
  const { body } = await visit.get(url)
  return readFields(body)
}

function readFields(html: string): Record<string, string> {
  const form = html.slice(html.indexOf('<form id="write"'))
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    if (name === undefined || name === '_csrf' || /^link_/.test(name)) continue
    if (/type="(checkbox|radio)"/.test(tag) && !/ checked/.test(tag)) continue
    fields[name] = unescapeHtml(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '')
  }
  const text = /<textarea id="body_markdown"[^>]*>\n?([\s\S]*?)<\/textarea>/.exec(form)?.[1] ?? ''
  fields.body_markdown = unescapeHtml(text)
  return fields
}

function unescapeHtml(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#x60': '`', '#x3D': '=' }
  return text.replace(/&(amp|lt|gt|quot|#x27|#x60|#x3D);/g, (_, name: string) => names[name] ?? '')
}

const kept = async ({ db }: TestDeps, id: number) => {
  const { version } = await db.selectFrom('campaigns').select('version').where('id', '=', id).executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('campaign_variants')
    .select(['language', 'subject', 'preheader', 'body_markdown', 'extras', 'written_by'])
    .where('campaign_id', '=', id)
    .where('version', '=', version)
    .orderBy('language')
    .execute()
  return { version, texts: Object.fromEntries(rows.map(({ language, ...text }) => [language, text])) }
}

test('what is typed is saved, by whom, and shown again', async () => {
  const { deps, id, ana, url } = await openDraft()
  const answer = await ana.post(url, {
    ...(await fieldsOf(ana, url)),
    subject: 'Reading "much" & <well>',
    body_markdown: '\r\nFirst line.\r\n\r\n<b>HTML</b> stays text.',
    link_title: ['Guide', '', 'More'],
    link_url: ['https://example.org/g', '', 'https://example.org/m'],
    image_url: 'https://example.org/p.png',
    image_alt: 'A shelf',
    from_name: 'Ana and Ben',
    'fallbacks.partner.given_name': 'your companion',
    planned_at: '2016-03-03T09:00',
  })
  expect(answer.statusCode).toBe(303)
  expect(answer.headers.location).toContain(`${url}?language=en&notice=saved`)
  expect(await kept(deps, id)).toMatchObject({
    version: 2,
    texts: {
      en: {
        subject: 'Reading "much" & <well>',
        body_markdown: '\nFirst line.\n\n<b>HTML</b> stays text.',
        written_by: `staff ${ana.staff.id}`,
        extras: {
          image: { url: 'https://example.org/p.png', alt: 'A shelf' },
          links: [
            { title: 'Guide', url: 'https://example.org/g' },
            { title: 'More', url: 'https://example.org/m' },
          ],
        },
      },
    },
  })
  const settings = await deps.db
    .selectFrom('campaigns')
    .select(['from_name', 'fallbacks', 'planned_at', 'web_copy'])
    .executeTakeFirstOrThrow()
  expect(settings).toEqual({
    from_name: 'Ana and Ben',
    fallbacks: { 'partner.given_name': 'your companion' },
    planned_at: new Date('2016-03-02T22:00:00Z'),
    web_copy: true,
  })
  const { body } = await ana.get(String(answer.headers.location))
  expect(body).toContain('&lt;b&gt;HTML&lt;/b&gt; stays text.')
  expect(body).toContain('Saved.')
  expect(body).toMatch(/Sydney \(UTC\+11\)/)
  // The form as it is shown, posted again, changes nothing.
  const again = await fieldsOf(ana, url)
  expect(again).toMatchObject({ planned_at: '2016-03-03T09:00', from_name: 'Ana and Ben', web_copy: 'yes' })
  const links = { link_title: ['Guide', 'More', ''], link_url: ['https://example.org/g', 'https://example.org/m', ''] }
  await ana.post(url, { ...again, ...links })
  expect((await kept(deps, id)).version).toBe(2)
})

test('two editors of one draft lose nothing', async () => {
  const { deps, id, ana, url } = await openDraft()
  const ben = await openConsole(deps, 'director', { app: ana.app, name: 'Ben' })
  const [ofAna, ofBen] = [await fieldsOf(ana, url), await fieldsOf(ben, url)]
  await ana.post(url, { ...ofAna, subject: 'Of Ana', preheader: 'Preheader of Ana' })
  const quiet = await ben.post(url, { ...ofBen, body_markdown: 'Text of Ben.' })
  expect(quiet.headers.location).toContain('notice=merged')
  expect((await kept(deps, id)).texts.en).toMatchObject({ subject: 'Of Ana', body_markdown: 'Text of Ben.' })

  const loud = await ben.post(url, { ...ofBen, subject: 'Of <Ben>', body_markdown: 'Text of Ben.', from_name: 'Ben' })
  expect(loud.statusCode).toBe(409)
  expect(loud.body).toContain('changed the same while you wrote')
  expect(loud.body).toContain('Ana Silva')
  expect(loud.body).toMatch(/<del>[^<]*Ana[^<]*<\/del>/)
  expect((await kept(deps, id)).texts.en?.subject).toBe('Of Ana')
  const form = readFields(loud.body)
  // Mine stays in the form; what only she changed is in it already.
  expect(form).toMatchObject({ subject: 'Of <Ben>', preheader: 'Preheader of Ana', from_name: 'Ben', based_on: '3' })

  const theirs = await ben.post(url, { ...form, body_markdown: 'Text of both.', 'choose.subject': 'theirs' })
  expect(theirs.statusCode).toBe(303)
  expect((await kept(deps, id)).texts.en).toMatchObject({
    subject: 'Of Ana',
    preheader: 'Preheader of Ana',
    body_markdown: 'Text of both.',
  })
  await ben.post(url, { ...form, 'choose.subject': 'mine' })
  expect((await kept(deps, id)).texts.en).toMatchObject({ subject: 'Of <Ben>', body_markdown: 'Text of both.' })
})

test('settings of two editors come together, and the same one is asked about', async () => {
  const { deps, ana, url } = await openDraft()
  const ben = await openConsole(deps, 'director', { app: ana.app, name: 'Ben' })
  const [ofAna, ofBen] = [await fieldsOf(ana, url), await fieldsOf(ben, url)]
  const settings = () =>
    deps.db.selectFrom('campaigns').select(['from_name', 'planned_at', 'web_copy']).executeTakeFirstOrThrow()
  await ana.post(url, { ...ofAna, from_name: 'Of Ana' })
  const { web_copy: _, ...unticked } = ofBen
  await ben.post(url, { ...unticked, planned_at: '2016-03-05T10:30' })
  expect(await settings()).toEqual({
    from_name: 'Of Ana',
    planned_at: new Date('2016-03-05T10:30:00Z'),
    web_copy: false,
  })
  const refused = await ben.post(url, { ...ofBen, from_name: 'Of Ben' })
  expect(refused.statusCode).toBe(409)
  expect(await settings()).toMatchObject({ from_name: 'Of Ana' })
  expect(readFields(refused.body)).toMatchObject({ from_name: 'Of Ben', planned_at: '2016-03-05T10:30' })
})

test('saving by itself says the version, gives over what others wrote, and tells a conflict', async () => {
  const { deps, id, ana, url } = await openDraft()
  const ben = await openConsole(deps, 'director', { app: ana.app, name: 'Ben' })
  const json = { accept: 'application/json' }
  const [ofAna, ofBen] = [await fieldsOf(ana, url), await fieldsOf(ben, url)]
  const first = await ana.post(`${url}/autosave`, { ...ofAna, body_markdown: 'One', from_name: 'Not yet' }, json)
  expect(first.statusCode).toBe(200)
  expect(first.json()).toMatchObject({ version: 2, saved_at: { iso: expect.any(String) }, fields: {} })
  // Settings wait for the button.
  expect(await deps.db.selectFrom('campaigns').select('from_name').executeTakeFirst()).toEqual({
    from_name: TOPIC.from_name,
  })
  const second = await ben.post(`${url}/autosave`, { ...ofBen, subject: 'Of Ben' }, json)
  expect(second.json()).toMatchObject({ version: 3, fields: { body_markdown: 'One' } })
  // The answer to the first was lost: she goes on from the version she saw.
  expect((await ana.post(`${url}/autosave`, { ...ofAna, body_markdown: 'One two' }, json)).statusCode).toBe(409)
  const third = await ben.post(`${url}/autosave`, { ...ofBen, body_markdown: 'Of Ben' }, json)
  expect(third.statusCode).toBe(409)
  expect(third.json()).toMatchObject({ code: 'campaign_changed', version: 3, theirs: { writer: 'Ben' } })
  const long = await ana.post(`${url}/autosave`, { ...ofAna, based_on: '3', body_markdown: 'x'.repeat(210_000) }, json)
  expect(long.statusCode).toBe(422)
  expect(long.json()).toEqual({
    faults: [{ field: 'body_markdown', message: 'Text: The text has 206 KB; the limit is 200 KB.' }],
  })
  expect((await kept(deps, id)).version).toBe(3)
  const signedOut = await ana.app.inject({
    method: 'POST',
    url: `${url}/autosave`,
    headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'subject=x',
  })
  expect(signedOut.statusCode).toBe(401)
})

test('a test email to me is one click and holds what is typed', async () => {
  const { deps, ana, url } = await openDraft()
  const typed = { ...(await fieldsOf(ana, url)), subject: 'Typed just now', action: 'test' }
  const answer = await ana.post(url, typed)
  expect(answer.headers.location).toContain('notice=tested')
  expect((await ana.get(String(answer.headers.location))).body).toContain(ana.staff.address)
  const tests = await deps.db.selectFrom('deliveries').select(['address', 'version', 'is_test']).execute()
  expect(tests).toEqual([{ address: ana.staff.address, version: 2, is_test: true }])

  const broken = await ana.post(url, { ...(await fieldsOf(ana, url)), body_markdown: 'Hi {{nobody}}', action: 'test' })
  expect(broken.statusCode).toBe(422)
  expect(broken.body).toContain('There is no merge field {{nobody}}.')
  expect(broken.body).toContain('Your text was saved. No test was sent.')
  expect((await kept(deps, 1)).texts.en?.body_markdown).toBe('Hi {{nobody}}')
  await deps.db.updateTable('staff').set({ address: null }).where('id', '=', ana.staff.id).execute()
  const nowhere = await ana.post(url, { ...(await fieldsOf(ana, url)), action: 'test' })
  expect(nowhere.statusCode).toBe(422)
  expect(nowhere.body).toContain('Nobody knows your address yet')
})

test('every button saves first', async () => {
  const { deps, id, ana, url } = await openDraft()
  const press = async (action: string, change: Fields = {}) => {
    const answer = await ana.post(url, { ...(await fieldsOf(ana, url)), ...change, action })
    return String(answer.headers.location)
  }
  expect(await press('review', { subject: '1' })).toBe(`${url}/review`)
  expect(await press('picture', { subject: '2' })).toBe(`${url}/pictures?language=en`)
  expect(await press('preview', { subject: '3', scheme: 'dark', as: 'me' })).toBe(
    `${url}?language=en&as=me&scheme=dark#preview`,
  )
  expect(await press('add_link', { subject: '4' })).toBe(`${url}?language=en&rows=3#links`)
  expect((await kept(deps, id)).texts.en?.subject).toBe('4')
})

test('a language is added, written right to left, and taken away again', async () => {
  const { deps, id, ana, url } = await openDraft()
  await deps.db
    .updateTable('programme')
    .set({ languages: ['en', 'ar'] })
    .execute()
  const added = await ana.post(url, { ...(await fieldsOf(ana, url)), action: 'add_language', new_language: 'ar' })
  expect(added.headers.location).toContain('language=ar')
  const page = await ana.get(`${url}?language=ar`)
  expect(page.body).toMatch(/<textarea id="body_markdown"[^>]* lang="ar" dir="rtl"/)
  const text = 'أهلا {{participant.given_name}}، \u202emirror'
  await ana.post(`${url}`, { ...(await fieldsOf(ana, `${url}?language=ar`)), subject: 'موضوع', body_markdown: text })
  expect((await kept(deps, id)).texts).toMatchObject({ ar: { subject: 'موضوع', body_markdown: text }, en: {} })
  const gone = await ana.post(url, { ...(await fieldsOf(ana, `${url}?language=ar`)), action: 'remove_language' })
  expect(gone.headers.location).toContain('language=en')
  expect(Object.keys((await kept(deps, id)).texts)).toEqual(['en'])
  const unknown = await ana.post(url, { ...(await fieldsOf(ana, url)), action: 'add_language', new_language: 'xx' })
  expect(unknown.statusCode).toBe(422)
  const own = await ana.post(url, { ...(await fieldsOf(ana, url)), action: 'remove_language' })
  expect(own.statusCode).toBe(422)
})

test('a text that is too long, or odd, is refused in words or cleaned, and never lost', async () => {
  const { deps, id, ana, url } = await openDraft()
  const form = await fieldsOf(ana, url)
  const long = `${'A line of the text, forty characters. '.repeat(6000)}the end`
  const refused = await ana.post(url, { ...form, body_markdown: long })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('the limit is 200 KB')
  expect(readFields(refused.body).body_markdown).toBe(long)
  const huge = await ana.post(url, { ...form, body_markdown: 'x'.repeat(2_200_000) })
  expect(huge.statusCode).toBe(413)
  expect(huge.body).toContain('larger than this page takes')
  await ana.post(url, { ...form, subject: 'a\0b', body_markdown: 'half \ud800 pair' })
  expect((await kept(deps, id)).texts.en).toMatchObject({ subject: 'ab', body_markdown: 'half \ufffd pair' })
  const time = await ana.post(url, { ...(await fieldsOf(ana, url)), planned_at: '2016-02-30T09:00' })
  expect(time.statusCode).toBe(422)
  expect(time.body).toContain('is not a date and a time')
})

test('a text of 5,000 lines is saved and seen within moments', async () => {
  const { deps, id, ana, url } = await openDraft()
  const text = Array.from({ length: 5000 }, (_, at) => `Line ${at} of a very long text`).join('\n')
  const form = { ...(await fieldsOf(ana, url)), body_markdown: text }
  const start = performance.now()
  expect((await ana.post(url, form)).statusCode).toBe(303)
  const seen = await ana.get(`${url}/preview`)
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(seen.body).toContain('Line 4999 of a very long text')
  expect((await kept(deps, id)).texts.en?.body_markdown).toBe(text)
})

test('a form that comes after the recipients were frozen changes nothing and gives the text back', async () => {
  const { deps, round, id, ana, url } = await openDraft()
  await addApplicant(deps.db, round)
  const form = await fieldsOf(ana, url)
  await scheduleCampaign(deps, id, { at: '2016-03-10T09:00:00Z' })
  const late = await ana.post(url, { ...form, subject: 'Too late', body_markdown: 'Typed too late.' })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('Your last changes were not saved')
  expect(late.body).toContain('Typed too late.')
  expect((await kept(deps, id)).version).toBe(1)
  const page = await ana.get(url)
  expect(page.body).not.toContain('<form id="write"')
  expect(page.body).toContain('scheduled')
  expect(page.body).toContain(`${url}/report`)
  const autosave = await ana.post(`${url}/autosave`, { ...form, subject: 'x' }, { accept: 'application/json' })
  expect(autosave.statusCode).toBe(409)
  expect(autosave.json()).toMatchObject({ code: 'campaign_not_editable' })
})

test('the preview is the message itself, part by part, but for the links of the person', async () => {
  const { deps, round, id, ana, url } = await openDraft({
    body_markdown: '# Hello {{participant.given_name}}\n\nWrite to {{partner.given_name}}, "soon" = now.',
    variants: { ar: { subject: 'موضوع', body_markdown: 'مرحبا {{participant.full_name}}' } },
  })
  const people = [
    await addApplicant(deps.db, round, { given_name: '<Zoë>', family_name: 'O’Brien & Söhne' }),
    await addApplicant(deps.db, round, { given_name: 'أمينة', family_name: 'الحسن', language: 'ar' }),
  ]
  await addPartnership(deps.db, round, people, { introduced_at: new Date() })
  await scheduleCampaign(deps, id, { at: 'now' })
  const claims = (await deps.db
    .selectFrom('deliveries')
    .select([
      'id',
      'campaign_id',
      'person_id',
      'contact_id',
      'lane',
      'address',
      'domain',
      'language',
      'version',
      'tries',
    ])
    .execute()) as ClaimedDelivery[]
  expect(claims).toHaveLength(2)
  const compose = await createComposer({ ...deps, signer: undefined })(claims)
  for (const claim of claims) {
    const made = compose(claim)
    if ('fault' in made) throw new Error(made.fault)
    const sent = await PostalMime.parse(made.message)
    // Only what is signed for the person differs.
    const withoutTokens = (part: string | undefined) =>
      part?.replace(/\r\n/g, '\n').replace(/\/(u|p\/preferences)\/[a-z0-9]+/g, '/$1/…')
    for (const part of ['html', 'text'] as const) {
      const shown = await ana.get(`${url}/preview?as=${claim.person_id}&part=${part}`)
      expect(shown.statusCode).toBe(200)
      expect(withoutTokens(shown.body)?.trimEnd()).toBe(withoutTokens(sent[part])?.trimEnd())
      expect(shown.headers['content-type']).toContain(part === 'html' ? 'text/html' : 'text/plain')
    }
  }
})

test('the preview is a document that can do nothing, in the scheme that is asked for', async () => {
  const { ana, url } = await openDraft({ body_markdown: 'I write @media (prefers-color-scheme: dark) {} here.' })
  const plain = await ana.get(`${url}/preview`)
  const policy = String(plain.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).toContain('sandbox')
  // Our own origin, so that the page around it can keep its place; without a script nothing could use it.
  expect(policy).not.toMatch(/script|allow-forms|allow-top/)
  expect(plain.body).toContain('@media (prefers-color-scheme: dark) {\r\n')
  const dark = await ana.get(`${url}/preview?scheme=dark`)
  expect(dark.body).toContain('@media all {')
  expect(dark.body).toContain('color-scheme: dark')
  expect(dark.body).toContain('I write @media (prefers-color-scheme: dark) {} here.')
  const light = await ana.get(`${url}/preview?scheme=light`)
  expect(light.body).toContain('@media not all {')
  expect(light.body).not.toContain('light dark')
})

test('a text that cannot be shown says why, where the message would be', async () => {
  const { deps, ana, url } = await openDraft({ body_markdown: 'Hi {{nobody}}' })
  const answer = await ana.get(`${url}/preview`)
  expect(answer.statusCode).toBe(422)
  expect(answer.headers['content-type']).toContain('text/plain')
  expect(answer.body).toContain('There is no merge field {{nobody}}.')
  expect((await ana.get(`${url}/preview?language=%3Cb%3E`)).statusCode).toBe(422)
  expect((await ana.get(`${url}?language=%3Cb%3E&notice=tested`)).statusCode).toBe(200)
  expect((await ana.get(`${url}/preview?version=7`)).statusCode).toBe(404)
  expect(await deps.db.selectFrom('campaign_variants').select('compiled').execute()).toEqual([{ compiled: null }])
})

test('somebody who may not see people sees sample values only', async () => {
  const { deps, round, ana, url } = await openDraft()
  const person = await addApplicant(deps.db, round, { given_name: 'Secretname' })
  const viewer = await openConsole(deps, 'viewer', { app: ana.app })
  expect((await viewer.get(`${url}/preview`)).body).toContain('Amina')
  expect((await viewer.get(`${url}/preview?as=${person}`)).statusCode).toBe(403)
  const page = await viewer.get(`${url}?as=${person}&q=Secret`)
  expect(page.body).not.toContain('Secretname')
  expect(page.body).not.toContain('<form id="write"')
  expect((await viewer.get(`${url}/frame?language=en&q=Secret`)).body).not.toContain('Secretname')
  expect((await ana.get(`${url}/frame?language=en&q=secret`)).body).toContain('Secretname')
  expect((await ana.get(`${url}/preview?as=me`)).body).toContain('>Ana<')
})

test('a draft is begun once, however often the button is pressed', async () => {
  const { deps, ana } = await openDraft()
  const page = (await ana.get('/console/campaigns/new')).body
  const form_key = /name="form_key" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const fields = { round: '2016A', kind: 'announcement', language: 'en', subject: 'News', form_key }
  const answers = await Promise.all([1, 2, 3].map(() => ana.post('/console/campaigns/new', fields)))
  expect(new Set(answers.map(({ statusCode, headers }) => `${statusCode} ${headers.location}`)).size).toBe(1)
  const made = await deps.db.selectFrom('campaigns').select(['kind', 'id']).orderBy('id').execute()
  expect(made).toEqual([
    { kind: 'topic', id: 1 },
    { kind: 'announcement', id: expect.any(Number) },
  ])
  expect((await ana.get(String(answers[0]?.headers.location))).body).toContain('value="News"')
  const wrong = await ana.post('/console/campaigns/new', { ...fields, round: 'nope', form_key: 'short' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('value="News"')
})

test('the history shows each version against the one before and brings one back', async () => {
  const { deps, id, ana, url } = await openDraft()
  await ana.post(url, { ...(await fieldsOf(ana, url)), subject: 'Second <subject>' })
  const history = await ana.get(`${url}/history`)
  expect(history.body).toContain('Changed the subject (English)')
  expect(history.body).toContain('Ana Silva')
  const version = await ana.get(`${url}/history/2?against=1`)
  expect(version.body).toMatch(/<del>[^<]*Topic/)
  expect(version.body).toContain('&lt;subject&gt;')
  expect(version.body).not.toContain('/restore')
  expect((await ana.get(`${url}/history/1`)).body).toContain('/history/1/restore')
  const restored = await ana.post(`${url}/history/1/restore`, { seen: '2' })
  expect(restored.statusCode).toBe(303)
  expect(await kept(deps, id)).toMatchObject({ version: 3, texts: { en: { subject: TOPIC.subject } } })
  expect((await ana.post(`${url}/history/1/restore`, { seen: '2' })).statusCode).toBe(409)
  expect((await ana.get(`${url}/history/99`)).statusCode).toBe(404)
})

test('the checks name the field, the line and the language', async () => {
  const { ana, url } = await openDraft({
    body_markdown: 'Fine.\n\nHi {{nobody}}',
    variants: { fr: { subject: 'CECI EST UN SUJET' } },
  })
  const body = unescapeHtml((await ana.get(`${url}/findings?language=en`)).body)
  expect(body).toMatch(/There is no merge field {{nobody}}\.[\s\S]*?href="#body_markdown" data-line="3">Line 3</)
  expect(body).toContain(`href="${url}?language=fr#body_markdown"`)
  expect((await ana.get(url)).body).toContain('There is no merge field')
})

test('looking changes nothing, also at a text that was never compiled', async () => {
  const { deps, id, ana, url } = await openDraft()
  const look = async () => {
    const versions = await deps.db.selectFrom('campaign_variants').selectAll().execute()
    const campaigns = await deps.db.selectFrom('campaigns').selectAll().execute()
    return JSON.stringify({ versions, campaigns })
  }
  const before = await look()
  for (const page of [
    '',
    '/preview',
    '/preview?part=text',
    '/findings?language=en',
    '/history',
    '/history/1',
    '/frame?language=en',
  ])
    expect((await ana.get(`${url}${page}`)).statusCode, page).toBe(200)
  expect(await look()).toBe(before)
  expect(id).toBe(1)
})
