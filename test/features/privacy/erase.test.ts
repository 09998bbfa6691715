import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { erasePerson, exportPerson } from '../../../src/features/privacy/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { findWords } from './every-column.ts'
import { ADDRESS, FAMILY, fillOnePerson, GIVEN, TRACE } from './one-person.ts'

const BY_STAFF = { reason: 'asked', erased_by: 'staff 1' } as const

async function openOnePerson() {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  return deps
}

const readPerson = ({ db }: TestDeps, id: number) =>
  db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

test('what figures are counted from stays: country, language, states, times; the rest of the person is gone', async () => {
  const deps = await openOnePerson()
  const read = async () =>
    (
      await sql<object>`
        select a.state, a.country_code, a.pathway, a.sector, a.career_stage, a.submitted_at, a.state_changed_at,
          (select jsonb_agg(h order by h.id) from application_history h where h.application_id = a.id) as history,
          (select jsonb_agg(c order by c.id) from confirmation_answers c where c.application_id = a.id) as answers,
          (select jsonb_agg(c order by c.id) from check_in_answers c where c.person_id = a.person_id) as check_ins,
          (select jsonb_agg(c order by c.id) from consents c where c.person_id = a.person_id) as consents,
          (select jsonb_agg(jsonb_build_array(d.id, d.campaign_id, d.accepted_at) order by d.id) from deliveries d
            where d.person_id = a.person_id) as deliveries,
          (select jsonb_agg(jsonb_build_array(e.delivery_id, e.kind, e.class, e.at) order by e.id) from delivery_events e) as events,
          (select jsonb_agg(h) from delivery_hits h) as hits
        from applications a where a.person_id = 1`.execute(deps.db)
    ).rows
  const before = await read()
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  expect(await read()).toEqual(before)
  expect(await readPerson(deps, 1)).toMatchObject({
    given_name: 'Erased person',
    family_name: '',
    country_code: 'BR',
    language: 'en',
    time_zone: null,
    erased_at: deps.clock.now(),
  })
  expect(await deps.db.selectFrom('erasures').select(['person_id', 'reason', 'erased_by']).execute()).toEqual([
    { person_id: 1, reason: 'asked', erased_by: 'staff 1' },
  ])
})

test('what waits for her goes nowhere, with its reason, and what is uncertain is not sent again', async () => {
  const deps = await openOnePerson()
  await sql`update deliveries set state = 'uncertain' where id = 1`.execute(deps.db)
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const states = await deps.db
    .selectFrom('deliveries')
    .select(['state', 'skipped_reason', 'address', 'domain'])
    .where('person_id', '=', 1)
    .where('is_test', '=', false)
    .orderBy('id')
    .execute()
  expect(states).toEqual([
    { state: 'uncertain', skipped_reason: null, address: null, domain: null },
    { state: 'skipped', skipped_reason: 'erased', address: null, domain: null },
  ])
  const { resolveDelivery, resolveUncertain } = await import('../../../src/features/deliveries/index.ts')
  await expect(resolveDelivery(deps.db, { id: 1, as: 'resend', now: deps.clock.now() })).rejects.toThrow('uncertain')
  await resolveUncertain(deps.db, { campaign_id: 2, as: 'resend', expected: 1, now: deps.clock.now() })
  expect((await deps.db.selectFrom('deliveries').select('state').where('id', '=', 1).execute())[0]?.state).toBe(
    'uncertain',
  )
  await resolveDelivery(deps.db, { id: 1, as: 'accepted', now: deps.clock.now() })
})

test('while an email to her is being handed over nothing at all is erased', async () => {
  for (const state of ['claimed', 'sending']) {
    const deps = await openOnePerson()
    await sql`update deliveries set state = ${state}, worker_id = 1 where id = 1`.execute(deps.db)
    await expect(erasePerson(deps, { id: 1, ...BY_STAFF })).rejects.toMatchObject({
      code: 'person_busy',
      message: 'Nothing was erased: an email to them is being handed over. Try again in a minute.',
    })
    expect(await readPerson(deps, 1)).toMatchObject({ given_name: GIVEN, erased_at: null })
  }
})

test('whoever holds a delivery of hers this moment is not waited for, so that sending and erasing never lock each other out', async () => {
  const deps = await openOnePerson()
  for (const table of ['deliveries', 'attempts']) {
    await deps.db.transaction().execute(async (tx) => {
      await sql`select from ${sql.table(table)} where id = 1 for update`.execute(tx)
      await expect(erasePerson(deps, { id: 1, ...BY_STAFF })).rejects.toMatchObject({ code: 'person_busy' })
    })
  }
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  expect(await readPerson(deps, 1)).toMatchObject({ family_name: '' })
})

test('a message from her that nobody has read yet, or a run that works with her answers, is waited for', async () => {
  const deps = await openOnePerson()
  await sql`insert into incoming_messages (source, raw, octets, digest, received_at)
    values ('imap', ${Buffer.from(`From: <${ADDRESS}>\r\n\r\nYes`)}, 10, '\\x02', now())`.execute(deps.db)
  await expect(erasePerson(deps, { id: 1, ...BY_STAFF })).rejects.toThrow('a message from them is being read')
  await sql`delete from incoming_messages where state = 'received'`.execute(deps.db)
  await sql`insert into jobs (kind, state) values ('matching', 'running')`.execute(deps.db)
  await sql`update matching_runs set approved_at = null, finished_at = null, job_id = (select max(id) from jobs)`.execute(
    deps.db,
  )
  await expect(erasePerson(deps, { id: 1, ...BY_STAFF })).rejects.toThrow('a matching run of their round is under way')
})

test('her partner is free at once, and their introduction does not leave', async () => {
  const deps = await openOnePerson()
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const partnership = await deps.db.selectFrom('partnerships').selectAll().executeTakeFirstOrThrow()
  expect(partnership).toMatchObject({
    ended_at: deps.clock.now(),
    end_reason: 'One of the partners left the programme.',
    reasons: '',
  })
  expect((await sql`select from waiting_introductions`.execute(deps.db)).rows).toEqual([])
})

test('of three the other two stay together', async () => {
  const deps = await openOnePerson()
  await sql`insert into partnership_members (partnership_id, person_id) values (1, 3)`.execute(deps.db)
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const { rows } = await sql`
    select s.ended_at is null as stands, jsonb_agg(m.person_id order by m.person_id) as people
    from partnerships s join partnership_members m on m.partnership_id = s.id group by s.id order by s.id`.execute(
    deps.db,
  )
  expect(rows).toEqual([
    { stands: false, people: [1, 2, 3] },
    { stands: true, people: [2, 3] },
  ])
})

test('of others nothing is taken: their answers in a run, their letters, their mail', async () => {
  const deps = await openOnePerson()
  await sql`
    insert into incoming_messages (source, raw, octets, digest, received_at, state, outcome, person_id, visible, from_address)
    values ('imap', '\\x01', 1, '\\x03', now(), 'read', 'inbox', 2, 'My words', 'mikko@library.example')`.execute(
    deps.db,
  )
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  expect(await findWords(deps.db, /mikko/i)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('addresses.address: mikko@library.example'),
      expect.stringContaining('incoming_messages.from_address: mikko@library.example'),
      expect.stringContaining('people.given_name: Mikko'),
    ]),
  )
  const { rows } = await sql<{ input: Buffer }>`select input from matching_runs`.execute(deps.db)
  const { gunzipSync } = await import('node:zlib')
  const { applicants } = JSON.parse(gunzipSync(rows[0]?.input as Buffer).toString())
  expect(applicants).toMatchObject([
    {
      person_id: 1,
      given_name: 'Erased person',
      family_name: '',
      country_code: 'BR',
      answers: {},
      special_request: null,
    },
    { person_id: 2, given_name: 'Mikko', family_name: 'Laine', country_code: 'FI' },
  ])
})

test('a domain that enough others of the round have stays in the ledger, since it tells nobody apart', async () => {
  const deps = await openOnePerson()
  const { rows: people } = await sql<{ id: number }>`
    insert into people (given_name, family_name, country_code)
    select 'Person', n::text, 'SE' from generate_series(1, 4) n returning id`.execute(deps.db)
  for (const { id } of people)
    await sql`
      insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at)
      values (2, ${id}, 'campaign', 'accepted', ${`p${id}@needle.example`}, 'needle.example', 'en', 1, now())`.execute(
      deps.db,
    )
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const { domain, address } = await deps.db
    .selectFrom('deliveries')
    .select(['domain', 'address'])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  expect({ domain, address }).toEqual({ domain: 'needle.example', address: null })
  // Still five, erased ones counted: the next one leaves it as well.
  await erasePerson(deps, { id: people[0]?.id as number, ...BY_STAFF })
  const kept = await deps.db
    .selectFrom('deliveries')
    .select('domain')
    .where('person_id', '=', people[0]?.id as number)
    .execute()
  expect(kept).toEqual([{ domain: 'needle.example' }])
})

test('erased twice she is erased once; what has come since goes too', async () => {
  const deps = await openOnePerson()
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const first = await readPerson(deps, 1)
  await sql`
    insert into incoming_messages (source, raw, octets, digest, received_at, state, outcome, person_id, delivery_id, visible, from_address)
    values ('imap', '\\x01', 1, '\\x03', now(), 'read', 'inbox', 1, 1, ${`I am ${FAMILY}`}, ${ADDRESS})`.execute(
    deps.db,
  )
  deps.clock.advance(86_400_000)
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  expect((await readPerson(deps, 1)).erased_at).toEqual(first.erased_at)
  expect(await deps.db.selectFrom('erasures').select('id').execute()).toHaveLength(1)
  expect(await findWords(deps.db, TRACE)).toEqual([`suppressions.address: ${ADDRESS}`])
})

test('two who erase her at once are both told that it is done', async () => {
  const deps = await openOnePerson()
  await Promise.all([1, 2, 3].map(() => erasePerson(deps, { id: 1, ...BY_STAFF })))
  expect(await deps.db.selectFrom('erasures').select('id').execute()).toHaveLength(1)
})

test('somebody whom there is not is not found, for an export neither', async () => {
  const deps = await openTestDeps()
  await expect(erasePerson(deps, { id: 99, ...BY_STAFF })).rejects.toMatchObject({ code: 'not_found' })
  await expect(exportPerson(deps, { id: 99 })).rejects.toMatchObject({ code: 'not_found' })
})

test('a file that waits to be imported is forgotten, also when it writes her domain in its own script', async () => {
  const deps = await openOnePerson()
  const { db } = deps
  await sql`update addresses set address = 'zeynquilla@xn--bcher-kva.example' where person_id = 1`.execute(db)
  const content = Buffer.from('Email,Given name\nZeynquilla@bücher.example,Z\n')
  await sql`update imports set content = ${content} where content is not null`.execute(db)
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  expect(await db.selectFrom('imports').select('content').where('content', 'is not', null).execute()).toEqual([])
})

test('an erased address that asked never to be mailed again is not mailed when it comes back as somebody new', async () => {
  const deps = await openOnePerson()
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  await sql`insert into people (given_name, family_name, country_code) values ('New', '', 'BR')`.execute(deps.db)
  await sql`insert into addresses (person_id, address) select max(id), ${ADDRESS} from people`.execute(deps.db)
  const { rows } = await sql<{ id: number }>`select max(id) as id from people`.execute(deps.db)
  const { getPerson } = await import('../../../src/features/people/index.ts')
  const { suppressions } = await getPerson(deps, { id: Number(rows[0]?.id) })
  expect(suppressions).toMatchObject([{ address: ADDRESS, reason: 'unsubscribed', scope: 'all' }])
})

test('clicks are counted before they go, and what was counted stays however often it is counted again', async () => {
  const deps = await openOnePerson()
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:45.0) Gecko/20100101 Firefox/45.0'
  await sql`delete from delivery_hits`.execute(deps.db)
  await sql`update tracking_hits set agent = ${agent}`.execute(deps.db)
  await sql`insert into tracking_changes (delivery_id) values (1)`.execute(deps.db)
  await erasePerson(deps, { id: 1, ...BY_STAFF })
  const read = () => deps.db.selectFrom('delivery_hits').select(['link_key', 'human', 'machine']).execute()
  expect(await read()).toEqual([{ link_key: 'abcdefghijkl', human: 1, machine: 0 }])
  expect((await sql`select from tracking_hits`.execute(deps.db)).rows).toEqual([])
  const { rebuildHits } = await import('../../../src/features/tracking/index.ts')
  await rebuildHits(deps)
  expect(await read()).toEqual([{ link_key: 'abcdefghijkl', human: 1, machine: 0 }])
})

test('an email that is being queued to her this moment is waited for, and goes nowhere', async () => {
  const deps = await openOnePerson()
  let erased: Promise<void> | undefined
  await deps.db.transaction().execute(async (tx) => {
    // As an answer of hers is recorded: her application first, then the notice.
    await sql`select from applications where id = 1 for update`.execute(tx)
    erased = erasePerson(deps, { id: 1, ...BY_STAFF })
    erased.catch(() => undefined)
    await sql`
      insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at)
      select 4, 1, 'automatic', 'queued', address, 'needle.example', 'en', 1, now() from addresses where person_id = 1`.execute(
      tx,
    )
  })
  await erased
  const { state, address } = await deps.db
    .selectFrom('deliveries')
    .select(['state', 'address'])
    .where('campaign_id', '=', 4)
    .where('person_id', '=', 1)
    .executeTakeFirstOrThrow()
  expect({ state, address }).toEqual({ state: 'skipped', address: null })
  expect(await findWords(deps.db, TRACE)).toEqual([`suppressions.address: ${ADDRESS}`])
})

test('whoever holds her application for long is not waited for without end', { timeout: 60_000 }, async () => {
  const deps = await openOnePerson()
  await deps.db.transaction().execute(async (tx) => {
    await sql`select from applications where id = 1 for update`.execute(tx)
    await expect(erasePerson(deps, { id: 1, ...BY_STAFF })).rejects.toMatchObject({
      code: 'person_busy',
      message: 'Nothing was erased: somebody is changing the same data. Try again in a minute.',
    })
  })
})
