import { expect, test } from 'vitest'
import type { CampaignChange } from '../../../src/features/campaigns/schema.ts'
import { getVersionPair, listHistory, restoreVersion } from '../../../src/features/campaigns/writing/history.ts'
import { getCampaign, updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { diffText } from '../../../src/features/campaigns/writing/text-diff.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addDraft, addRound } from './round.ts'

async function openDraft() {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const id = await addDraft(deps.db)
  const staff = { role: 'director' as const, time_zone: 'UTC' }
  await deps.db
    .insertInto('staff')
    .values([
      { name: 'Ana', ...staff },
      { name: 'Ben', ...staff },
    ])
    .execute()
  const as = (written_by: string) => (change: CampaignChange) => updateCampaign(deps, { id, change, written_by })
  return { deps, id, ana: as('staff 1'), ben: as('staff 2') }
}

test('saves of one sitting are one entry, and every version stays', async () => {
  const { deps, id, ana, ben } = await openDraft()
  deps.clock.set('2030-01-01T09:00:00Z')
  await ana({ subject: 'a' })
  deps.clock.advance(9 * 60_000)
  await ana({ body_markdown: 'b' })
  await ana({ variants: { fr: { subject: 'f' } } })
  deps.clock.advance(60_000)
  await ben({ extras: { curator: 'Carla' } })
  await ana({ variants: { fr: null } })
  deps.clock.advance(11 * 60_000)
  await ana({ preheader: 'p' })
  const { entries, next } = await listHistory(deps, { id })
  expect(entries.map(({ version, before, versions, writer }) => [version, before, versions, writer])).toEqual([
    [7, 6, 1, 'Ana'],
    [6, 5, 1, 'Ana'],
    [5, 4, 1, 'Ben'],
    [4, 1, 3, 'Ana'],
    [1, null, 1, null],
  ])
  expect(entries[1]).toMatchObject({ changed: [], removed: ['fr'] })
  expect(entries[2]).toMatchObject({ changed: [{ language: 'en', fields: ['curator'] }] })
  expect(entries[3]).toMatchObject({ added: ['fr'], changed: [{ language: 'fr' }, { language: 'en' }] })
  expect(entries[3]?.changed[1]?.fields.toSorted()).toEqual(['body_markdown', 'subject'])
  expect(next).toBeNull()
})

test('a long history comes a page at a time and leaves no version out', async () => {
  const { deps, id } = await openDraft()
  const rows = Array.from({ length: 450 }, (_, at) => at + 2)
  await deps.db
    .insertInto('campaign_variants')
    .values(rows.map((version) => ({ campaign_id: id, version, language: 'en', subject: `s${version}` })))
    .execute()
  await deps.db.updateTable('campaigns').set({ version: 451 }).execute()
  const seen: number[] = []
  for (let up_to: number | undefined; ; ) {
    const page = await listHistory(deps, { id, up_to })
    for (const entry of page.entries) for (let at = 0; at < entry.versions; at++) seen.push(entry.version - at)
    if (page.next === null) break
    up_to = page.next
  }
  expect(seen).toEqual(Array.from({ length: 451 }, (_, at) => 451 - at))
})

test('a restored version is a new one, and is refused when somebody wrote meanwhile', async () => {
  const { deps, id, ana } = await openDraft()
  await ana({ subject: 'second', variants: { fr: { subject: 'f' } } })
  await ana({ subject: 'third' })
  await expect(restoreVersion(deps, { id, version: 1, seen: 2, written_by: null })).rejects.toMatchObject({
    code: 'campaign_changed',
  })
  expect(await restoreVersion(deps, { id, version: 1, seen: 3, written_by: 'staff 2' })).toEqual({ version: 4 })
  expect(await getCampaign(deps, { id })).toMatchObject({ version: 4, subject: 'Topic 1', variants: {} })
  await expect(restoreVersion(deps, { id, version: 9, seen: 4, written_by: null })).rejects.toThrow('Version 9')
  await deps.db.updateTable('campaigns').set({ state: 'sending', frozen_at: new Date() }).execute()
  await expect(restoreVersion(deps, { id, version: 2, seen: 4, written_by: null })).rejects.toMatchObject({
    code: 'campaign_not_editable',
  })
})

test('a version is compared with the one before it, or with any other', async () => {
  const { deps, id, ana } = await openDraft()
  await ana({ subject: 'second' })
  await ana({ subject: 'third' })
  const pair = await getVersionPair(deps, { id, version: 3 })
  expect(pair).toMatchObject({ before: 2, version: { writer: 'Ana', version: 3 } })
  expect(pair.texts.get('en')?.subject).toBe('third')
  expect(pair.textsBefore.get('en')?.subject).toBe('second')
  expect((await getVersionPair(deps, { id, version: 3, against: 1 })).textsBefore.get('en')?.subject).toBe('Topic 1')
  expect(await getVersionPair(deps, { id, version: 1 })).toMatchObject({ before: null })
  await expect(getVersionPair(deps, { id, version: 4 })).rejects.toThrow('Version 4')
  await expect(getVersionPair(deps, { id, version: 3, against: 8 })).rejects.toThrow('Version 8')
})

test('a difference is told in words, and both texts can be read out of it', () => {
  const [before, after] = ['Write to your partner today.', 'Write to your new partner <b>today</b>.']
  const parts = diffText(before, after)
  const without = (kind: string) =>
    parts
      .filter((part) => part.kind !== kind)
      .map(({ text }) => text)
      .join('')
  expect(without('added')).toBe(before)
  expect(without('removed')).toBe(after)
  expect(parts.filter(({ kind }) => kind === 'added').some(({ text }) => text.includes('new'))).toBe(true)
})

test('two long texts that have nothing in common do not hold up the page', () => {
  const text = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word}${at}`).join(' ')
  const start = performance.now()
  const parts = diffText(text('a'), text('b'))
  expect(performance.now() - start).toBeLessThan(5000)
  expect(parts.map(({ kind }) => kind)).toEqual(['removed', 'added'])
})
