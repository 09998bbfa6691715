import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { demoWork, loadDemo } from '../../src/demo/data.ts'
import { listDraftNeeds, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { LOAD_DEMO, measureDemo, removeDemo, startDemoLoad, whyNoDemo } from '../../src/features/programme/index.ts'
import { createRound, getRound } from '../../src/features/rounds/index.ts'
import { getJob, longWorkHandlers } from '../../src/jobs/long-work.ts'
import type { Db } from '../../src/platform/db/open.ts'
import { openInstallation } from '../../src/platform/installation.ts'
import { addApplicant, addDraft } from '../features/campaigns/round.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'

const open = () => openTestDeps({ DEMO_SCALE: '0.02' })
const STARTS = { answered: true, starts_in_days: 2 }

async function load(deps: TestDeps) {
  const demo = await loadDemo(deps, STARTS)
  return { demo, first: demo.topics.get(1) as number }
}

test('the demo data are a round around today, its applicants, and nine topics as drafts', async () => {
  const deps = await open()
  const { job_id } = await startDemoLoad(deps)
  const work = longWorkHandlers(deps, demoWork(deps))
  await work['run-long-work']({ job_id }, new AbortController().signal)
  expect(await getJob(deps, { id: job_id })).toMatchObject({ state: 'done', result: { round: '2016A', topics: 9 } })
  const round = await getRound(deps, { code: '2016A' })
  expect(round).toMatchObject({
    starts_on: '2016-03-03',
    stage: 'matching',
    counts: { applicants: expect.any(Number) },
  })
  const { applicants, confirmed, declined, lapsed, refused_conduct } = round.counts
  expect(confirmed).toBeGreaterThan(20)
  expect(confirmed + declined + lapsed + refused_conduct).toBe(applicants)
  const campaigns = await deps.db.selectFrom('campaigns').select(['id', 'planned_at', 'state']).orderBy('id').execute()
  expect(campaigns.map(({ planned_at }) => planned_at?.toISOString().slice(0, 16))).toEqual(
    ['03-03', '03-17', '03-31', '04-14', '04-28', '05-12', '05-26', '06-09', '06-23'].map((day) => `2016-${day}T09:00`),
  )
  const languages = await deps.db
    .selectFrom('campaign_variants')
    .select('language')
    .where('campaign_id', '=', 1)
    .execute()
  expect(languages.map(({ language }) => language).sort()).toEqual(['ar', 'en', 'es', 'fr'])
  const drafts = await listDraftNeeds(deps.db, { until: new Date('2016-03-16'), today: '2016-03-01', limit: 9 })
  expect(drafts).toMatchObject([{ subject: 'Topic 1: Getting to know you', has_text: true }])
  expect(await whyNoDemo(deps)).toContain('loaded already')
})

test('a run that was lost is gone on with, and a second run adds nothing', async () => {
  const deps = await open()
  const lost = AbortSignal.abort(new Error('lost'))
  await expect(loadDemo(deps, { ...STARTS, signal: lost })).rejects.toThrow('lost')
  await load(deps)
  const before = await countRows(deps.db)
  expect(before).toMatchObject({ rounds: 1, campaigns: 9 })
  const again = await loadDemo(deps, STARTS)
  expect(again.imported).toBeUndefined()
  expect(await countRows(deps.db)).toEqual(before)
})

test('two who press the button start one load', async () => {
  const deps = await open()
  const [one, other] = await Promise.all([startDemoLoad(deps), startDemoLoad(deps)])
  expect(one).toEqual(other)
})

test('demo data are refused where there is a round, and where email would leave', async () => {
  const deps = await open()
  const real = { ...deps, config: { ...deps.config, smtpUrl: 'smtp://mail.example' } }
  await expect(startDemoLoad(real)).rejects.toMatchObject({
    code: 'no_demo',
    message: expect.stringContaining('SMTP_URL'),
  })
  await createRound(deps, { code: '2017A', name: 'Ours' })
  await expect(startDemoLoad(deps)).rejects.toMatchObject({ message: expect.stringContaining('a round already') })
  await expect(loadDemo(deps, STARTS)).rejects.toMatchObject({ code: 'not_empty' })
  await expect(removeDemo(deps)).rejects.toMatchObject({ code: 'no_demo' })
  expect(await getRound(deps, { code: '2017A' })).toMatchObject({ name: 'Ours' })
})

test('removing takes back exactly what was loaded, and what was done with it', async () => {
  const deps = await open()
  const empty = await readRows(deps.db)
  const { first } = await load(deps)
  // What somebody tries out with it: a schedule, a draft of their own, an unsubscribe, caught mail.
  await scheduleCampaign(deps, first, { at: '2016-03-03T09:00:00Z' })
  await addDraft(deps.db)
  await sql`insert into suppressions (address, scope, reason, source) select address, 'campaigns', 'unsubscribed', 'link' from addresses where id = 1`.execute(
    deps.db,
  )
  await sql`insert into mailbox_messages (mail_from, rcpt_to, raw) select 'programme@here.example', upper(address), 'x'::bytea from addresses`.execute(
    deps.db,
  )
  await sql`insert into preference_changes (person_id, delivery_id, before, after, changed_at) select person_id, id, '{}', '{}', now() from deliveries limit 1`.execute(
    deps.db,
  )
  // What is theirs: another round with its own people and mail.
  const mine = await addOwnRound(deps)
  const { counts } = await getRound(deps, { code: '2016A' })
  expect(await measureDemo(deps)).toMatchObject({
    people: counts.applicants,
    deliveries: counts.applied + counts.confirmed,
  })
  await removeDemo(deps)
  const left = await readRows(deps.db)
  expect(left.people?.map(({ given_name }) => given_name)).toEqual(['Ours'])
  for (const [table, rows] of Object.entries(mine)) expect(left[table], table).toEqual(rows)
  const others = Object.keys(left).filter((table) => !(table in mine) && !KEPT.has(table))
  expect(others.filter((table) => JSON.stringify(left[table]) !== JSON.stringify(empty[table]))).toEqual([])
  expect(await whyNoDemo(deps)).toContain('a round already')
})

/** Notes of what was done and how, not the demo's own. */
const KEPT = new Set(['jobs', 'installation', 'import_mappings', 'link_checks', 'report_changes'])

/** Everything of another round; returns its rows by table. */
async function addOwnRound(deps: TestDeps) {
  const { id } = await createRound(deps, { code: '2017A', name: 'Ours' })
  const before = await readRows(deps.db)
  const person = await addApplicant(deps.db, id, { given_name: 'Ours', address: 'ours@library.example' })
  const campaign = await addDraft(deps.db, { round: '2017A' })
  await scheduleCampaign(deps, campaign, { at: 'now' })
  await sql`insert into suppressions (address, scope, reason, source) values ('ours@library.example', 'all', 'manual', 'x')`.execute(
    deps.db,
  )
  await sql`insert into mailbox_messages (mail_from, rcpt_to, raw) values ('programme@here.example', 'ours@library.example', 'x')`.execute(
    deps.db,
  )
  const after = await readRows(deps.db)
  const own: Record<string, unknown[]> = { rounds: after.rounds?.filter((row) => row.id === id) ?? [] }
  for (const table of [
    'people',
    'applications',
    'application_history',
    'campaigns',
    'campaign_variants',
    'deliveries',
    'addresses',
    'suppressions',
    'mailbox_messages',
  ])
    own[table] = after[table]?.slice(before[table]?.length) ?? []
  expect(own.deliveries).toMatchObject([{ person_id: person }])
  return own
}

test('somebody of the demo who takes part in another round stays', async () => {
  const deps = await open()
  await load(deps)
  const { id } = await createRound(deps, { code: '2017A', name: 'Ours' })
  await sql`insert into applications (round_id, person_id, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
    values (${id}, 3, now(), 'SE', true, true)`.execute(deps.db)
  await removeDemo(deps)
  const people = await deps.db.selectFrom('people').select('id').execute()
  expect(people).toEqual([{ id: 3 }])
})

test('mail still leaves after the demo’s attempts are gone: it is not taken for an older copy', async () => {
  const deps = await open()
  const { first } = await load(deps)
  const installation = openInstallation({ db: deps.db, dataDir: deps.config.dataDir })
  await scheduleCampaign(deps, first, { at: 'now' })
  await addAttempts(deps)
  await installation.assertMaySend()
  await removeDemo(deps)
  expect(await countRows(deps.db)).toMatchObject({ attempts: 0, deliveries: 0 })
  await installation.assertMaySend()
  // And an older copy is still found out.
  await sql`update installation set removed_attempt = 0`.execute(deps.db)
  await expect(installation.assertMaySend()).rejects.toMatchObject({ code: 'fenced' })
})

const addAttempts = async (deps: TestDeps) => {
  await sql`insert into senders (name) values ('default') on conflict do nothing`.execute(deps.db)
  await sql`insert into sender_limits (sender_id, seconds, count, campaign_count) select id, 86400, 100, 90 from senders`.execute(
    deps.db,
  )
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address, outcome, ended_at)
    select d.id, s.id, 1, d.lane, d.address, 'accepted', clock_timestamp() from deliveries d, senders s where d.state = 'queued'`.execute(
    deps.db,
  )
}

test('what really left counts against the limits: it is not removed before it is out of every window', async () => {
  const deps = await open()
  const { first } = await load(deps)
  await scheduleCampaign(deps, first, { at: 'now' })
  await addAttempts(deps)
  const real = { ...deps, config: { ...deps.config, smtpUrl: 'smtp://mail.example' } }
  await expect(removeDemo(real)).rejects.toMatchObject({ code: 'demo_in_limits' })
  await sql`update attempts set ended_at = clock_timestamp() - interval '25 hours'`.execute(deps.db)
  await removeDemo(real)
  expect(await countRows(deps.db)).toMatchObject({ rounds: 0, attempts: 0 })
})

test.each([
  ['a topic of it is being sent', "update campaigns set state = 'sending' where id = 1", 'demo_sending'],
  [
    'an email of it is on its way',
    "update deliveries set state = 'claimed', worker_id = 1 where id = 1",
    'demo_sending',
  ],
  ['it is still being loaded', `insert into jobs (kind) values ('${LOAD_DEMO}')`, 'demo_loading'],
])('the demo data stay while %s', async (_when, change, code) => {
  const deps = await open()
  const { first } = await load(deps)
  await scheduleCampaign(deps, first, { at: '2016-03-03T09:00:00Z' })
  await sql`insert into workers (host, pid) values ('test', 1)`.execute(deps.db)
  await sql.raw(change).execute(deps.db)
  await expect(removeDemo(deps)).rejects.toMatchObject({ code })
  expect(await countRows(deps.db)).toMatchObject({ rounds: 1, campaigns: 9 })
})

test('a removal that fails at its end has removed nothing', async () => {
  const deps = await open()
  await load(deps)
  const before = await countRows(deps.db)
  await deps.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'power cut'; end $$;
    create trigger refuse before delete on pictures execute function refuse()`)
  await expect(removeDemo(deps)).rejects.toThrow('power cut')
  expect(await countRows(deps.db)).toEqual(before)
})

async function listTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

async function readRows(db: Db): Promise<Record<string, Record<string, unknown>[]>> {
  const tables = await listTables(db)
  const read = async (table: string) =>
    sql<Record<string, unknown>>`select * from ${sql.table(table)} order by 1`.execute(db as Kysely<unknown>)
  const found = await Promise.all(tables.map(async (table) => [table, (await read(table)).rows] as const))
  return Object.fromEntries(found)
}

async function countRows(db: Db): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await readRows(db)).map(([table, rows]) => [table, rows.length]))
}
