import { sql } from 'kysely'
import type { Db } from '../../../src/platform/db/open.ts'

/**
 * A round of so many made-up people with all that reports count: states, partnerships in pairs, check-ins, topics with
 * attempts, bounces, clicks. The same for the same number. Returns the round's id.
 */
export async function makeUpRound(db: Db, { code, people }: { code: string; people: number }): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into rounds (code, name, starts_on, ends_on) values (${code}, ${code}, '2015-03-01', '2015-06-30') returning id`.execute(
    db,
  )
  const round = (rows[0] as { id: number }).id
  const { rows: firsts } = await sql<{ first: number }>`
    with made as (
      insert into people (given_name, family_name, country_code)
      select 'Given' || n, ${code} || 'Family' || n, (array['BR', 'FI', 'AU', 'US', 'IN'])[1 + n % 5]
      from generate_series(1, ${people}::int) n returning id
    ) select min(id) as first from made`.execute(db)
  const first = (firsts[0] as { first: number }).first
  const last = first + people - 1
  await sql`
    insert into addresses (person_id, address)
    select id, 'p' || id || '@' || (array['mail.example', 'post.example', 'd' || id || '.example'])[1 + id % 3] from people
    where id between ${first} and ${last}`.execute(db)
  await sql`
    insert into applications (round_id, person_id, state, submitted_at, country_code, pathway, sector, career_stage,
      code_of_conduct_agreed, commitment_agreed, answers, state_changed_at)
    select ${round}, id, (array['confirmed', 'confirmed', 'confirmed', 'declined', 'lapsed'])[1 + id % 5], '2015-02-01', country_code,
      (array['direct', 'ALIA', 'IRRT'])[1 + id % 3], (array['Public', 'Academic', null])[1 + id % 3],
      (array['Student', 'Mid-career'])[1 + id % 2], true, true, '{"interests": ["music"]}', '2015-02-10'
    from people where id between ${first} and ${last}`.execute(db)
  await sql`
    with pairs as (
      select person_id, (row_number() over (order by person_id) - 1) / 2 as pair from applications
      where round_id = ${round} and state = 'confirmed'
    ), made as (
      insert into partnerships (round_id, introduced_at, reasons, created_at)
      select ${round}, '2015-03-02', 'Both are librarians.', '2015-03-01' from generate_series(0, (select max(pair) from pairs))
      returning id
    ), numbered as (select id, row_number() over (order by id) - 1 as pair from made)
    insert into partnership_members (partnership_id, person_id) select numbered.id, person_id from pairs join numbered using (pair)`.execute(
    db,
  )
  await sql`
    insert into check_in_answers (partnership_id, person_id, answer, source, said_at, recorded_at)
    select m.partnership_id, m.person_id, (array['in_touch', 'no_answer'])[1 + m.person_id % 2], 'staff', '2015-04-01', '2015-04-01'
    from partnership_members m join partnerships s on s.id = m.partnership_id where s.round_id = ${round} and m.person_id % 4 < 3`.execute(
    db,
  )
  await mailTopic(db, round)
  return round
}

async function mailTopic(db: Db, round: number): Promise<void> {
  await sql`insert into senders (name) values ('test') on conflict do nothing`.execute(db)
  await sql`insert into workers (host, pid) values ('test', 1)`.execute(db)
  const { rows } = await sql<{ id: number }>`
    insert into campaigns (round_id, kind, lane, state, frozen_at, started_at)
    values (${round}, 'topic', 'campaign', 'done', '2015-03-10', '2015-03-10') returning id`.execute(db)
  const campaign = (rows[0] as { id: number }).id
  await sql`
    insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, accepted_at)
    select ${campaign}, a.person_id, 'campaign', case when a.person_id % 7 = 0 then 'rejected' else 'accepted' end, d.address,
      split_part(d.address, '@', 2), 'en', 1, '2015-03-10', case when a.person_id % 7 <> 0 then '2015-03-10'::timestamptz end
    from applications a join addresses d on d.person_id = a.person_id
    where a.round_id = ${round} and a.state = 'confirmed' order by a.person_id`.execute(db)
  await sql`
    insert into attempts (delivery_id, sender_id, worker_id, lane, address, taken_at, ended_at, outcome, code, words)
    select d.id, s.id, 1, 'campaign', d.address, '2015-03-10', '2015-03-10', d.state, 250, 'to ' || d.address
    from deliveries d cross join senders s where d.campaign_id = ${campaign}`.execute(db)
  await sql`
    insert into delivery_events (delivery_id, kind, class, status, words, address, at)
    select id, (array['bounce', 'reply', 'unsubscribe'])[1 + id % 3], case when id % 3 = 0 then 'hard' end, null, address, address,
      '2015-03-11' from deliveries where campaign_id = ${campaign} and state = 'accepted'`.execute(db)
  await sql`insert into campaign_links (campaign_id, key, url) values (${campaign}, 'abcdefghijkl', 'https://example.org/')`.execute(
    db,
  )
  await sql`
    insert into delivery_hits (delivery_id, link_key, human, machine, first_at)
    select id, 'abcdefghijkl', 1, 2, '2015-03-10' from deliveries where campaign_id = ${campaign} and id % 2 = 0`.execute(
    db,
  )
}
