import { type Kysely, sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { type Db, openDatabase } from '../../src/platform/db/open.ts'
import { addApplicants } from '../features/matching/round.ts'
import { openApi } from '../support/api.ts'
import { testClock } from '../support/clock.ts'
import { cloneDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { makeUpApplicants } from '../support/made-up-applicants.ts'
import { makeDataDir, SETTINGS, startPairpost } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'
import { isMissing } from '../support/programs.ts'
import { startRedis } from '../support/redis.ts'

const PEOPLE = 5000
const CODE = '2016A'

/** A web process on a database with so many people who confirmed, and how to start workers beside it. */
async function openRound(environment: Record<string, string>) {
  const database = await cloneDatabase()
  const port = String(await freePort())
  const settings = { ...SETTINGS, LOG_LEVEL: 'info', DATA_DIR: await makeDataDir(), DATABASE_URL: database.url }
  const { db, close } = openDatabase(database.url, { max: 2, onError: () => undefined })
  onTestFinished(async () => {
    await close()
    await database.drop()
  })
  await addApplicants({ db, clock: testClock() }, makeUpApplicants(PEOPLE, 1).map(asApplicant), CODE)
  const open = async (role: 'web' | 'worker') => {
    const running = startPairpost([role], { ...settings, PORT: port, ...environment })
    await running.says(/"started"/)
    return running
  }
  await open('web')
  return { db, api: openApi(`http://127.0.0.1:${port}`), startWorker: () => open('worker') }
}

function asApplicant(one: ReturnType<typeof makeUpApplicants>[number]) {
  const { given_name: given, family_name: family, country_code: country, sector, career_stage: stage, answers } = one
  return { given, family, country, answers, ...(sector ? { sector } : {}), ...(stage ? { stage } : {}) }
}

/** Who is with whom, by their ids. */
async function readPairs(db: Db, run: number) {
  const { rows } = await sql<{ people: number[]; score: number }>`
    select array_agg(m.person_id order by m.person_id) as people, p.score
    from proposals p join proposal_members m on m.proposal_id = p.id
    where p.run_id = ${run} group by p.id order by 1`.execute(db as Kysely<unknown>)
  return rows
}

/** Kills the worker after a round, lets another finish; then the same once more in peace. Returns the pairs. */
async function matchThroughKill(environment: Record<string, string>) {
  const { db, api, startWorker } = await openRound(environment)
  const first = await startWorker()
  const begun = await api.post(`/rounds/${CODE}/matching-runs`, {})
  const checkpoint = async () =>
    (await db.selectFrom('matching_checkpoints').select('round').where('run_id', '=', begun.run.id).executeTakeFirst())
      ?.round
  const round = await eventually('a round has ended', checkpoint)
  first.signal('SIGKILL')
  await first.ended
  expect(await api.get(begun.job.url)).toMatchObject({ state: 'running' })
  expect(await checkpoint()).toBeGreaterThanOrEqual(round)
  // It was lost long ago: nobody waits for that here.
  await sql`update jobs set beat_at = beat_at - interval '10 minutes' where id = ${begun.job.id}`.execute(db)
  const second = await startWorker()
  expect(await api.followJob(begun.job.url)).toMatchObject({ state: 'done', result: { proven_optimal: true } })
  const killed = await readPairs(db, begun.run.id)
  expect(killed).toHaveLength(PEOPLE / 2)

  const again = await api.post(`/rounds/${CODE}/matching-runs`, {})
  expect(await api.followJob(again.job.url)).toMatchObject({ state: 'done' })
  expect(await readPairs(db, again.run.id)).toEqual(killed)
  second.signal('SIGTERM')
  expect(await second.ended).toBe(0)
  return killed
}

test('killed with -9 in the middle of 5,000 people, a matching run goes on after its last round with the same pairs, on every backend', async () => {
  const onPostgres = await matchThroughKill({})
  if (isMissing('redis-server')) return
  const redis = await startRedis()
  onTestFinished(redis.stop)
  expect(await matchThroughKill({ REDIS_URL: redis.url })).toEqual(onPostgres)
}, 180_000)
