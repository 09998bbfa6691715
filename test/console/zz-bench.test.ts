import { sql } from 'kysely'
import { test } from 'vitest'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { ensureSender } from '../../src/features/deliveries/index.ts'
import { createCampaign } from '../../src/features/campaigns/index.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { makeProgramme, readTopic } from '../support/programme.ts'

test('bench', { timeout: 1_200_000 }, async () => {
  for (const [people, campaigns] of [[1000, 10], [Number(process.env.BIG ?? 100_000), 10]] as const) {
    const deps = await openTestDeps()
    const db = deps.db
    await ensureSender(db, '14/1s,2000000/24h')
    const draft = await makeProgramme(db, people)
    console.log('made', people)
    const topic = await readTopic()
    const ids: number[] = []
    for (let n = 0; n < campaigns; n++) {
      const { id } = await createCampaign(deps, { round: '2016A', kind: 'topic', from_name: 'x', ...topic, subject: `Topic ${n}` })
      ids.push(id)
      await sql`insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, accepted_at, skipped_reason)
        select ${id}::int, p.id, 'campaign', case when p.id % 100 = 0 then 'rejected' when p.id % 97 = 0 then 'skipped' else 'accepted' end, 'a@b.c', 'b.c', 'en', 1, now(), now(),
        case when p.id % 100 = 0 then null when p.id % 97 = 0 then 'unsubscribed' end from people p`.execute(db)
      await sql`update campaigns set state = 'done', frozen_at = now() - ${`${n + 5} days`}::interval, starts_at = now() - ${`${n + 5} days`}::interval, started_at = now() - ${`${n + 5} days`}::interval, finished_at = now() - ${`${n + 5} days`}::interval where id = ${id}`.execute(db)
    }
    // the last is live
    const live = ids.at(-1) as number
    await sql`update campaigns set state = 'sending', finished_at = null, started_at = now() where id = ${live}`.execute(db)
    await sql`update deliveries set state = 'queued', accepted_at = null where campaign_id = ${live} and person_id % 2 = 0 and state = 'accepted'`.execute(db)
    await sql`vacuum analyze`.execute(db)
    deps.clock.set(new Date().toISOString())
    const visit = await openConsole(deps)
    const urls = {
      list: '/console/campaigns', calendar: '/console/campaigns?view=calendar', review: `/console/campaigns/${draft}/review`, plan: `/console/campaigns/${draft}/review/plan?when=now`,
      audience: `/console/campaigns/${draft}/audience`, apeople: `/console/campaigns/${draft}/audience/people`, apeople2: `/console/campaigns/${draft}/audience/people?after=${people - 100}`, left: `/console/campaigns/${draft}/audience/people?reason=no_address`,
      live: `/console/campaigns/${live}/report`, poll: `/console/campaigns/${live}/progress?polls=3&state=sending`, done: `/console/campaigns/${ids[0]}/report`,
      people: `/console/campaigns/${ids[0]}/people?state=accepted`, deep: `/console/campaigns/${ids[0]}/people?state=accepted&after=${people - 200}`, rejected: `/console/campaigns/${ids[0]}/people?state=rejected`, skipped: `/console/campaigns/${ids[0]}/people?state=skipped`,
    }
    for (const [name, url] of Object.entries(urls)) {
      const took: number[] = []
      let status = 0
      for (let i = 0; i < 30; i++) {
        const at = performance.now()
        status = (await visit.get(url)).statusCode
        took.push(performance.now() - at)
      }
      const [first] = took
      const sorted = took.toSorted((a, b) => a - b)
      console.log(people, name.padEnd(10), status, 'first', first?.toFixed(0), 'p50', sorted[15]?.toFixed(1), 'p95', sorted[28]?.toFixed(1), 'max', sorted[29]?.toFixed(0))
    }
  }
})
