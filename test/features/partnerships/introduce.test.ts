import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  cancelCampaign,
  getCampaign,
  listCampaignFindings,
  previewCampaign,
  scheduleCampaign,
  updateCampaign,
} from '../../../src/features/campaigns/index.ts'
import { findIntroduction, introduce, listIntroductionTroubles } from '../../../src/features/partnerships/index.ts'
import { updateProgramme } from '../../../src/features/programme/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { statesOf } from '../../support/ledger.ts'
import { addDraft, addRound, suppress } from '../campaigns/round.ts'
import { addIntroductions, addPartnerships, addPeople, copiesOf, draftIntroduction } from './round.ts'

const PAIRS = [
  ['ana', 'ben'],
  ['eva', 'dan'],
]

async function openPairs(pairs: readonly string[][] = PAIRS) {
  const deps = await openTestDeps()
  const round = await addIntroductions(deps.db, pairs)
  const { round_id } = round
  return {
    ...{ deps, ...round },
    find: () => findIntroduction(deps, { round_id }),
    draft: () => draftIntroduction(deps.db, round_id),
    introduce: (input: { at?: string; hold_seconds?: number; expected_partnerships?: number } = {}) =>
      introduce(deps, { round_id, ...input }),
    campaigns: async () =>
      (await deps.db.selectFrom('campaigns').select('state').orderBy('id').execute()).map(({ state }) => state),
  }
}

test('the draft stands without a problem, is the same when asked for again, and shows a person their partner and why', async () => {
  const round = await openPairs()
  const id = await round.draft()
  expect(await round.draft()).toBe(id)
  const findings = await listCampaignFindings(round.deps, id)
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
  expect(findings.map(({ code }) => code)).toEqual(['not_tested'])
  const { text, subject } = await previewCampaign(round.deps, {
    ...{ campaign_id: id, person_id: round.idOf('ana'), part: 'text' as const },
  })
  expect(subject).toBe('Meet your partner: Amina from Kenya')
  expect(text).toContain('Amina ben')
  expect(text).toContain('ben@library.example')
  expect(text).toContain('You both work in public libraries.')
  expect(text).toContain('until June 30, 2016')
  expect(text).toContain('answer this email: a person will read it')
  const sample = await previewCampaign(round.deps, { campaign_id: id, person_id: null, part: 'text' })
  expect(sample.text).toContain('You both work in public libraries and like to teach')
  expect(await round.find()).toEqual({ scheduled: false, round_id: round.round_id, campaign_id: id, partnerships: 2 })
})

test('the draft names the programme and its address, and stands also where the round has no end and pairs no reasons', async () => {
  const round = await openPairs()
  await updateProgramme(round.deps, { name: 'ILN', contact_address: 'help@iln.example' })
  await sql`update rounds set ends_on = null`.execute(round.deps.db)
  await sql`update partnerships set reasons = ''`.execute(round.deps.db)
  const id = await round.draft()
  expect(await getCampaign(round.deps, { id })).toMatchObject({ from_name: 'ILN', audience: { states: ['confirmed'] } })
  expect((await listCampaignFindings(round.deps, id)).map(({ code }) => code)).toEqual(['not_tested'])
  const { text } = await previewCampaign(round.deps, { campaign_id: id, person_id: round.idOf('ana'), part: 'text' })
  expect(text).toContain('help@iln.example')
  expect(text).toContain('until the end of the round')
  expect(text).toMatch(/Why we matched you:\s+your answers go well together/)
})

test('nobody waits, nobody is introduced', async () => {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  await addPeople(deps.db, round_id, ['ana@library.example', 'ben@library.example'])
  await expect(introduce(deps, { round_id })).rejects.toMatchObject({ code: 'nobody_to_introduce' })
  expect(await findIntroduction(deps, { round_id })).toBeUndefined()
  await expect(introduce(deps, { round_id: 999 })).rejects.toMatchObject({ code: 'not_found' })
  // A draft by hand is for nobody either.
  const id = await addDraft(deps.db, { kind: 'introduction' })
  await expect(scheduleCampaign(deps, id, { at: 'now' })).rejects.toMatchObject({ code: 'campaign_has_problems' })
})

test('introduce schedules what an officer has written, and says who gets it and when', async () => {
  const round = await openPairs()
  const id = await round.draft()
  await updateCampaign(round.deps, { id, change: { subject: 'Hello {{partner.given_name}}' } })
  await suppress(round.deps.db, 'dan@library.example', 'all')
  const at = '2016-03-02T09:00:00Z'
  expect(await round.introduce({ at, expected_partnerships: 2 })).toEqual({
    ...{ campaign_id: id, already: false, partnerships: 1, recipients: 2 },
    skipped: { unsubscribed: 1, partner_unreachable: 1 },
    starts_at: new Date(at),
    last_leaves_at: expect.any(Date),
  })
  const { rows } = await sql<{ version: number; partnership_id: number }>`
    select version, partnership_id from deliveries order by id`.execute(round.deps.db)
  // Partners stand beside each other, so that they get it at about the same time.
  expect(rows.map((row) => row.partnership_id)).toEqual(round.partnership_ids.flatMap((one) => [one, one]))
  expect(rows[0]?.version).toBe(2)
})

test('two clicks, or ten in several processes, make one campaign; the others are told the same', async () => {
  const round = await openPairs()
  const all = await Promise.all(Array.from({ length: 10 }, () => round.introduce({ expected_partnerships: 2 })))
  expect(all.filter(({ already }) => !already)).toHaveLength(1)
  const [first] = all
  for (const one of all) expect(one).toMatchObject({ ...first, already: expect.any(Boolean) })
  expect(await round.campaigns()).toEqual(['scheduled'])
  expect(await statesOf(round.deps.db, first?.campaign_id as number)).toEqual({ queued: 4 })
  expect(await round.introduce({ expected_partnerships: 2 })).toMatchObject({ ...first, already: true })
})

test('two campaigns that introduce the same people at once: one does, the other finds nobody', async () => {
  const round = await openPairs()
  const ids = [
    await round.draft(),
    await addDraft(round.deps.db, { kind: 'introduction', audience: { matched: true } }),
  ]
  const both = await Promise.allSettled(ids.map((id) => scheduleCampaign(round.deps, id, { at: 'now' })))
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const { rows } = await sql<{ count: number }>`select count(*) as count from deliveries`.execute(round.deps.db)
  expect(rows[0]?.count).toBe(4)
  // Whichever was faster, it counts as the introduction.
  expect(await round.introduce()).toMatchObject({ already: true, recipients: 4 })
})

test('a crash after the draft was made leaves a draft: the next click schedules it', async () => {
  const round = await openPairs()
  const broken = { ...round.deps, config: undefined as unknown as typeof round.deps.config }
  await expect(introduce(broken, { round_id: round.round_id })).rejects.toThrow()
  expect(await round.campaigns()).toEqual(['draft'])
  expect(await round.introduce()).toMatchObject({ already: false, recipients: 4 })
  expect(await round.campaigns()).toEqual(['scheduled'])
})

test('when others wait than the button said, nothing is scheduled, and it says how many', async () => {
  const round = await openPairs()
  await expect(round.introduce({ expected_partnerships: 3 })).rejects.toMatchObject({
    code: 'partnerships_changed',
    message: '2 partnerships wait to be introduced now, not 3. Nothing was scheduled; look at them again.',
  })
  expect(await round.campaigns()).toEqual([])
})

test('an introduction that was cancelled before it left may be made once more', async () => {
  const round = await openPairs()
  const { campaign_id } = await round.introduce({ hold_seconds: 900 })
  await cancelCampaign(round.deps, campaign_id)
  expect(await listIntroductionTroubles(round.deps.db, round.round_id)).toEqual([])
  expect(await round.find()).toMatchObject({ scheduled: false, campaign_id: null, partnerships: 2 })
  expect(await round.introduce()).toMatchObject({ already: false, recipients: 4 })
  expect(await round.campaigns()).toEqual(['cancelled', 'scheduled'])
})

test('mended, those who were left out are introduced by one more campaign, in the words of the last, when somebody asks', async () => {
  const round = await openPairs([...PAIRS, ['liv', 'tom']])
  await suppress(round.deps.db, 'dan@library.example', 'all')
  const id = await round.draft()
  await updateCampaign(round.deps, { id, change: { subject: 'Our own words' } })
  await round.introduce()
  await sql`update deliveries set state = 'accepted' where state = 'queued'`.execute(round.deps.db)
  await sql`update campaigns set state = 'done'`.execute(round.deps.db)
  // Another click is none: nobody is introduced by a page that was left open.
  expect(await round.introduce()).toMatchObject({ campaign_id: id, already: true })
  expect(await round.find()).toMatchObject({ scheduled: true, partnerships: 2, waiting: 1 })

  await sql`update suppressions set lifted_at = now()`.execute(round.deps.db)
  const next = await round.draft()
  expect(await getCampaign(round.deps, { id: next })).toMatchObject({ subject: 'Our own words', state: 'draft' })
  expect(await round.find()).toEqual({ scheduled: false, round_id: round.round_id, campaign_id: next, partnerships: 1 })
  expect(await round.introduce({ expected_partnerships: 1 })).toMatchObject({
    already: false,
    recipients: 2,
    skipped: {},
  })
  expect(await copiesOf(round.deps.db, next)).toEqual({ eva: 'queued', dan: 'queued' })
  expect(await round.introduce()).toMatchObject({ campaign_id: next, already: true })
})

test('whom it did not reach gets it alone, when the partner has it', async () => {
  const round = await openPairs()
  const { campaign_id } = await round.introduce()
  await sql`update deliveries set state = case when address like 'ben@%' then 'rejected' else 'accepted' end`.execute(
    round.deps.db,
  )
  await sql`update campaigns set state = 'done' where id = ${campaign_id}`.execute(round.deps.db)
  await sql`select record_introduced(id, now()) from partnerships`.execute(round.deps.db)
  const next = await round.draft()
  const { text } = await previewCampaign(round.deps, { campaign_id: next, person_id: round.idOf('ben'), part: 'text' })
  expect(text).toContain('Amina ana')
  expect(await round.introduce()).toMatchObject({ recipients: 1, partnerships: 1 })
  expect(await copiesOf(round.deps.db, next)).toEqual({ ben: 'queued' })
})

test('a person who is to be introduced to others first is introduced to these afterwards, and nobody alone', async () => {
  const { db, ...deps } = await openTestDeps()
  const { round_id, idOf } = await addIntroductions(db, [['ana', 'ben']])
  const [eva] = await addPeople(db, round_id, ['eva@library.example'])
  await sql`
    with made as (insert into partnerships (round_id) values (${round_id}) returning id)
    insert into partnership_members select made.id, p from made, unnest(array[${idOf('ana')}, ${eva}]::bigint[]) as p`.execute(
    db,
  )
  const { campaign_id } = await introduce({ ...deps, db }, { round_id })
  expect(await copiesOf(db, campaign_id)).toEqual({ ana: 'queued', ben: 'queued', eva: 'skipped: partner_unreachable' })
  expect(await addPartnerships(db, round_id, [[eva as number, idOf('ben')]]).catch((error) => error)).toMatchObject({
    code: 'has_partner',
    message: 'Amina ben and Amina eva have a partner in this round already.',
  })
})
