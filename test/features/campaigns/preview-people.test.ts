import { expect, test } from 'vitest'
import { previewCampaign } from '../../../src/features/campaigns/preview/preview.ts'
import { listPreviewPeople, searchPreviewPeople } from '../../../src/features/campaigns/preview/preview-people.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addDraft, addPartnership, addRound, suppress } from './round.ts'

test('one recipient is found for each reason, and nobody who will not get it', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const add = (given_name: string, family_name: string, more = {}) =>
    addApplicant(deps.db, round, { given_name, family_name, ...more })
  const plain = await add('Ana', 'Silva')
  const long = await add('Wolfeschlegelstein', 'Featherstonehaugh')
  const alone = await add('Ben', 'Okafor')
  const arabic = await add('سلمى', 'ح')
  const bare = await add('Bo', '')
  await add('Nobody whose name is longer than all of the others together', 'Declined', { state: 'declined' })
  const gone = await add('Another name that is longer than all of the others', 'Stopped', { address: 'gone@x.example' })
  await suppress(deps.db, 'gone@x.example', 'all')
  await addPartnership(deps.db, round, [plain, long], { introduced_at: new Date() })
  await addPartnership(deps.db, round, [arabic, gone], { introduced_at: new Date() })
  const id = await addDraft(deps.db)
  const found = await listPreviewPeople(deps.db, id)
  expect(found.map((person) => [person.id, person.reasons])).toEqual([
    [long, ['longest_name']],
    [alone, ['no_partner']],
    [arabic, ['right_to_left']],
    [bare, ['emptiest']],
  ])
  // Whoever stands for several reasons is offered once; a reason that nobody has is left out.
  const few = await addDraft(deps.db, { audience: { matched: true } })
  expect((await listPreviewPeople(deps.db, few)).map(({ id: of, reasons }) => [of, reasons])).toEqual([
    [long, ['longest_name']],
    [arabic, ['right_to_left', 'emptiest']],
  ])
  const none = await addDraft(deps.db, { audience: { countries: ['FI'] } })
  expect(await listPreviewPeople(deps.db, none)).toEqual([])
})

test('anybody is found by the beginning of a name or an address, taken to the letter', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const zoe = await addApplicant(deps.db, round, { given_name: 'Zoë', family_name: 'Müller', address: 'z%e@x.example' })
  const max = await addApplicant(deps.db, round, { given_name: 'Max', family_name: 'Zoëger' })
  const search = async (text: string) => (await searchPreviewPeople(deps.db, text)).map(({ id }) => id)
  expect(await search(' zOË')).toEqual([zoe, max])
  expect(await search('müll')).toEqual([zoe])
  expect(await search('Z%E@')).toEqual([zoe])
  expect(await search('z_')).toEqual([])
  expect(await search('%')).toEqual([])
  expect(await search('  ')).toEqual([])
  expect(await search('a\0b')).toEqual([])
  for (let at = 0; at < 15; at++) await addApplicant(deps.db, round, { given_name: 'Zoë' })
  expect(await search('zoë')).toHaveLength(10)
})

test('a preview under a name of one\u2019s own, and of an earlier version', async () => {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const id = await addDraft(deps.db, { body_markdown: 'Hello {{participant.full_name}}, with {{partner.given_name}}.' })
  const text = { campaign_id: id, part: 'text' as const }
  const me = await previewCampaign(deps, { ...text, person_id: { given_name: 'Ana', family_name: 'Silva' } })
  expect(me.text).toMatch(/^Hello Ana Silva, with Mateo\./)
  await expect(previewCampaign(deps, { ...text, person_id: null, version: 3 })).rejects.toThrow('Version 3')
})
