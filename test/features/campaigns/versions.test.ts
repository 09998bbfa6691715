import { expect, test } from 'vitest'
import type { CampaignChange } from '../../../src/features/campaigns/schema.ts'
import { CampaignChanged } from '../../../src/features/campaigns/writing/changed.ts'
import { getCampaign, updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addDraft, addRound } from './round.ts'

const FRENCH = { subject: 'Sujet', preheader: '', body_markdown: 'Bonjour.' }

/** A draft at version 1 and two people who both see it. */
async function openDraft() {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const id = await addDraft(deps.db, { variants: { fr: FRENCH } })
  const as = (written_by: string) => (change: CampaignChange, based_on?: number) =>
    updateCampaign(deps, { id, change, based_on, written_by })
  return { deps, id, ana: as('staff 1'), ben: as('staff 2') }
}

test('what two people change in different fields and languages comes together by itself', async () => {
  const { deps, id, ana, ben } = await openDraft()
  await ana({ subject: 'Of Ana', extras: { curator: 'Carla' } }, 1)
  await ben({ body_markdown: 'Of Ben.', extras: { links: [{ title: 'Guide', url: 'https://example.org/g' }] } }, 1)
  await ana({ variants: { fr: { subject: 'De Ana' } } }, 2)
  await ben({ variants: { fr: { body_markdown: 'De Ben.' }, es: { subject: 'Tema' } } }, 1)
  expect(await getCampaign(deps, { id })).toMatchObject({
    version: 5,
    subject: 'Of Ana',
    preheader: 'Getting to know you',
    body_markdown: 'Of Ben.',
    extras: { curator: 'Carla', links: [{ title: 'Guide', url: 'https://example.org/g' }], image: null },
    variants: { fr: { subject: 'De Ana', body_markdown: 'De Ben.' }, es: { subject: 'Tema' } },
  })
})

test('a form that holds every field overwrites only what its writer changed', async () => {
  const { ana, ben } = await openDraft()
  const seen = { subject: 'Topic 1', preheader: 'Getting to know you', body_markdown: 'Old.' }
  await ana({ body_markdown: 'Old.' }, 1)
  await ana({ ...seen, subject: 'Of Ana' }, 2)
  expect(await ben({ ...seen, body_markdown: 'Of Ben.' }, 2)).toMatchObject({
    subject: 'Of Ana',
    preheader: 'Getting to know you',
    body_markdown: 'Of Ben.',
  })
})

test('the same field changed differently saves nothing and gives back both texts', async () => {
  const { deps, id, ana, ben } = await openDraft()
  await ana({ subject: 'Of Ana', preheader: 'Of Ana too' }, 1)
  const failure: CampaignChanged = await ben({ subject: 'Of Ben', body_markdown: 'Of Ben.' }, 1).catch((error) => error)
  expect(failure).toBeInstanceOf(CampaignChanged)
  expect(failure.code).toBe('campaign_changed')
  expect(failure.version).toBe(2)
  expect(failure.writers).toMatchObject([{ version: 2, written_by: 'staff 1' }])
  expect(failure.conflicts).toMatchObject([
    { language: 'en', field: 'subject', theirs: { subject: 'Of Ana' }, mine: { subject: 'Of Ben' } },
  ])
  // What is to be saved next: mine where both changed, theirs where only they did.
  expect(failure.merged.get('en')).toMatchObject({
    subject: 'Of Ben',
    preheader: 'Of Ana too',
    body_markdown: 'Of Ben.',
  })
  expect(await getCampaign(deps, { id })).toMatchObject({ version: 2, subject: 'Of Ana' })
  expect(await ben({ subject: 'Of both' }, failure.version)).toMatchObject({ version: 3, subject: 'Of both' })
})

test('the same change twice is one version', async () => {
  const { ana, ben } = await openDraft()
  await ana({ subject: 'Same' }, 1)
  expect(await ben({ subject: 'Same' }, 1)).toMatchObject({ version: 2, subject: 'Same' })
})

test('two saves at the very same moment lose nothing', async () => {
  const { deps, id, ana, ben } = await openDraft()
  const outcomes = await Promise.allSettled([ana({ subject: 'Of Ana' }, 1), ben({ subject: 'Of Ben' }, 1)])
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  const kept = await getCampaign(deps, { id })
  const lost = kept.subject === 'Of Ana' ? 'Of Ben' : 'Of Ana'
  expect(refused?.reason.merged.get('en').subject).toBe(lost)
})

test('one person goes on from an earlier save whose answer was lost, and meets nobody', async () => {
  const { ana, ben } = await openDraft()
  await ana({ body_markdown: 'One.' }, 1)
  expect(await ana({ body_markdown: 'One. Two.' }, 1)).toMatchObject({ version: 3, body_markdown: 'One. Two.' })
  await ben({ body_markdown: 'Of Ben.' }, 3)
  await expect(ana({ body_markdown: 'One. Two. Three.' }, 3)).rejects.toMatchObject({ code: 'campaign_changed' })
})

test('a language that one takes away while the other writes in it is asked about', async () => {
  const { ana, ben, deps, id } = await openDraft()
  await ana({ variants: { fr: { subject: 'Nouveau' } } }, 1)
  await expect(ben({ variants: { fr: null } }, 1)).rejects.toMatchObject({
    conflicts: [{ language: 'fr', field: 'subject', mine: undefined }],
  })
  expect((await ben({ variants: { fr: null } }, 2)).variants).toEqual({})
  await expect(ana({ variants: { fr: { subject: 'Encore' } } }, 2)).rejects.toMatchObject({
    conflicts: [{ language: 'fr', field: 'subject', theirs: undefined }],
  })
  // Who did not write in it has nothing to lose.
  await ana({ subject: 'x', variants: { fr: { subject: 'Nouveau' } } }, 2)
  expect((await getCampaign(deps, { id })).variants).toEqual({})
})

test('settings that two people change come together, and the same one is asked about', async () => {
  const { deps, id } = await openDraft()
  const seen = { from_name: 'The programme team', fallbacks: {}, planned_at: null, web_copy: true }
  const save = (change: CampaignChange) => updateCampaign(deps, { id, change, seen, based_on: 1 })
  await save({ from_name: 'Ana', fallbacks: { 'partner.country': 'abroad' } })
  await save({ from_name: 'The programme team', fallbacks: { 'partner.email': 'their address' } })
  const planned_at = '2016-03-03T09:00:00Z'
  expect(await save({ web_copy: false, planned_at })).toMatchObject({
    version: 1,
    from_name: 'Ana',
    fallbacks: { 'partner.country': 'abroad', 'partner.email': 'their address' },
    planned_at: new Date(planned_at),
    web_copy: false,
  })
  await expect(save({ from_name: 'Ben' })).rejects.toMatchObject({
    settings: [{ field: 'from_name', theirs: 'Ana', mine: 'Ben' }],
  })
})

test('a version says who wrote it, and one that never was is refused', async () => {
  const { deps, id, ana } = await openDraft()
  await ana({ subject: 'x' }, 1)
  const rows = await deps.db
    .selectFrom('campaign_variants')
    .select(['version', 'written_by', 'created_at'])
    .where('campaign_id', '=', id)
    .where('version', '=', 2)
    .execute()
  expect(rows).toEqual([
    { version: 2, written_by: 'staff 1', created_at: deps.clock.now() },
    { version: 2, written_by: 'staff 1', created_at: deps.clock.now() },
  ])
  await expect(ana({ subject: 'y' }, 9)).rejects.toMatchObject({ faults: [{ field: 'based_on' }] })
})

test('a text that cannot be compiled is saved all the same', async () => {
  const { deps, id, ana } = await openDraft()
  await ana({ body_markdown: 'Hello {{partner.nickname}} and {{' }, 1)
  expect(await getCampaign(deps, { id })).toMatchObject({ version: 2 })
})

test("a changed sender or fallback asks for a new test and a new reader's word; a plan does not", async () => {
  const { deps, id, ana } = await openDraft()
  const seen = () => deps.db.updateTable('campaigns').set({ tested_version: 1, approved_version: 1 }).execute()
  await seen()
  await ana({ planned_at: '2016-03-03T09:00:00Z', from_name: 'The programme team' })
  expect(await getCampaign(deps, { id })).toMatchObject({ tested_version: 1, approved_version: 1 })
  await ana({ fallbacks: { 'partner.country': 'abroad' } })
  expect(await getCampaign(deps, { id })).toMatchObject({ tested_version: null, approved_version: null })
})
