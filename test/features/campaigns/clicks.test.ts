import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { linkKey } from '../../../src/features/campaigns/content/link-key.ts'
import { createComposer, previewCampaign, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import { recordLinks } from '../../../src/features/campaigns/message/compose-queries.ts'
import { requestTest } from '../../../src/features/campaigns/preview/test-email.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import type { ClaimedDelivery } from '../../../src/features/deliveries/index.ts'
import { updateProgramme } from '../../../src/features/programme/index.ts'
import { signToken, verifyToken } from '../../../src/lib/tokens.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { type Applicant, addApplicant, addDraft, addRound } from './round.ts'

const [GUIDE, OTHER] = ['https://library.example/guide?a=1&b=2', 'https://library.example/other']
const TEXT = `Read [the guide](${GUIDE}), then [the guide again](${GUIDE}).\n\n[The other one](${OTHER}){.button}`

async function openWith(readers: Applicant[], change: Partial<CampaignInput> = {}) {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://programme.example', MAIL_DOMAIN: 'programme.example' })
  const round = await addRound(deps.db)
  const people: number[] = []
  for (const reader of readers) people.push(await addApplicant(deps.db, round, reader))
  const id = await addDraft(deps.db, { body_markdown: TEXT, ...change })
  return { deps, people, id, compose: createComposer({ ...deps, signer: undefined }) }
}

type Made = Awaited<ReturnType<typeof openWith>>

/** What everybody gets, tests of the campaign too, by delivery. */
async function readMail({ deps, id, compose }: Pick<Made, 'deps' | 'id' | 'compose'>) {
  const { rows } = await sql<ClaimedDelivery>`
    select id, campaign_id, person_id, contact_id, lane, address, domain, language, version, tries, in_reply_to from deliveries
    where campaign_id = ${id} order by id`.execute(deps.db)
  const one = await compose(rows)
  return Promise.all(
    rows.map(async (claim) => {
      const made = one(claim)
      if ('fault' in made) throw new Error(made.fault)
      const { html = '', text = '' } = await PostalMime.parse(made.message)
      return { claim, html, text }
    }),
  )
}

const linksOf = ({ db }: TestDeps) => db.selectFrom('campaign_links').selectAll().orderBy('url').execute()

const redirectsIn = (html: string) =>
  [...html.matchAll(/href="https:\/\/programme\.example\/t\/([^/"]*)\/([^"]*)"/g)].map(([, token, key]) => ({
    token,
    key,
  }))

const consent = (db: TestDeps['db'], person_id: number, given: boolean, purpose = 'tracking') =>
  db
    .insertInto('consents')
    .values({ person_id, purpose, given, at: new Date(), wording: 'May we?', language: 'en', source: 'link' })
    .execute()

test('every link of a message leads through the redirect of its delivery, and is known before the message is', async () => {
  const made = await openWith([{}, {}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  expect(await linksOf(made.deps)).toEqual([])
  for (const { claim, html, text } of await readMail(made)) {
    const token = signToken(made.deps.keys, 'click', claim.id)
    expect(redirectsIn(html)).toEqual([GUIDE, GUIDE, OTHER].map((url) => ({ token, key: linkKey(url) })))
    expect(verifyToken(made.deps.keys, 'unsubscribe', token)).toBeUndefined()
    expect(html).not.toContain('library.example')
    expect(text).toContain(GUIDE)
    expect(text).not.toContain('/t/')
    expect(html).toMatch(/href="https:\/\/programme\.example\/u\/[a-z2-7]{28}"/)
    expect(html).toMatch(/href="https:\/\/programme\.example\/p\/preferences\/[a-z2-7]{28}"/)
    expect(html).not.toContain('<img')
  }
  expect(await linksOf(made.deps)).toEqual(
    [GUIDE, OTHER].map((url) => ({ campaign_id: made.id, key: linkKey(url), url })),
  )
})

test('two processes and two versions at once write the same rows', async () => {
  const made = await openWith([{}])
  await requestTest(made.deps, made.id, { to: 'me@programme.example' })
  await updateCampaign(made.deps, {
    id: made.id,
    change: { body_markdown: `[The other one](${OTHER}), [one more](https://library.example/third)` },
  })
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const composers = Array.from({ length: 6 }, () => createComposer({ ...made.deps, signer: undefined }))
  await Promise.all(composers.map((compose) => readMail({ ...made, compose })))
  expect((await linksOf(made.deps)).map(({ url }) => url)).toEqual([GUIDE, OTHER, 'https://library.example/third'])
})

test('no message is made when its links could not be kept', async () => {
  const made = await openWith([{}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  await sql`alter table campaign_links rename to campaign_links_away`.execute(made.deps.db)
  await expect(readMail(made)).rejects.toThrow(/campaign_links/)
  await sql`alter table campaign_links_away rename to campaign_links`.execute(made.deps.db)
  expect(redirectsIn((await readMail(made))[0]?.html ?? '')).toHaveLength(3)
})

test('clicks that are not counted: plain addresses from the next message on, and back', async () => {
  const made = await openWith([{}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  await updateProgramme(made.deps, { count_clicks: false })
  const [plain] = await readMail(made)
  expect(redirectsIn(plain?.html ?? '')).toEqual([])
  expect(plain?.html).toContain('href="https://library.example/guide?a=1&amp;b=2"')
  expect(plain?.html).not.toContain('/t/')
  expect(await linksOf(made.deps)).toEqual([])
  await updateProgramme(made.deps, { count_clicks: true })
  expect(redirectsIn((await readMail(made))[0]?.html ?? '')).toHaveLength(3)
  expect(await linksOf(made.deps)).toHaveLength(2)
})

test('the preview shows where links lead, and keeps nothing; a test email goes through the redirect', async () => {
  const made = await openWith([{}])
  for (const person_id of [null, made.people[0] as number]) {
    const { html } = await previewCampaign(made.deps, { campaign_id: made.id, person_id, part: 'html' })
    expect(html).toContain('href="https://library.example/guide?a=1&amp;b=2"')
    expect(html).not.toContain('/t/')
  }
  expect(await linksOf(made.deps)).toEqual([])
  await requestTest(made.deps, made.id, { to: 'me@programme.example' })
  const [trial] = await readMail(made)
  expect(redirectsIn(trial?.html ?? '')).toHaveLength(3)
  expect(await linksOf(made.deps)).toHaveLength(2)
})

test('automatic email counts nothing, not even for who agreed', async () => {
  const made = await openWith([{}], { kind: 'reminder' })
  await consent(made.deps.db, made.people[0] as number, true)
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const [mail] = await readMail(made)
  expect(mail?.html).toContain('href="https://library.example/guide?a=1&amp;b=2"')
  expect(mail?.html).not.toContain('/t/')
  expect(mail?.html).not.toContain('<img')
  expect(await linksOf(made.deps)).toEqual([])
})

test('a text compiled before there were redirects leaves as it was, uncounted', async () => {
  const made = await openWith([{}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const { compiled } = await made.deps.db.selectFrom('campaign_variants').select('compiled').executeTakeFirstOrThrow()
  const { html, ...rest } = compiled as unknown as { html: (string | { link: string } | { field: string })[] }
  const before = html
    .map((piece) => (typeof piece !== 'string' && 'link' in piece ? piece.link.replaceAll('&', '&amp;') : piece))
    .filter((piece) => typeof piece === 'string' || piece.field !== 'reader.opening')
  await made.deps.db
    .updateTable('campaign_variants')
    .set({ compiled: JSON.stringify({ ...rest, html: before }) })
    .execute()
  await consent(made.deps.db, made.people[0] as number, true)
  const [mail] = await readMail(made)
  expect(mail?.html).toContain('href="https://library.example/guide?a=1&amp;b=2"')
  expect(mail?.html).not.toContain('/t/')
  expect(await linksOf(made.deps)).toEqual([])
})

test('only who agreed last gets the picture that tells of an opening', async () => {
  const made = await openWith([{}, {}, {}, {}, {}])
  const [agreed, , withdrawn, again, news] = made.people as [number, number, number, number, number]
  const { db } = made.deps
  await consent(db, agreed, true)
  for (const given of [true, false]) await consent(db, withdrawn, given)
  for (const given of [true, false, true]) await consent(db, again, given)
  await consent(db, again, false, 'news')
  await consent(db, news, true, 'news')
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const mails = await readMail(made)
  for (const { claim, html } of mails) {
    const pictures = html.match(/<img[^>]*>/g) ?? []
    if (![agreed, again].includes(claim.person_id as number)) expect(pictures).toEqual([])
    else {
      const src = `https://programme.example/t/${signToken(made.deps.keys, 'open', claim.id)}`
      expect(pictures).toEqual([`<img src="${src}" alt="" width="1" height="1" role="presentation">`])
      expect(html).toMatch(/role="presentation"><\/body><\/html>\s*$/)
    }
  }
  // It holds from the next message on.
  await consent(db, agreed, false)
  expect((await readMail(made)).filter(({ html }) => html.includes('<img'))).toHaveLength(1)
})

test('whoever tests a campaign as a reader who agreed, or looks at it so, has agreed to nothing', async () => {
  const made = await openWith([{}])
  const reader = made.people[0] as number
  await consent(made.deps.db, reader, true)
  const { html } = await previewCampaign(made.deps, { campaign_id: made.id, person_id: reader, part: 'html' })
  expect(html).not.toContain('<img')
  await requestTest(made.deps, made.id, { to: 'me@programme.example', as: reader })
  await requestTest(made.deps, made.id, { to: 'me@programme.example' })
  for (const mail of await readMail(made)) expect(mail.html).not.toContain('<img')
})

test('the page of a check-in is the reader’s own, signed for nothing else', async () => {
  const made = await openWith([{}], { body_markdown: '[How does it go?]({{links.check_in}})' })
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const [mail] = await readMail(made)
  const [, token] = /href="https:\/\/programme\.example\/p\/check-in\/([a-z2-7]{28})"/.exec(mail?.html ?? '') ?? []
  expect(verifyToken(made.deps.keys, 'check_in', token ?? '')).toBe(mail?.claim.id)
  expect(verifyToken(made.deps.keys, 'confirm', token ?? '')).toBeUndefined()
  expect(mail?.text).toContain(`https://programme.example/p/check-in/${token}`)
  expect(redirectsIn(mail?.html ?? '')).toEqual([])
})

test('the check of the size knows whether clicks are counted', async () => {
  const links = Array.from({ length: 300 }, (_, at) => `[Part ${at}](https://library.example/${at})`).join(' ')
  const made = await openWith([{}], { body_markdown: `${links} ${'word '.repeat(11_000)}` })
  const schedule = () => scheduleCampaign(made.deps, made.id, { at: 'now' })
  await expect(schedule()).rejects.toMatchObject({
    faults: [{ field: 'body_markdown', message: expect.stringMatching(/10\d KB of HTML/) }],
  })
  await updateProgramme(made.deps, { count_clicks: false })
  await expect(schedule()).resolves.toMatchObject({ recipients: 1 })
})

test('a text with more links than a statement has parameters leaves all the same, every one of them known', async () => {
  const made = await openWith([{}])
  const urls = Array.from({ length: 30_000 }, (_, at) => `https://library.example/${at}`)
  await Promise.all([recordLinks(made.deps.db, made.id, urls), recordLinks(made.deps.db, made.id, urls.toReversed())])
  expect((await linksOf(made.deps)).length).toBe(urls.length)
})
