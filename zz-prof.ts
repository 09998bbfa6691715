import { sql } from 'kysely'
import { openDeps } from '/work/main/src/deps.ts'
import { parseConfig } from '/work/main/src/config.ts'
import { listCampaignFindings, reviewAudience, reviewPlan, listAudiencePeople } from '/work/main/src/features/campaigns/index.ts'
import { countDeliveriesOf, forecastCampaign, countSkipped, measureSender, listTests } from '/work/main/src/features/deliveries/index.ts'
import { countAudience, listRecipientIds } from '/work/main/src/features/campaigns/audience-queries.ts'
import { countLastRecipients, findOverlap, listEarlierSubjects } from '/work/main/src/features/campaigns/earlier-queries.ts'
import { makeProgramme, readTopic } from '/work/main/test/support/programme.ts'
import { createCampaign } from '/work/main/src/features/campaigns/index.ts'
import { ensureSender } from '/work/main/src/features/deliveries/index.ts'
import { getScheduledCampaign } from '/work/main/src/features/campaigns/schedule-queries.ts'
const config = parseConfig({ DATA_DIR: '/tmp/sched-data', LOG_LEVEL: 'fatal', SECRET_KEY: 'a secret that only the tests have: 32+', PORT: '3999' })
const deps = await openDeps(config)
const { db } = deps
const have = await sql<{n: number}>`select count(*) as n from people`.execute(db)
let _draft = 1, _live = 0
if (have.rows[0]!.n < 1000) {
  await ensureSender(db, '14/1s,2000000/24h')
  _draft = await makeProgramme(db, 100_000)
  const topic = await readTopic()
  for (let n = 0; n < 4; n++) {
    const { id } = await createCampaign(deps, { round: '2016A', kind: 'topic', from_name: 'x', ...topic, subject: `Topic ${n}` })
    _live = id
    await sql`insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, accepted_at, skipped_reason)
      select ${id}::int, p.id, 'campaign', case when p.id % 100 = 0 then 'rejected' when p.id % 97 = 0 then 'skipped' when ${n === 3} and p.id % 2 = 0 then 'queued' else 'accepted' end, 'a@b.c', 'b.c', 'en', 1, now(), now(),
      case when p.id % 100 = 0 then null when p.id % 97 = 0 then 'unsubscribed' end from people p`.execute(db)
    await sql`update campaigns set state = ${n === 3 ? 'sending' : 'done'}, frozen_at = now() - interval '5 days', starts_at = now() - interval '5 days', started_at = now() - interval '5 days' where id = ${id}`.execute(db)
  }
  await sql`vacuum analyze`.execute(db)
  console.log('made')
} else {}
await sql`vacuum analyze`.execute(db)
const live = 5, draft = 1
const campaign = await getScheduledCampaign(db, draft)
async function time(name: string, work: () => Promise<unknown>) {
  let best = 1e9
  const cpu0 = process.cpuUsage()
  for (let i = 0; i < 3; i++) { const at = performance.now(); await work(); best = Math.min(best, performance.now() - at) }
  const c = process.cpuUsage(cpu0)
  console.log(name.padEnd(24), best.toFixed(0), 'own cpu', ((c.user + c.system) / 3000).toFixed(0))
}
await time('base count deliveries', () => sql`select count(*) from deliveries where campaign_id = ${live}`.execute(db))
await time('countDeliveriesOf 4', () => countDeliveriesOf(db, [2,3,4,5]))
await time('countSkipped', () => countSkipped(db, live))
await time('listTests', () => listTests(db, live))
await time('countAudience', () => countAudience(db, campaign))
await time('reviewAudience', () => reviewAudience(db, campaign as never))
await time('listRecipientIds', () => listRecipientIds(db, campaign))
await time('countLast', () => countLastRecipients(db, campaign))
await time('overlap', () => findOverlap(db, campaign, new Date()))
await time('findings', () => listCampaignFindings(deps, draft))
const audience = await reviewAudience(db, campaign as never)
await time('reviewPlan', () => reviewPlan(deps, { lane: 'campaign', audience, schedule: { at: 'now' } }))
await time('forecast live', () => forecastCampaign(db, { campaign_id: live, now: new Date() }))
await time('audience people', () => listAudiencePeople(db, campaign, { skipped_reason: null, after: 0, limit: 50 }))
await time('audience left', () => listAudiencePeople(db, campaign, { skipped_reason: 'no_address', after: 0, limit: 50 }))
await deps.close()
process.exit(0)
