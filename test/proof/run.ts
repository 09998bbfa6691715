/**
 * `npm run proof`: nobody lost, nobody twice, no rolling window over its limit, and only dialogues open at a blow are
 * uncertain. Three worker processes, killed with -9 at random moments, on Redis and on PostgreSQL alone; then the
 * other blows. Takes about half an hour. `-- --kills 50` for fewer, `-- --only kills,redis-flushed` for some.
 */
import { parseArgs } from 'node:util'
import { findProgram } from '../support/programs.ts'
import {
  flushRedis,
  lowerLimits,
  playScenario,
  restartPostgres,
  type ScenarioOptions,
  sinkAway,
  startCopy,
} from './scenarios.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    recipients: { type: 'string', default: '1162' },
    only: { type: 'string' },
  },
})
const LIMITS = '20/1s,150/10s,900/60s'
const recipients = Number(values.recipients)
const kills = Number(values.kills)
const hasRedis = findProgram('redis-server') !== undefined

type Named = [name: string, options: Partial<ScenarioOptions>]
const SCENARIOS: Named[] = [
  ['redis-flushed', { redis: true, meanwhile: flushRedis }],
  ['postgres-restarted', { meanwhile: restartPostgres }],
  ['server-away', { meanwhile: sinkAway(60) }],
  ['limit-lowered', { limits: '40/1s,400/10s', meanwhile: lowerLimits('10/1s,60/10s') }],
  ['copy-beside', { meanwhile: startCopy }],
]

let failed = 0
const wanted = values.only?.split(',')
if (!wanted || wanted.includes('kills')) {
  for (const redis of hasRedis ? [true, false] : [false]) {
    let dealt = 0
    for (let round = 1; dealt < kills / (hasRedis ? 2 : 1); round++) {
      dealt += await play(`kills, ${redis ? 'Redis' : 'Postgres'}, run ${round}`, { redis, killEveryMs: 900 })
    }
    console.log(`${dealt} kills on ${redis ? 'Redis' : 'Postgres'}`)
  }
}
for (const [name, options] of SCENARIOS) {
  if (wanted ? !wanted.includes(name) : options.redis && !hasRedis) continue
  await play(name, options)
}
console.log(failed === 0 ? 'Everything holds.' : `${failed} scenarios failed.`)
process.exit(failed === 0 ? 0 : 1)

async function play(name: string, options: Partial<ScenarioOptions>): Promise<number> {
  console.log(name)
  const verdict = await playScenario({ redis: false, recipients, limits: LIMITS, say: console.log, ...options })
  const states = Object.entries(verdict.states).map(([state, count]) => `${count} ${state}`)
  console.log(
    `  ${verdict.recipients} recipients = ${states.join(' + ')}; ${verdict.blows} blows; worst windows: ${verdict.worst.join(', ')}`,
  )
  for (const fault of verdict.faults.slice(0, 20)) console.log(`  ✗ ${fault}`)
  if (verdict.faults.length > 0) failed++
  return verdict.blows
}
