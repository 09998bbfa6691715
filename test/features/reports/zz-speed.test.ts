import { sql } from 'kysely'
import { FACTS } from '../../../src/features/reports/engagement/facts-queries.ts'
import { test } from 'vitest'
import { openTestDeps } from '../../support/deps.ts'
import { reportOnDelivery, reportOnEngagement } from '../../../src/features/reports/index.ts'
import { countTopicUse } from '../../../src/features/reports/engagement/use-queries.ts'
import { countDomains } from '../../../src/features/reports/delivery/domain-queries.ts'
import { listReasons } from '../../../src/features/reports/delivery/reason-queries.ts'
import { countSuppressed, listStops } from '../../../src/features/reports/delivery/standing-queries.ts'

test('speed', async () => {
  const deps = await openTestDeps()
  const { db } = deps
  deps.clock.set('2016-06-01T00:00:00Z')
  await sql`insert into rounds (code, name, starts_on) values ('2016A','Round','2016-02-01')`.execute(db)
  await sql`insert into people (given_name, family_name, country_code) select 'A', 'B', 'SE' from generate_series(1,20000)`.execute(db)
  await sql`insert into addresses (person_id, address, is_primary) select id, 'p' || id || '@d' || (id % 400) || '.example', true from people`.execute(db)
  await sql`insert into applications (person_id, round_id, country_code, state, submitted_at, code_of_conduct_agreed, commitment_agreed)
    select p.id, r.id, 'SE', 'confirmed', '2016-01-01', true, true from people p, rounds r`.execute(db)
  await sql`insert into partnerships (round_id, created_at, introduced_at) select r.id, '2016-02-01', '2016-02-02' from rounds r, generate_series(1,10000)`.execute(db)
  await sql`insert into partnership_members (partnership_id, person_id)
    select s.id, p.id from (select id, row_number() over (order by id) n from partnerships) s join (select id, row_number() over (order by id) n from people) p on (p.n - 1) / 2 = s.n - 1`.execute(db)
  for (let i = 0; i < 9; i++) {
    await sql`insert into campaigns (round_id, kind, state, started_at, frozen_at, lane) select id, 'topic', 'done', ('2016-02-10'::date + ${i}::int * 7), '2016-02-10', 'campaign' from rounds`.execute(db)
  }
  await sql`insert into campaign_variants (campaign_id, version, language, subject) select id, 1, 'en', 'Topic' from campaigns`.execute(db)
  await sql`insert into campaign_links (campaign_id, key, url) select id, k, 'https://example.org/' || k from campaigns, (values ('k1'),('k2'),('k3')) v(k)`.execute(db)
  await sql`insert into deliveries (campaign_id, person_id, state, lane, language, version, due_at, domain, address, accepted_at)
    select c.id, p.id, 'accepted', 'campaign', 'en', 1, '2016-02-10', 'd' || (p.id % 400) || '.example', 'p' || p.id || '@d' || (p.id % 400) || '.example', '2016-02-10'
    from campaigns c, people p`.execute(db)
  await sql`insert into delivery_hits (delivery_id, link_key, human, machine, first_at)
    select id, k, (r < 0.7)::int, 3, case when r < 0.7 then '2016-02-11'::timestamptz end from (select id, k, random() r, random() q from deliveries, (values ('k1'),('k2'),('k3')) v(k)) x where q < 0.12`.execute(db)
  await sql`insert into incoming_messages (source, octets, digest, received_at) select 'smtp', 1, sha256(i::text::bytea), '2016-02-11' from generate_series(1,5000) i`.execute(db)
  await sql`insert into delivery_events (delivery_id, incoming_id, kind, class, status, at, address)
   select d.id, m.id, case when d.n % 2 = 0 then 'reply' else 'bounce' end, case when d.n % 2 = 0 then null else 'hard' end, case when d.n % 2 = 0 then null else '5.1.1' end, '2016-02-11', ''
   from (select id, row_number() over () n from deliveries where id % 36 = 0) d join (select id, row_number() over () n from incoming_messages) m using (n)`.execute(db)
  await sql`vacuum analyze`.execute(db)
  const out: string[] = []
  const time = async (name: string, f: () => Promise<unknown>) => {
    for (let i = 0; i < 3; i++) { const t = performance.now(); await f(); out.push(`${name} ${(performance.now() - t).toFixed(0)} ms`) }
  }
  const ids = (await db.selectFrom('campaigns').select('id').execute()).map((r) => r.id)
  const round_id = (await db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()).id
  const input = { campaign_ids: ids, before: null, round_id }
  await reportOnEngagement(deps, { code: '2016A' })
  await time('use', () => countTopicUse(db, input))
  await time('engagement', () => reportOnEngagement(deps, { code: '2016A' }))
  await time('delivery', () => reportOnDelivery(deps, { code: '2016A' }))
  await time('domains', () => countDomains(db, input))
  await time('reasons', () => listReasons(db, input))
  await time('suppressed', () => countSuppressed(db, { round_id, now: new Date() }))
  await time('stops', () => listStops(db, ids, new Date()))
  const use = await countTopicUse(db, input)
  out.push(JSON.stringify({ ...use, used_by_topic: [...use.used_by_topic] }))
  const pairs = sql`pairs as (
      select s.id, m.person_id from partnerships s join partnership_members m on m.partnership_id = s.id
      where s.round_id = ${round_id} and s.introduced_at is not null)`
  const click = sql`select d.campaign_id, d.person_id from delivery_hits h join deliveries d on d.id = h.delivery_id
      where d.campaign_id = any(${ids}::bigint[]) and not d.is_test and d.state = 'accepted' and h.human > 0 and h.link_key <> ''`
  const reply = sql`select d.campaign_id, d.person_id from delivery_events e join deliveries d on d.id = e.delivery_id
      where d.campaign_id = any(${ids}::bigint[]) and not d.is_test and d.state = 'accepted' and e.kind = 'reply'`
  const variants: Record<string, ReturnType<typeof sql>> = {
    union: sql`with ${pairs}, by_pair as materialized (select distinct p.id, e.campaign_id from pairs p join (${click} union all ${reply}) e using (person_id))
    select campaign_id, count(*) as used from by_pair group by campaign_id
    union all select null, count(distinct id) from by_pair`,
    gathered: sql`with ${pairs}, came as materialized (
       select delivery_id from delivery_hits where human > 0 and link_key <> '' union select delivery_id from delivery_events where kind = 'reply'),
     by_pair as materialized (select distinct p.id, d.campaign_id from came join deliveries d on d.id = came.delivery_id join pairs p using (person_id) where d.campaign_id = any(${ids}::bigint[]) and not d.is_test and d.state = 'accepted')
    select campaign_id, count(*) as used from by_pair group by campaign_id
    union all select null, count(distinct id) from by_pair`,
    facts: sql`with ${pairs}, engaged as materialized (select campaign_id, person_id from (${FACTS(input)}) f where clicked or replied),
     by_pair as materialized (select distinct p.id, e.campaign_id from pairs p join engaged e using (person_id))
    select campaign_id, count(*) as used from by_pair group by campaign_id
    union all select null, count(distinct id) from by_pair`,
    factsonly: sql`select count(*) from (${FACTS(input)}) f where clicked or replied`,
  }
  for (const [name, q] of Object.entries(variants)) {
    await time(name, () => q.execute(db))
    const c = q.compile(db)
    const plan = await db.executeQuery({ ...c, sql: `explain (analyze, buffers off) ${c.sql}` } as never)
    out.push(...(plan.rows as Record<string, string>[]).map((r) => Object.values(r)[0] as string))
  }
  console.log(out.join('\n'))
}, 300000)
