import { sql } from 'kysely'
import { createCampaign } from '../../src/features/campaigns/index.ts'
import type { Db } from '../../src/platform/db/open.ts'

/** Rounds with their published figures, participants and countries, and their days. */
const ROUNDS: [code: string, participants: number, countries: number, starts_on: string, ends_on: string][] = [
  ['2013A', 92, 18, '2013-02-01', '2013-05-31'],
  ['2013B', 391, 39, '2013-09-01', '2013-12-31'],
  ['2014A', 764, 76, '2014-02-01', '2014-05-31'],
  ['2014B', 630, 73, '2014-09-01', '2014-12-31'],
  ['2015A', 820, 79, '2015-02-01', '2015-05-31'],
  ['2015B', 862, 85, '2015-09-01', '2015-12-31'],
  ['2016A', 1162, 95, '2016-02-01', '2016-05-31'],
]
const COUNTRIES =
  'NZ CA AU US BR IN EG CN FR DE NG KE ZA PH ID TR MX AR CL CO PE EC BO UY PY VE CR PA GT HN SV NI CU DO HT JM TT BB GY SR GB IE NL BE LU CH AT IT ES PT GR CY MT PL CZ SK HU RO BG HR SI RS BA ME MK AL LT LV EE FI SE NO DK IS RU UA BY MD GE AM AZ KZ UZ KG TJ TM MN JP KR TW HK SG MY TH VN LA'.split(
    ' ',
  )
const SECTORS = ['Public library', 'Academic library', 'School library', 'Special library', 'National library', 'Other']
const STAGES = ['Student', 'Early career', 'Mid career', 'Senior', 'Retired']
const PATHWAYS = ['direct', 'ALIA', 'IRRT', 'رابطة المكتبات العربية', '中国图书馆学会']
const SUBJECTS = ['Open access and who pays for it', 'الوصول الحر إلى المعرفة', '图书馆与社区']
const TOPICS = 9
const LINKS = 3

/** Seven rounds with their published figures, and nine topic emails of the last, whose ids come back; rows of an empty database. */
export async function fillReports(db: Db): Promise<number[]> {
  for (const round of ROUNDS) await fillRound(db, round)
  const topics: number[] = []
  for (let at = 0; at < TOPICS; at++) topics.push(await fillTopic(db, at))
  await sql`analyze`.execute(db)
  return topics
}

/** A twelfth more apply than take part. */
async function fillRound(db: Db, [code, participants, countries, starts_on, ends_on]: (typeof ROUNDS)[number]) {
  await sql`
    with round as (
      insert into rounds (code, name, applications_open_on, starts_on, ends_on)
      values (${code}, ${`Round ${code}`}, ${starts_on}::date - 60, ${starts_on}, ${ends_on}) returning id
    ), made as (
      insert into people (given_name, family_name, country_code, language)
      select (array['Amina','عائشة','图书','Siobhán','Jonas'])[1 + n % 5], (array['Okafor','بنت عبد الرحمن','馆员','O’Neill','=1+1'])[1 + n % 5],
        (${COUNTRIES}::text[])[1 + case when n < ${countries}::int then n else n % 13 end], 'en'
      from generate_series(0, ${participants + Math.floor(participants / 12)}::int - 1) n returning id, country_code
    ), numbered as (select id, country_code, row_number() over (order by id) as n from made),
    addressed as (insert into addresses (person_id, address) select id, 'reader' || id || '@library' || id % 9 || '.example' from made)
    insert into applications (round_id, person_id, submitted_at, state_changed_at, country_code, state, sector, career_stage, pathway, code_of_conduct_agreed, commitment_agreed)
    select round.id, numbered.id, ${starts_on}::date - 50, ${starts_on}::date - 30, country_code,
      case when n <= ${participants} then 'confirmed' when n % 3 = 0 then 'declined' else 'lapsed' end,
      (${SECTORS}::text[])[1 + (n % 6)], (${STAGES}::text[])[1 + (n % 5)], (${PATHWAYS}::text[])[1 + (n % 5)], true, true
    from numbered, round`.execute(db)
  await sql`
    with paired as (
      select a.round_id, a.person_id, (row_number() over (order by a.person_id) + 1) / 2 as pair
      from applications a join rounds r on r.id = a.round_id where r.code = ${code} and a.state = 'confirmed'
    ), ids as (
      select pair, nextval(pg_get_serial_sequence('partnerships', 'id')) as id, min(round_id) as round_id from paired group by pair having count(*) = 2
    ), made as (
      insert into partnerships (id, round_id, introduced_at) overriding system value select id, round_id, ${starts_on}::date from ids returning id
    ), members as (
      insert into partnership_members (partnership_id, person_id)
      select ids.id, paired.person_id from paired join ids using (pair) returning partnership_id, person_id
    )
    select count(*) from members, made`.execute(db)
  await sql`
    insert into check_in_answers (partnership_id, person_id, answer, source, said_at, recorded_at)
    select m.partnership_id, m.person_id, 'in_touch', 'link', r.starts_on + 20, r.starts_on + 20
    from partnership_members m join partnerships p on p.id = m.partnership_id join rounds r on r.id = p.round_id
    where r.code = ${code} and m.partnership_id % 4 <> 0`.execute(db)
}

async function fillTopic(db: Db, at: number): Promise<number> {
  const subject = SUBJECTS[at % SUBJECTS.length] ?? ''
  const text = { subject, body_markdown: 'Hello [there](https://library.example/a).', from_name: 'The team' }
  const { id } = await createCampaign({ db }, { round: '2016A', kind: 'topic', ...text })
  const began = sql<Date>`'2016-02-02T09:00:00Z'::timestamptz + make_interval(days => ${at})`
  await sql`update campaigns set state = 'done', send_at = ${began}, starts_at = ${began}, frozen_at = ${began},
    started_at = ${began}, finished_at = ${began} + interval '1 hour', slug = 'topic-' || id where id = ${id}`.execute(
    db,
  )
  await sql`
    insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, tries, accepted_at)
    select ${id}, a.person_id, 'campaign', case when a.person_id % 97 = 0 then 'rejected' else 'accepted' end,
      'reader' || a.person_id || '@library' || a.person_id % 9 || '.example', 'library' || a.person_id % 9 || '.example', 'en', 1, ${began}, 1,
      case when a.person_id % 97 = 0 then null else ${began} end
    from applications a join rounds r on r.id = a.round_id where r.code = '2016A' and a.state = 'confirmed'`.execute(db)
  for (let link = 0; link < LINKS; link++) {
    const key = `link${at}${link}aaaaaa`.slice(0, 12)
    const url = `https://library.example/${SUBJECTS[at % SUBJECTS.length]?.replaceAll(' ', '-')}/${link}`
    await db.insertInto('campaign_links').values({ campaign_id: id, key, url }).execute()
    await sql`
      insert into delivery_hits (delivery_id, link_key, human, machine, first_at)
      select id, ${key}, 1 + id % 2, 0, accepted_at + interval '1 hour' from deliveries
      where campaign_id = ${id} and state = 'accepted' and person_id % ${2 + at + link} = 0`.execute(db)
  }
  return id
}
