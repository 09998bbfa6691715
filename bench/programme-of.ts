/** A made-up programme in the middle of a round, written as rows: what the pages of a long-used installation read. */
import { sql } from 'kysely'
import { createCampaign } from '../src/features/campaigns/index.ts'
import type { Db } from '../src/platform/db/open.ts'
import { readTopic } from '../test/support/programme.ts'

export interface Programme {
  people: number
  deliveries: number
  /** A draft ready to be reviewed, one campaign under way, one that is done. */
  draft: number
  sending: number
  done: number
  person: number
}

const CAMPAIGNS = 10

/** Fills an empty, migrated database: `people` applicants and ten campaigns to each of them. */
export async function makeProgrammeOf(db: Db, people: number): Promise<Programme> {
  await sql`
    with round as (
      insert into rounds (code, name, applications_open_on, applications_close_on, confirm_by, starts_on, ends_on)
      values ('2016A', 'Round 2016A', current_date - 60, current_date - 40, current_date - 30, current_date - 20, current_date + 100)
      returning id
    ), made as (
      insert into people (given_name, family_name, country_code, language)
      select (array['Amina','Mateo','Yuki','Siobhán','Leila','Jonas','Priya'])[1 + n % 7] || n, 'Reader ' || n,
        (array['AU','FI','KE','BR','JP','FR','IN','EG'])[1 + n % 8], (array['en','en','en','fr','es','ar'])[1 + n % 6]
      from generate_series(1, ${people}::int) n returning id, country_code
    ), addressed as (
      insert into addresses (person_id, address) select id, 'reader' || id || '@library.example' from made
    )
    insert into applications (round_id, person_id, submitted_at, country_code, state, sector, code_of_conduct_agreed, commitment_agreed)
    select round.id, made.id, now() - interval '50 days', made.country_code,
      case when made.id % 9 = 0 then 'declined' else 'confirmed' end, 'public', true, true
    from made, round`.execute(db)
  const ids: number[] = []
  for (let at = 0; at <= CAMPAIGNS; at++) {
    const topic = { ...(await readTopic()), subject: `Topic ${at + 1}: what we learned` }
    ids.push((await createCampaign({ db }, { round: '2016A', kind: 'topic', from_name: 'The team', ...topic })).id)
  }
  const [draft, sending, ...done] = ids as [number, number, ...number[]]
  await sql`update campaigns set planned_at = now() + interval '1 day' where id = ${draft}`.execute(db)
  await sql`insert into senders (name) values ('default')`.execute(db)
  await sql`insert into workers (host, pid, stopped_at) values ('bench', 1, now())`.execute(db)
  for (const [at, id] of [sending, ...done].entries()) {
    // Of the one under way a fifth still waits, for an hour that has not come.
    await sql`
      insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, tries, accepted_at)
      select ${id}, p.id, 'campaign', case when ${id} = ${sending} and p.id % 5 = 0 then 'queued' when p.id % 97 = 0 then 'rejected' else 'accepted' end,
        'reader' || p.id || '@library.example', 'library.example', 'en', 1,
        now() + make_interval(days => case when ${id} = ${sending} and p.id % 5 = 0 then 1 else ${-at * 14} end), 1,
        case when p.id % 97 = 0 then null else now() - make_interval(days => ${at * 14}) end
      from people p order by p.id`.execute(db)
    await sql`
      insert into attempts (delivery_id, sender_id, worker_id, lane, address, taken_at, ended_at, outcome, code, words)
      select id, 1, 1, 'campaign', address, due_at, due_at + interval '50 milliseconds', state, case state when 'accepted' then 250 else 550 end, 'OK'
      from deliveries where campaign_id = ${id} and state in ('accepted', 'rejected')`.execute(db)
    await sql`
      update campaigns set state = ${id === sending ? 'sending' : 'done'}, send_at = now() - make_interval(days => ${at * 14}),
        starts_at = now() - make_interval(days => ${at * 14}), frozen_at = now() - make_interval(days => ${at * 14}),
        started_at = now() - make_interval(days => ${at * 14}), slug = 'topic-' || ${id}::bigint,
        finished_at = ${id === sending ? sql`null` : sql`now() - make_interval(days => ${at * 14})`}
      where id = ${id}`.execute(db)
  }
  await sql`update deliveries d set attempt_id = a.id from attempts a where a.delivery_id = d.id and d.campaign_id = ${sending}`.execute(
    db,
  )
  await sql`vacuum analyze`.execute(db)
  const { rows } = await sql<{ people: number; deliveries: number }>`
    select (select count(*) from people) as people, (select count(*) from deliveries) as deliveries`.execute(db)
  const [counted] = rows as [{ people: number; deliveries: number }]
  return { ...counted, draft, sending, done: done.at(-1) as number, person: Math.floor(people / 2) }
}

/**
 * So many hits on the links of the programme's mail, of readers and of machines, counted as the job counts them: one
 * delivery in three was clicked. Written past the checks of foreign keys, which is all that this takes its time from.
 */
export async function addHitsTo(db: Db, hits: number): Promise<void> {
  await db.connection().execute(async (one) => {
    await sql`set session_replication_role = replica`.execute(one)
    await sql`insert into campaign_links (campaign_id, key, url)
      select id, 'benchlink' || n, 'https://library.example/read/' || n from campaigns, generate_series(1, 4) n`.execute(
      one,
    )
    await sql`
      insert into tracking_hits (delivery_id, link_key, at, method, agent)
      select 1 + n % (select max(id) from deliveries), 'benchlink' || 1 + n % 4, now() - make_interval(secs => n % 5000000), 'GET', 'Mozilla/5.0'
      from generate_series(1, ${hits}::int) n`.execute(one)
    await sql`
      insert into delivery_hits (delivery_id, link_key, human, machine, first_at)
      select id, 'benchlink' || 1 + id % 4, 1, 2, coalesce(accepted_at, now()) from deliveries where id % 3 = 0`.execute(
      one,
    )
    await sql`set session_replication_role = origin`.execute(one)
  })
  await sql`vacuum analyze`.execute(db)
}
