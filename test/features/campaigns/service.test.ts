import { expect, test } from 'vitest'
import { mergeValuesOf } from '../../../src/features/campaigns/content/index.ts'
import { ensureCompiled, renderMessage } from '../../../src/features/campaigns/index.ts'
import { exampleLinks } from '../../../src/features/campaigns/message/links.ts'
import { previewCampaign } from '../../../src/features/campaigns/preview/preview.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { findMergeRow, listMergeRows } from '../../../src/features/campaigns/writing/queries.ts'
import {
  createCampaign,
  getCampaign,
  listCampaigns,
  updateCampaign,
} from '../../../src/features/campaigns/writing/service.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'

const TEXT = {
  round: '2016A',
  kind: 'topic',
  subject: 'Topic 1',
  preheader: 'Hello',
  body_markdown: 'Hello {{participant.given_name}} and {{partner.given_name}}.',
  variants: { fr: { subject: 'Sujet 1', body_markdown: 'Bonjour {{participant.given_name}}.' } },
} as const satisfies CampaignInput

async function openWithRound(): Promise<TestDeps> {
  const deps = await openTestDeps()
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'ILN 2016A', ends_on: '2016-06-30' }).execute()
  return deps
}

async function addPerson({ db }: TestDeps, given_name: string, country_code = 'KE', language = 'en'): Promise<number> {
  const values = { given_name, family_name: 'Test', country_code, language }
  const { id } = await db.insertInto('people').values(values).returning('id').executeTakeFirstOrThrow()
  await db
    .insertInto('addresses')
    .values({ person_id: id, address: `${id}@example.org` })
    .execute()
  return id
}

async function addPartnership({ db }: TestDeps, people: number[], more: { introduced_at?: Date; ended_at?: Date }) {
  const { id: round_id } = await db
    .selectFrom('rounds')
    .select('id')
    .where('code', '=', '2016A')
    .executeTakeFirstOrThrow()
  const { id } = await db
    .insertInto('partnerships')
    .values({ round_id, ...more })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('partnership_members')
    .values(people.map((person_id) => ({ partnership_id: id, person_id })))
    .execute()
}

test('a campaign comes back as it went in, with what was left out', async () => {
  const deps = await openWithRound()
  const made = await createCampaign(deps, TEXT)
  expect(made).toMatchObject({
    ...TEXT,
    lane: 'campaign',
    state: 'draft',
    language: 'en',
    version: 1,
    tested_version: null,
    audience: {},
    fallbacks: {},
    from_name: null,
    extras: { image: null, video: null, curator: null, links: [] },
    variants: { fr: { ...TEXT.variants.fr, preheader: '' } },
  })
  expect(await getCampaign(deps, { id: made.id })).toEqual(made)
  expect((await createCampaign(deps, { round: '2016A', kind: 'check_in' })).lane).toBe('automatic')
  await expect(createCampaign(deps, { ...TEXT, round: '1999X' })).rejects.toThrow('Round 1999X was not found.')
  await expect(getCampaign(deps, { id: 99 })).rejects.toThrow('Campaign 99 was not found.')
})

test('every fault of the input is named at once', async () => {
  const deps = await openWithRound()
  const failure = await createCampaign(deps, {
    ...TEXT,
    body_markdown: 'x'.repeat(2 * 1024 * 1024),
    extras: { curator: 'c'.repeat(2000) },
    variants: { xx: {}, 'fr-ca': {}, 'fr-CA': {}, EN: {}, es: { subject: 'a\0b' } },
    fallbacks: { 'partner.nickname': 'x' },
  }).catch((error) => error)
  expect(failure.faults).toEqual([
    { field: 'variants.es.subject', message: 'It holds a character that cannot be stored.' },
    { field: 'fallbacks.partner.nickname', message: 'There is no merge field {{partner.nickname}}.' },
    { field: 'variants.xx', message: '"xx" is not a known language.' },
    { field: 'variants.fr-CA', message: 'The text in fr-CA is given twice.' },
    { field: 'variants.EN', message: 'The text in en is given twice.' },
    { field: 'body_markdown', message: 'The text has 2048 KB; the limit is 200 KB.' },
    { field: 'extras.curator', message: 'It has more than 1000 characters.' },
  ])
  await expect(createCampaign(deps, { ...TEXT, language: 'tlhq' })).rejects.toThrow('"tlhq" is not a known language.')
  await expect(createCampaign(deps, { ...TEXT, fallbacks: { 'partner.email': '\ud800' } })).rejects.toThrow('stored')
})

test('a change of text makes a version with all languages, and no other change does', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  await ensureCompiled(deps, id, 1)
  await deps.db.updateTable('campaigns').set({ tested_version: 1 }).execute()

  expect(await updateCampaign(deps, { id, change: { audience: { countries: ['KE'] } } })).toMatchObject({
    version: 1,
    tested_version: 1,
  })
  expect(await updateCampaign(deps, { id, change: { subject: 'Topic 1' } })).toMatchObject({
    version: 1,
    tested_version: 1,
  })
  expect(await updateCampaign(deps, { id, change: { from_name: 'ILN' } })).toMatchObject({
    version: 1,
    tested_version: null,
  })

  const changed = await updateCampaign(deps, {
    id,
    change: { preheader: 'New', variants: { es: { subject: 'Tema 1' } } },
  })
  expect(changed).toMatchObject({ version: 2, subject: 'Topic 1', preheader: 'New' })
  expect(Object.keys(changed.variants)).toEqual(['es', 'fr'])
  const rows = await deps.db
    .selectFrom('campaign_variants')
    .select(['version', 'language', 'compiled'])
    .orderBy('version')
    .orderBy('language')
    .execute()
  expect(
    rows.map(({ version, language, compiled }) => `${version} ${language} ${compiled ? 'compiled' : ''}`.trim()),
  ).toEqual(['1 en compiled', '1 fr compiled', '2 en compiled', '2 es compiled', '2 fr compiled'])
  expect((await updateCampaign(deps, { id, change: { variants: { fr: null } } })).variants).not.toHaveProperty('fr')
  await expect(updateCampaign(deps, { id, change: { variants: { en: null } } })).rejects.toThrow(
    "campaign's own language",
  )
  await expect(updateCampaign(deps, { id, change: { language: 'de' } })).rejects.toThrow('no text in de')
})

test('once the recipients are frozen the text stays', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  for (const state of ['scheduled', 'sending', 'paused', 'done', 'cancelled']) {
    await deps.db.updateTable('campaigns').set({ state, frozen_at: new Date() }).execute()
    await expect(updateCampaign(deps, { id, change: { subject: 'x' } })).rejects.toMatchObject({
      code: 'campaign_not_editable',
    })
  }
  await deps.db.updateTable('campaigns').set({ state: 'scheduled', frozen_at: null }).execute()
  expect((await updateCampaign(deps, { id, change: { subject: 'x' } })).version).toBe(2)
})

test('two changes at once make two versions', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  await Promise.all([
    updateCampaign(deps, { id, change: { subject: 'a' } }),
    updateCampaign(deps, { id, change: { preheader: 'b' } }),
  ])
  expect(await getCampaign(deps, { id })).toMatchObject({ version: 3, subject: 'a', preheader: 'b' })
})

test('a version is compiled once, and two workers at once get the same', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  const [a, b] = await Promise.all([ensureCompiled(deps, id, 1), ensureCompiled(deps, id, 1)])
  expect([...a.keys()]).toEqual(['en', 'fr'])
  expect(a).toEqual(b)
  expect(await ensureCompiled(deps, id, 1)).toEqual(a)
  await expect(ensureCompiled(deps, id, 7)).rejects.toThrow('Version 7')
  const { id: broken } = await createCampaign(deps, { ...TEXT, body_markdown: '{{partner.nickname}}' })
  await expect(ensureCompiled(deps, broken, 1)).rejects.toMatchObject({ code: 'not_compilable' })
})

test('campaigns are listed newest first, a page at a time, by round', async () => {
  const deps = await openWithRound()
  await deps.db.insertInto('rounds').values({ code: '2016B', name: 'x' }).execute()
  for (const subject of ['one', 'two', 'three']) await createCampaign(deps, { ...TEXT, subject })
  await createCampaign(deps, { ...TEXT, round: '2016B', subject: 'other' })
  const first = await listCampaigns(deps, { round: '2016A', limit: 2 })
  expect(first.items.map((item) => item.subject)).toEqual(['three', 'two'])
  const rest = await listCampaigns(deps, { round: '2016A', limit: 2, after: first.next as number })
  expect(rest.items.map((item) => item.subject)).toEqual(['one'])
  expect(rest.next).toBeNull()
  expect((await listCampaigns(deps, {})).items).toHaveLength(4)
  await expect(listCampaigns(deps, { round: 'nope' })).rejects.toThrow('Round nope was not found.')
})

test('a preview is the message itself, in the language of the person', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  const ana = await addPerson(deps, '<Ana>', 'AR')
  const ben = await addPerson(deps, 'Ben', 'CA', 'fr-CA')
  await addPartnership(deps, [ana, ben], { introduced_at: new Date() })

  const english = (await ensureCompiled(deps, id, 1)).get('en')
  const row = await findMergeRow(deps.db, id, ana)
  if (!english || !row) throw new Error('missing')
  const settings = { language: 'en', default_language: 'en', fallbacks: {}, sender_name: 'Pairpost' }
  const values = mergeValuesOf(row, settings, exampleLinks(deps.config, row.round_code))
  const message = renderMessage(english, values)
  const html = await previewCampaign(deps, { campaign_id: id, person_id: ana, part: 'html' })
  expect(html).toEqual({ language: 'en', subject: message.subject, html: message.html })
  expect((await previewCampaign(deps, { campaign_id: id, person_id: ana, part: 'text' })).text).toBe(message.text)
  expect(message.text).toMatch(/^Hello <Ana> and Ben\./)

  const french = await previewCampaign(deps, { campaign_id: id, person_id: ben, part: 'text' })
  expect(french).toMatchObject({ language: 'fr', subject: 'Sujet 1', text: expect.stringMatching(/^Bonjour Ben\./) })
  const sample = await previewCampaign(deps, { campaign_id: id, person_id: null, part: 'text' })
  expect(sample.text).toMatch(/^Hello Amina and Mateo\..*ILN 2016A/s)
  const asked = await previewCampaign(deps, { campaign_id: id, person_id: ana, part: 'text', language: 'fr' })
  expect(asked.text).toMatch(/^Bonjour <Ana>/)
  await expect(previewCampaign(deps, { campaign_id: id, person_id: 999, part: 'text' })).rejects.toThrow('Person 999')
  await expect(
    previewCampaign(deps, { campaign_id: id, person_id: ana, part: 'text', language: 'de' }),
  ).rejects.toThrow('no text in "de"')
})

test('a partner is shown once introduced, not before and not after the end', async () => {
  const deps = await openWithRound()
  const { id } = await createCampaign(deps, TEXT)
  const { id: introduction } = await createCampaign(deps, { ...TEXT, kind: 'introduction' })
  const people: number[] = []
  for (const name of ['A', 'B', 'C', 'D', 'E']) people.push(await addPerson(deps, name))
  const [a, b, c, d, e] = people as [number, number, number, number, number]
  await addPartnership(deps, [a, b], {})
  await addPartnership(deps, [a, d], { introduced_at: new Date(), ended_at: new Date() })
  await addPartnership(deps, [c, d, e], { introduced_at: new Date() })
  const partnersIn = async (campaign: number) => {
    const rows = await listMergeRows(deps.db, campaign, [a, c])
    return Object.fromEntries(rows.map((row) => [row.given_name, row.partners.map((partner) => partner.given_name)]))
  }
  expect(await partnersIn(id)).toEqual({ A: [], C: ['D', 'E'] })
  // An introduction shows whom it introduces: C knows theirs.
  expect(await partnersIn(introduction)).toEqual({ A: ['B'], C: [] })
})
