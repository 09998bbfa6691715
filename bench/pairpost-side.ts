/** Our side, in a process of its own: schedules the draft, hands everything over, and prints what it took as JSON. */
import { sql } from 'kysely'
import { readConfig } from '../src/config.ts'
import { openDeps } from '../src/deps.ts'
import { scheduleCampaign } from '../src/features/campaigns/index.ts'
import { startWorker } from '../src/worker.ts'

const campaignId = Number(process.argv[2])
const config = readConfig()
const deps = await openDeps(config)
await startWorker(deps, { smtpUrl: config.smtpUrl as string })
const before = performance.now()
const scheduled = await scheduleCampaign(deps, campaignId, { at: 'now' })
const frozen = performance.now()
const cpuBefore = process.cpuUsage()
while (!(await isDone())) await new Promise((done) => setTimeout(done, 200))
const cpu = process.cpuUsage(cpuBefore)
const { rows } = await sql<{ accepted: number; seconds: number }>`
  select count(*) filter (where a.outcome = 'accepted') as accepted,
    extract(epoch from max(a.ended_at) - min(a.taken_at))::float8 as seconds
  from attempts a join deliveries d on d.id = a.delivery_id where d.campaign_id = ${campaignId}`.execute(deps.db)
const { accepted, seconds } = rows[0] as { accepted: number; seconds: number }
console.log(
  JSON.stringify({
    messages: accepted,
    recipients: scheduled.recipients,
    seconds,
    freeze_ms: frozen - before,
    cpu_ms: (cpu.user + cpu.system) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
  }),
)
await deps.close()
process.exit(0)

/** Looks at the campaign's row alone: counting 100,000 deliveries five times a second would be measured too. */
async function isDone(): Promise<boolean> {
  const row = await deps.db.selectFrom('campaigns').select('state').where('id', '=', campaignId).executeTakeFirst()
  return row?.state === 'done'
}
