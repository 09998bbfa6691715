import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { listNeeds, type NeedFacts } from '../../src/console/home/needs.ts'
import { presentStages } from '../../src/console/home/stages.ts'
import { presentAge } from '../../src/console/present/age.ts'
import type { DraftNeed } from '../../src/features/campaigns/index.ts'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import type { Role } from '../../src/lib/permissions.ts'
import { addApplicant, addDraft } from '../features/campaigns/round.ts'
import { madeUp } from '../features/matching/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { openReview } from './matching-round.ts'

const NOW = new Date('2016-03-01T09:00:00Z')
const READER = { name: 'staff 1', writes: true, time_zone: 'UTC', now: NOW }
const NOTHING: NeedFacts = {
  trouble: { closed: undefined, trouble: undefined, stopped_domains: [] },
  ...{
    drafts: [],
    second_person: [],
    live: [],
    decisions: [],
    imports: [],
    failed_jobs: [],
    webhooks: [],
    matching: null,
    mailchimp: null,
  },
  replies: { inbox: null, mailboxes: [], confirmation: null, duplicates: null },
}
const DRAFT: DraftNeed = {
  ...{ id: 2, round: '2016A', round_id: 1, kind: 'topic', lane: 'campaign', audience: {} },
  ...{ subject: 'Topic 2', planned_at: new Date('2016-03-03T09:00:00Z'), has_text: true },
  ...{ version: 3, tested_version: 3, approved_version: null, written_by: 'staff 1' },
}
const sentences = (facts: Partial<NeedFacts>, reader = READER) =>
  listNeeds({ ...NOTHING, ...facts }, reader).map(({ before, subject, after }) =>
    [before, subject && `“${subject}”`, after].filter(Boolean).join(' '),
  )
const sentence = (draft: Partial<DraftNeed>) => sentences({ drafts: [{ ...DRAFT, ...draft }] })[0]

test.each([
  [{}, '“Topic 2” is ready: review and schedule it'],
  [{ planned_at: null }, '“Topic 2” is ready: review and schedule it'],
  [{ has_text: false }, '“Topic 2” has no text, due in 2 days: write it'],
  [{ has_text: false, planned_at: new Date('2016-03-02T00:30:00Z') }, '“Topic 2” has no text, due tomorrow: write it'],
  [
    { planned_at: new Date('2016-02-29T09:00:00Z') },
    '“Topic 2” is past its time and still a draft: review and schedule it',
  ],
  [
    { planned_at: new Date('2016-02-27T09:00:00Z'), has_text: false },
    '“Topic 2” was due 3 days ago and has no text: write it',
  ],
  [{ subject: ' ', has_text: false }, 'A draft without a subject has no text, due in 2 days: write it'],
])('a draft %j: %s', (draft, words) => {
  expect(sentence(draft)).toBe(words)
})

test('what is ready leads straight to its review, what has no text to where it is written', () => {
  const needs = listNeeds({ ...NOTHING, drafts: [DRAFT, { ...DRAFT, id: 3, has_text: false }] }, READER)
  expect(needs.map(({ href }) => href).sort()).toEqual(['/console/campaigns/2/review', '/console/campaigns/3'])
})

test('a draft to many wants a second person: said to others to read, to its writer to wait, to nobody once it is given', () => {
  const wanted = { drafts: [DRAFT], second_person: [2] }
  expect(sentences(wanted)).toEqual(["“Topic 2” waits for a second person's word"])
  expect(sentences(wanted, { ...READER, name: 'staff 2' })).toEqual([
    "“Topic 2” wants a second person's word: read and approve it",
  ])
  const given = { ...wanted, drafts: [{ ...DRAFT, approved_version: 3 }] }
  expect(sentences(given)).toEqual(['“Topic 2” is ready: review and schedule it'])
})

test('the most urgent stands first', () => {
  const campaign = { kind: 'topic', subject: 'Topic 1' }
  expect(
    sentences({
      trouble: {
        closed: { until: NOW, words: 'Daily limit' },
        trouble: { since: NOW, words: 'connect ECONNREFUSED', next_try_at: NOW },
        stopped_domains: [{ domain: 'mail.example', stopped_at: NOW, words: '550 no' }],
      },
      drafts: [{ ...DRAFT, planned_at: new Date('2016-02-20T09:00:00Z') }, DRAFT],
      live: [{ id: 1, ...campaign, state: 'sending', recipients: 1008, waiting: 396 }],
      decisions: [
        { campaign_id: 1, ...campaign, state: 'rejected', count: 1 },
        { campaign_id: 1, ...campaign, state: 'uncertain', count: 3 },
        { campaign_id: 1, ...campaign, state: 'held', count: 5001 },
      ],
      imports: [{ id: 4, round: '2016A', file_name: 'forms.csv', step: 'checked', kept_until: NOW }],
      failed_jobs: [{ id: 5, kind: 'import', error: 'No.' }],
    }),
  ).toEqual([
    'The mail server cannot be used: nothing leaves',
    'The mail provider has closed the account for a while',
    '3 deliveries of “Topic 1” are uncertain: decide',
    'More than 5,000 deliveries of “Topic 1” are held: let them go or cancel',
    '“Topic 2” is past its time and still a draft: review and schedule it',
    '“Topic 1” is being sent: see it live',
    '“Topic 2” is ready: review and schedule it',
    'The upload forms.csv was checked and waits: import it or not',
    'mail.example refuses our mail: nothing more goes there until a person looks',
    'An import failed: see why',
    '1 delivery of “Topic 1” was rejected: look at why',
  ])
})

test('a percentage says its base, and none is given of what was not counted to its end', () => {
  const live = { id: 1, kind: 'topic', subject: 'Topic 1', state: 'sending' }
  const detail = (recipients: number, waiting: number) =>
    listNeeds({ ...NOTHING, live: [{ ...live, recipients, waiting }] }, READER)[0]?.detail
  expect(detail(1008, 396)).toBe('612 of 1,008 recipients (60 %) are done.')
  expect(detail(5001, 5001)).toBe('It goes to more than 5,000 people: its page counts them.')
})

test('the six stages stand with their dates, the present one marked in words', () => {
  const round = {
    ...{ id: 1, code: '2016A', name: 'Round', country_cap_percent: 20, created_at: NOW },
    ...{ applications_open_on: '2016-01-18', applications_close_on: '2016-02-14', confirm_by: '2016-02-26' },
    ...{ starts_on: '2016-02-27', ends_on: null },
  }
  expect(presentStages(round, '2016-02-20').map(({ name, days, state }) => [name, days, state])).toEqual([
    ['Planned', 'until 17 January 2016', 'done'],
    ['Applications', '18 January 2016 to 14 February 2016', 'done'],
    ['Confirmation', '15 February 2016 to 26 February 2016', 'current'],
    // The round starts on the day after the deadline: nothing is left for it.
    ['Matching', '', 'to come'],
    ['Running', 'from 27 February 2016', 'to come'],
    ['Ended', '', 'to come'],
  ])
})

async function openRound(): Promise<TestDeps> {
  const deps = await openTestDeps()
  const dates = { applications_open_on: '2016-01-18', starts_on: '2016-03-07', ends_on: '2016-07-20' }
  const { id } = await createRound(deps, { code: '2016A', name: 'Round 2016A', ...dates })
  for (let made = 0; made < 3; made++) await addApplicant(deps.db, id)
  return deps
}

test('Home shows what is ready, the coming days and the stage of the round', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db, { subject: 'Topic 2: <i>Spaces</i>', planned_at: '2016-03-05T09:00:00Z' })
  await addDraft(deps.db, { subject: 'Far away', planned_at: '2016-06-05T09:00:00Z' })
  const visit = await openConsole(deps, 'communications_officer', { time_zone: 'Australia/Sydney' })
  const page = (await visit.get('/console')).body
  expect(page).toContain(
    `<a href="/console/campaigns/${id}/review">“<bdi dir="auto">Topic 2: &lt;i&gt;Spaces&lt;/i&gt;</bdi>” is ready`,
  )
  expect(page).toContain('5 March 2016, 20:00')
  expect(page).toContain('<span class="number">20:00</span>')
  expect(page).toContain('The round starts')
  expect(page).toContain('aria-current="step"')
  expect(page).not.toContain('Far away')
})

test('before there is a round Home leads to the first one', async () => {
  const deps = await openTestDeps()
  const page = (await (await openConsole(deps)).get('/console')).body
  expect(page).toContain('There is no round yet')
  expect(page).toContain('href="/console/rounds/new"')
  expect(page).toContain('href="/console/start"')
  const viewer = (await (await openConsole(deps, 'viewer')).get('/console')).body
  expect(viewer).not.toContain('/console/rounds/new')
  expect(viewer).not.toContain('/console/start')
})

test('everybody sees what their role can do something about', async () => {
  const deps = await openRound()
  const id = await addDraft(deps.db, { subject: 'Topic 1', planned_at: '2016-03-05T09:00:00Z' })
  const sent = await addDraft(deps.db, { subject: 'Topic 0' })
  await scheduleCampaign(deps, sent, { at: 'now' })
  await sql`update deliveries set state = 'uncertain' where id = 1`.execute(deps.db)
  await sql`update deliveries set state = 'held', held_reason = 'late' where id = 2`.execute(deps.db)
  await deps.db.updateTable('campaigns').set({ state: 'sending', started_at: NOW }).where('id', '=', sent).execute()
  await deps.db
    .insertInto('senders')
    .values({ name: 'default', trouble_since: NOW, trouble_words: 'ECONNREFUSED' })
    .execute()
  await sql`insert into domain_stops (sender_id, domain, stopped_at, words) values (1, 'stopped.example', now(), '550')`.execute(
    deps.db,
  )
  await deps.db
    .insertInto('jobs')
    .values({ kind: 'import', state: 'failed', error: 'No file.', created_at: NOW })
    .execute()
  const kept = { content: Buffer.from('a'), kept_until: new Date('2016-03-02T09:00:00Z') }
  await deps.db
    .insertInto('imports')
    .values({ round_id: 1, file_name: 'forms.csv', dry_run: true, ...kept })
    .execute()
  const first = await openConsole(deps)
  const see = async (role: Role) => (await (await openConsole(deps, role, { app: first.app })).get('/console')).body
  const marks = {
    ready: `/console/campaigns/${id}/review`,
    uncertain: `/console/campaigns/${sent}/people?state&#x3D;uncertain`,
    held: `/console/campaigns/${sent}/people?state&#x3D;held`,
    live: 'is being sent',
    trouble: 'The mail server cannot be used',
    domain: 'stopped.example',
    job: 'An import failed',
    import: '/console/rounds/2016A/imports/1',
  }
  const seen = async (role: Role) => {
    const page = await see(role)
    return Object.entries(marks).flatMap(([name, mark]) => (page.includes(mark) ? [name] : []))
  }
  expect(await seen('director')).toEqual(Object.keys(marks))
  expect(await seen('communications_officer')).toEqual(['ready', 'uncertain', 'held', 'live', 'trouble'])
  expect(await seen('data_officer')).toEqual(['live', 'job', 'import'])
  expect(await seen('viewer')).toEqual(['live'])
})

test('a round that has ended asks for nothing any more', async () => {
  const deps = await openRound()
  await addDraft(deps.db, { subject: 'Topic 9', planned_at: '2016-03-02T09:00:00Z' })
  await deps.db
    .updateTable('rounds')
    .set({ applications_open_on: null, starts_on: null, ends_on: '2016-02-20' })
    .execute()
  const page = (await (await openConsole(deps)).get('/console')).body
  expect(page).toContain('Nothing needs you now')
})

test('a second person is wanted only for drafts to more people than the setting says', async () => {
  const deps = await openRound()
  await addDraft(deps.db, { subject: 'Topic 1', planned_at: '2016-03-05T09:00:00Z' })
  const visit = await openConsole(deps)
  const page = async (over: number) => {
    await deps.db.updateTable('programme').set({ second_person_over: over }).execute()
    return (await visit.get('/console')).body
  }
  expect(await page(3)).toContain('is ready: review and schedule it')
  expect(await page(2)).toContain('read and approve it')
})

test('the matching asks for one thing after the other, and only those who can do it', async () => {
  const { deps, visit, match } = await openReview(madeUp(6))
  const home = async () => (await visit.get('/console')).body
  expect(await home()).toContain(
    'href="/console/matching">6 people are confirmed and nobody is matched yet: match them',
  )
  const id = await match()
  expect(await home()).toContain(`href="/console/matching/${id}">A matching run is done: review it`)
  await visit.post(`/console/matching/${id}/approve`)
  const approved = await home()
  expect(approved).toContain(`href="/console/matching/${id}/introduce">Introduce 3 partnerships`)
  // Its draft is not asked for once more as a campaign.
  expect(approved).not.toContain('review and schedule it')
  const officer = await openConsole(deps, 'communications_officer', { app: visit.app })
  expect((await officer.get('/console')).body).not.toContain('Introduce 3 partnerships')
})

test('nobody is hurried to match while people may still confirm, nor once the round is over', async () => {
  const { deps, visit } = await openReview(madeUp(4))
  const set = (dates: object) => deps.db.updateTable('rounds').set(dates).execute()
  const isAsked = async () => (await visit.get('/console')).body.includes('nobody is matched yet')
  const day = (days: number) => new Date(deps.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
  await set({ confirm_by: day(2) })
  expect(await isAsked()).toBe(false)
  await set({ confirm_by: day(-1) })
  expect(await isAsked()).toBe(true)
  await set({ ends_on: day(-1) })
  expect(await isAsked()).toBe(false)
})

test('replies are to be reviewed, a mailbox that cannot be read comes first, and pairs that may be one are said last', () => {
  const replies: NeedFacts['replies'] = {
    inbox: { open: 1204, oldest_at: new Date('2016-02-28T09:00:00Z') },
    mailboxes: [
      { name: 'INBOX', trouble_since: new Date('2016-03-01T08:00:00Z'), trouble_words: 'Login failed.', seen_at: null },
    ],
    confirmation: null,
    duplicates: { code: '2016A', count: 20, more: true },
  }
  const needs = listNeeds({ ...NOTHING, drafts: [DRAFT], replies }, READER)
  expect(needs.map(({ before, subject }) => before || subject)).toEqual([
    'The mailbox cannot be read: replies wait there',
    'Review 1,204 replies',
    'Topic 2',
    'More than 20 pairs may be one person: decide',
  ])
  expect(needs[0]?.detail).toBe('Since 1 March 2016, 08:00. Login failed.')
  expect(needs[1]).toMatchObject({ href: '/console/inbox', detail: 'The oldest came 2 days ago.' })
})

test.each([
  [0, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 minute ago'],
  [3_599_999, '59 minutes ago'],
  [7_200_000, '2 hours ago'],
  [86_400_000, '1 day ago'],
  [-5000, 'just now'],
])('%d milliseconds are said as %s', (ms, words) => {
  expect(presentAge(new Date(NOW.getTime() - ms), NOW)).toBe(words)
})
