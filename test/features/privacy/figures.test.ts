import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { erasePerson } from '../../../src/features/privacy/index.ts'
import { reportOnDelivery, reportOnEngagement, reportOnRound } from '../../../src/features/reports/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { makeUpRound } from './made-up-round.ts'

const PEOPLE = 300
const ERASED = 50

/** The counts that reports are made of, straight from the rows. */
async function countEverything({ db }: TestDeps) {
  const { rows } = await sql<{ figures: object }>`
    with round as (select * from rounds where code = '2015A'), step as (
      select a.person_id, a.country_code, a.sector, a.career_stage, a.pathway, a.state = 'confirmed' as participant,
        a.state = 'confirmed' and s.id is not null as matched,
        exists (select from check_in_answers c where c.partnership_id = s.id and c.answer = 'in_touch') as in_touch,
        s.introduced_at is not null and (s.ended_at is null or s.ended_at >= r.ends_on) as completed,
        exists (select from applications e join rounds o on o.id = e.round_id
          where e.person_id = a.person_id and e.state = 'confirmed' and o.starts_on < r.starts_on) as had_before
      from applications a join round r on r.id = a.round_id
      left join partnership_members m on m.person_id = a.person_id
      left join partnerships s on s.id = m.partnership_id and s.round_id = r.id
    ), by as (
      select country_code, sector, career_stage, pathway, had_before, count(distinct person_id) as applicants,
        count(*) filter (where participant) as participants, count(*) filter (where matched) as matched,
        count(*) filter (where matched and in_touch) as in_touch, count(*) filter (where matched and completed) as completed
      from step group by 1, 2, 3, 4, 5
    ), mail as (
      select d.campaign_id, d.state, count(*) as emails, count(d.accepted_at) as accepted from deliveries d group by 1, 2
    ), domains as (
      select domain, count(*) as emails from (
        select case when count(*) over (partition by domain) < 5 then null else domain end as domain from deliveries) d
      group by domain
    ), events as (select e.kind, e.class, count(*) as events, count(distinct e.delivery_id) as emails from delivery_events e group by 1, 2),
    hits as (select link_key, sum(human) as human, sum(machine) as machine from delivery_hits group by 1)
    select jsonb_build_object(
      'by', (select jsonb_agg(to_jsonb(by) order by by::text) from by), 'mail', (select jsonb_agg(to_jsonb(mail) order by mail::text) from mail),
      'domains', (select jsonb_agg(to_jsonb(domains) order by domains::text) from domains),
      'events', (select jsonb_agg(to_jsonb(events) order by events::text) from events),
      'hits', (select jsonb_agg(to_jsonb(hits) order by hits::text) from hits)) as figures`.execute(db)
  return rows[0]?.figures
}

test('fifty people are erased, and no figure of the round or its emails is another', { timeout: 120_000 }, async () => {
  const deps = await openTestDeps()
  deps.clock.advance(Date.parse('2016-03-01') - deps.clock.now().getTime())
  await makeUpRound(deps.db, { code: '2015A', people: PEOPLE })
  const before = await countEverything(deps)
  const report = await readReports(deps)
  const { rows } = await sql<{ id: number }>`select id from people order by md5(id::text) limit ${ERASED}`.execute(
    deps.db,
  )
  for (const { id } of rows) await erasePerson(deps, { id, reason: 'asked', erased_by: 'staff 1' })
  expect(await deps.db.selectFrom('people').select('id').where('erased_at', 'is not', null).execute()).toHaveLength(
    ERASED,
  )
  expect(await countEverything(deps)).toEqual(before)
  expect(await readReports(deps)).toEqual(report)
})

/** The reports themselves, byte for byte but for the moment they were made at. */
async function readReports(deps: TestDeps): Promise<string[]> {
  const delivery = await reportOnDelivery(deps, { code: '2015A' })
  return [
    { ...(await reportOnRound(deps, { code: '2015A' })), data_at: '' },
    { ...(await reportOnEngagement(deps, { code: '2015A' })), data_at: '' },
    // What a server said of an address that is gone is gone, and so is who is not mailed at present.
    delivery.sections.find(({ key }) => key === 'domains'),
  ].map((report) => JSON.stringify(report))
}
