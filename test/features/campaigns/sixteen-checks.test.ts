import { expect, test } from 'vitest'
import { listCampaignFindings, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import { requestTest } from '../../../src/features/campaigns/preview/test-email.ts'
import { approveCampaign } from '../../../src/features/campaigns/review/approve.ts'
import { recordLinkCheck } from '../../../src/features/campaigns/review/link-checks-queries.ts'
import type { CampaignChange, CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { addPicture } from '../../../src/features/pictures/index.ts'
import { InvalidInput } from '../../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { pngChunk, pngWith } from '../pictures/files.ts'
import { addApplicant, addDraft, addRound } from './round.ts'

interface Stage {
  deps: TestDeps
  round: number
}

interface Seeded {
  level: 'problem' | 'warning'
  code: string
  says: RegExp
  /** Makes a campaign with the fault. Called twice: each time another campaign has it. */
  seed(stage: Stage): Promise<number>
  mend(stage: Stage, id: number): Promise<unknown>
  /** When it is asked to go, where that matters. */
  at?: string
}

const change = (text: CampaignChange) => (stage: Stage, id: number) =>
  updateCampaign(stage.deps, { id, change: text, written_by: 'staff 1' })
const draft = (input: Partial<CampaignInput>) => (stage: Stage) => addDraft(stage.deps.db, input)

/** A fault in the text, and the text without it. */
const text = (
  code: string,
  level: Seeded['level'],
  says: RegExp,
  faulty: CampaignChange,
  mended: CampaignChange,
): Seeded => ({ code, level, says, seed: draft(faulty as Partial<CampaignInput>), mend: change(mended) })
const body = (code: string, level: Seeded['level'], says: RegExp, faulty: string, mended: string) =>
  text(code, level, says, { body_markdown: faulty }, { body_markdown: mended })

const kilobytes = (count: number) => `${'Read a little every day. '.repeat(count * 41)}`.slice(0, count * 1024)
const LARGE_PICTURE = pngWith(pngChunk('IDAT', Buffer.alloc(300 * 1024)))

/** ux.md, "Checks before scheduling", in its order. */
const CHECKS: Record<string, Seeded[]> = {
  '1 an unknown or unclosed merge field': [
    body('merge_unknown', 'problem', /\{\{participant\.shoe_size\}\}/, 'Hello {{participant.shoe_size}}', 'Hello'),
    body('merge_unclosed', 'problem', /is not closed/, 'Hello {{participant.given_name', 'Hello'),
    body('merge_unopened', 'problem', /never opened/, 'Hello participant.given_name}}', 'Hello'),
  ],
  '2 a field that is empty for somebody and has no fallback': [
    text(
      ...([
        'field_empty',
        'problem',
        /partner\.email\}\} is empty for 2 people \(Amina Okafor, Amina Okafor\)/,
      ] as const),
      { body_markdown: 'Write to {{partner.email}}.' },
      { fallbacks: { 'partner.email': 'your partner' } },
    ),
  ],
  '3 a link that is empty or malformed': [
    body('link_empty', 'problem', /"the guide" has no address/, '[the guide]()', '[the guide](https://x.example)'),
    body('link_malformed', 'problem', /htp:/, '[the guide](htp:/x.example)', '[the guide](https://x.example)'),
  ],
  '4 a link that is dead': [
    {
      ...{ code: 'link_dead', level: 'warning', says: /https:\/\/x\.example\/gone answered 404/ },
      seed: async ({ deps }) => {
        const check = { url: 'https://x.example/gone', state: 'dead', status: 404, words: 'answered 404' } as const
        await recordLinkCheck(deps.db, { ...check, octets: null, checked_at: deps.clock.now() })
        return addDraft(deps.db, { body_markdown: '[the guide](https://x.example/gone)' })
      },
      mend: change({ body_markdown: '[the guide](https://x.example/guide)' }),
    },
  ],
  '5 no way to unsubscribe, or no sender': [
    {
      ...{ code: 'unsubscribe_missing', level: 'problem', says: /no link to stop/ },
      seed: async ({ deps }) => {
        const id = await addDraft(deps.db, { body_markdown: 'First.' })
        await updateCampaign(deps, { id, change: { body_markdown: 'Hello.' } })
        // Our own footer has the link: only a compiled text that was damaged lacks it.
        const { compiled } = await deps.db
          .selectFrom('campaign_variants')
          .select('compiled')
          .where('campaign_id', '=', id)
          .where('version', '=', 2)
          .executeTakeFirstOrThrow()
        const without = { ...(compiled as object), fields: [] }
        await deps.db
          .updateTable('campaign_variants')
          .set({ compiled: JSON.stringify(without) })
          .where('campaign_id', '=', id)
          .execute()
        return id
      },
      mend: change({ body_markdown: 'Hello again.' }),
    },
    {
      ...{ code: 'sender_missing', level: 'problem', says: /no sender name/ },
      seed: draft({ from_name: null }),
      mend: change({ from_name: 'The programme team' }),
    },
  ],
  '6 a picture without a description': [
    body(
      'picture_without_description',
      'problem',
      /no description/,
      '![](https://x.example/a.png)',
      '![Books](https://x.example/a.png)',
    ),
  ],
  '7 too much HTML': [
    body('html_large', 'warning', /close to the 102 KB/, kilobytes(88), 'Hello'),
    body('html_too_large', 'problem', /cut it off/, kilobytes(100), 'Hello'),
  ],
  '8 a picture of more than 200 KB': [
    {
      ...{ code: 'picture_large', level: 'warning', says: /pictures\/own\/.* has 300 KB/ },
      seed: async ({ deps }) => {
        const picture = { content: LARGE_PICTURE, alt: 'A room', uploaded_by: 'staff 1' }
        const { path } = await addPicture(deps, picture)
        return addDraft(deps.db, { body_markdown: `![A room](https://pairpost.example${path})` })
      },
      mend: change({ body_markdown: 'Hello' }),
    },
    {
      ...{ code: 'picture_large', level: 'warning', says: /https:\/\/x\.example\/head\.png has 400 KB/ },
      seed: async ({ deps }) => {
        const check = { url: 'https://x.example/head.png', state: 'alive', status: 200, words: 'answered 200' } as const
        await recordLinkCheck(deps.db, { ...check, octets: 400 * 1024, checked_at: deps.clock.now() })
        return addDraft(deps.db, { extras: { image: { url: 'https://x.example/head.png', alt: 'A room' } } })
      },
      mend: change({ extras: { image: null } }),
    },
  ],
  '9 a subject that is empty, long or in capitals': [
    text('subject_empty', 'problem', /is empty/, { subject: ' ' }, { subject: 'Topic 1' }),
    text('subject_long', 'warning', /71 characters/, { subject: `T${'o'.repeat(70)}` }, { subject: 'Topic 1' }),
    text('subject_capitals', 'warning', /capital letters/, { subject: 'READ THIS NOW' }, { subject: 'Read this' }),
  ],
  '10 no preheader': [
    text('preheader_missing', 'warning', /no preheader/, { preheader: '' }, { preheader: 'Say hello.' }),
  ],
  '11 the subject of an email before it': [
    {
      ...{ code: 'subject_as_before', level: 'warning', says: /"Topic 1" was used before/ },
      seed: async ({ deps }) => {
        await scheduleCampaign(deps, await addDraft(deps.db), { at: 'now' })
        return addDraft(deps.db)
      },
      mend: change({ subject: 'Topic 2' }),
    },
  ],
  '12 no test since the last edit': [
    {
      ...{ code: 'not_tested', level: 'warning', says: /since the last change/ },
      seed: async ({ deps }) => {
        const id = await addDraft(deps.db)
        await requestTest(deps, id, { to: 'me@programme.example' })
        await updateCampaign(deps, { id, change: { subject: 'Topic one' } })
        return id
      },
      mend: ({ deps }, id) => requestTest(deps, id, { to: 'me@programme.example' }),
    },
  ],
  '13 an audience of nobody, or of others than last time': [
    text(
      ...(['audience_empty', 'problem', /Nobody is in the audience/] as const),
      { audience: { countries: ['SE'] } },
      { audience: {} },
    ),
    {
      ...{ code: 'audience_changed', level: 'warning', says: /is 1 people; the last one was 2/ },
      seed: async ({ deps, round }) => {
        await scheduleCampaign(deps, await addDraft(deps.db), { at: 'now' })
        await addApplicant(deps.db, round, { country_code: 'FJ' })
        return addDraft(deps.db, { subject: 'Topic 2', audience: { countries: ['FJ'] } })
      },
      mend: change({ audience: { countries: ['KE'] } }),
    },
  ],
  '14 a time that is past, or the same people within a day': [
    {
      ...{ code: 'time_past', level: 'problem', says: /2016-02-28 09:00 UTC, is past/, at: '2016-02-28T09:00:00Z' },
      seed: draft({ planned_at: '2016-02-28T09:00:00Z' }),
      mend: change({ planned_at: '2016-03-02T09:00:00Z' }),
    },
    {
      ...{ code: 'same_people_within_day', level: 'warning', says: /2 people get campaign \d+ within 24 hours/ },
      seed: async ({ deps }) => {
        await scheduleCampaign(deps, await addDraft(deps.db), { at: '2016-03-05T09:00:00Z' })
        return addDraft(deps.db, { subject: 'Topic 2', planned_at: '2016-03-06T08:00:00Z' })
      },
      mend: change({ planned_at: '2016-03-06T10:00:00Z' }),
      at: '2016-03-06T08:00:00Z',
    },
  ],
  '15 "click here", or headings out of order': [
    body('click_here', 'warning', /"Click here" does not say/, '[Click here](https://x.example)', 'Hello'),
    body('heading_order', 'warning', /level 4 follows level 2/, '## One\n\n#### Two', '## One\n\n### Two'),
  ],
  "16 no second person's word for many": [
    {
      ...{ code: 'second_person_needed', level: 'problem', says: /More than 1 recipients need a second/ },
      seed: async ({ deps }) => {
        await deps.db.updateTable('programme').set({ second_person_over: 1 }).execute()
        return addDraft(deps.db)
      },
      mend: ({ deps }, id) => approveCampaign(deps, { id, caller: 'staff 2', staff_id: null }),
    },
  ],
}

const SEEDED = Object.entries(CHECKS).flatMap(([name, all]) => all.map((one) => [name, one.code, one] as const))

async function openStage(): Promise<Stage> {
  const deps = await openTestDeps({ MAIL_FROM: 'team@programme.example' })
  const round = await addRound(deps.db)
  await addApplicant(deps.db, round)
  await addApplicant(deps.db, round)
  return { deps, round }
}

test('there are sixteen', () => {
  expect(Object.keys(CHECKS)).toHaveLength(16)
})

test.each(SEEDED)('%s (%s) is found, and gone once mended', async (_name, code, { level, says, seed, mend, at }) => {
  const stage = await openStage()
  const { deps } = stage
  const found = async (id: number) => (await listCampaignFindings(deps, id)).filter((finding) => finding.code === code)
  const id = await seed(stage)
  expect(await found(id)).toEqual([expect.objectContaining({ level, message: expect.stringMatching(says) })])
  const schedule = (one: number, when = at ?? 'now') => scheduleCampaign(deps, one, { at: when })
  if (level === 'problem') await expect(schedule(id)).rejects.toBeInstanceOf(InvalidInput)
  await mend(stage, id)
  expect(await found(id)).toEqual([])
  // What was kept back may leave now; what was only warned about could always.
  if (level === 'problem') expect((await schedule(id, 'now')).state).toBe('scheduled')
  else {
    const warned = await seed(stage)
    expect(await found(warned)).toHaveLength(1)
    expect((await schedule(warned)).state).toBe('scheduled')
  }
})

test('a campaign with nothing wrong has no findings, and looking at them writes nothing', async () => {
  const { deps } = await openStage()
  const id = await addDraft(deps.db)
  await requestTest(deps, id, { to: 'me@programme.example' })
  await deps.db.updateTable('campaign_variants').set({ compiled: null }).execute()
  expect(await listCampaignFindings(deps, id)).toEqual([])
  const { compiled } = await deps.db.selectFrom('campaign_variants').select('compiled').executeTakeFirstOrThrow()
  expect(compiled).toBeNull()
})

test('the word of who wrote the text does not count, and a change asks for another', async () => {
  const { deps } = await openStage()
  await deps.db.updateTable('programme').set({ second_person_over: 1 }).execute()
  const id = await addDraft(deps.db)
  const codes = async () => (await listCampaignFindings(deps, id)).map(({ code }) => code)
  await updateCampaign(deps, { id, change: { subject: 'Topic one' }, written_by: 'staff 1' })
  const approve = (caller: string) => approveCampaign(deps, { id, caller, staff_id: null })
  await expect(approve('staff 1')).rejects.toThrow(/somebody else/)
  expect(await codes()).toContain('second_person_needed')
  await approve('staff 2')
  expect(await codes()).not.toContain('second_person_needed')
  await updateCampaign(deps, { id, change: { subject: 'Topic 1!' }, written_by: 'staff 2' })
  expect(await codes()).toContain('second_person_needed')
})
