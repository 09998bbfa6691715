import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../src/platform/db/migrate.ts'
import { openDatabase } from '../../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts'
import type { Api } from '../support/api.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { startRedis } from '../support/redis.ts'
import { countsByRecipient } from '../support/sink/analyse.ts'
import { startSink } from '../support/sink/sink.ts'
import { draftCampaign, figuresOf, formsOf, importRound, openService } from './round.ts'

const RECIPIENTS = 60
/** Slow enough for something to happen in the middle. */
const SEND_LIMITS = '20/1s'

async function openSink() {
  const sink = await startSink()
  onTestFinished(() => sink.close())
  return sink
}

/** Schedules a campaign and returns its id when some of it has left. */
async function sendSome(api: Api): Promise<number> {
  await importRound(api, formsOf(RECIPIENTS))
  const id = await draftCampaign(api)
  await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
  await eventually(
    'some of it has left',
    async () => (await api.get(`/campaigns/${id}`)).counts.accepted > 0 || undefined,
  )
  return id
}

test.skipIf(isMissing('redis-server'))(
  'a Redis that is flushed in mid-campaign loses nobody, and new campaigns leave too',
  async () => {
    const redis = await startRedis()
    onTestFinished(redis.stop)
    const sink = await openSink()
    const api = await openService({ REDIS_URL: redis.url, SMTP_URL: sink.url, SEND_LIMITS })
    const id = await sendSome(api)
    await redis.flush()
    expect(figuresOf(await api.followCampaign(id))).toEqual({ accepted: RECIPIENTS })

    await redis.flush()
    const second = await draftCampaign(api, { subject: 'Topic 2' })
    await api.post(`/campaigns/${second}/schedule`, { at: 'now' })
    expect(figuresOf(await api.followCampaign(second))).toEqual({ accepted: RECIPIENTS })
    expect(sink.messages()).toHaveLength(2 * RECIPIENTS)
  },
)

test.skipIf(isMissing('redis-server'))(
  'while Redis is away a campaign is scheduled as ever, and leaves when it is back',
  async () => {
    const redis = await startRedis()
    onTestFinished(redis.stop)
    const sink = await openSink()
    const api = await openService({ REDIS_URL: redis.url, SMTP_URL: sink.url, SEND_LIMITS })
    const first = await sendSome(api)
    await redis.stopServer()

    const began = performance.now()
    const second = await draftCampaign(api, { subject: 'Topic 2' })
    expect(await api.post(`/campaigns/${second}/schedule`, { at: 'now' })).toMatchObject({ recipients: RECIPIENTS })
    expect(performance.now() - began).toBeLessThan(5000)
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503)

    await redis.startServer()
    for (const id of [first, second]) expect(figuresOf(await api.followCampaign(id))).toEqual({ accepted: RECIPIENTS })
    expect(sink.messages()).toHaveLength(2 * RECIPIENTS)
  },
  PATIENCE,
)

test(
  'a PostgreSQL that is restarted in mid-campaign, with the queue in it, loses nobody and mails nobody twice',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pairpost-restart-'))
    let postgres = await startEmbeddedPostgres(join(folder, 'postgres'), ['-c', 'fsync=off'])
    onTestFinished(async () => {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    })
    const { pool, close } = openDatabase(postgres.url, { max: 2, onError: () => undefined })
    await migrate(pool)
    await close()
    const sink = await openSink()
    const api = await openService({ DATABASE_URL: postgres.url, SMTP_URL: sink.url, SEND_LIMITS })
    const id = await sendSome(api)
    await postgres.stop()
    const port = Number(new URL(postgres.url).port)
    postgres = await startEmbeddedPostgres(join(folder, 'postgres'), ['-c', 'fsync=off'], port)

    const campaign = await api.followCampaign(id)
    // A dialogue whose intent was written, and whose end could not be, is for a person to decide.
    const { accepted = 0, uncertain = 0, ...others } = figuresOf(campaign)
    expect(others).toEqual({})
    expect(accepted + uncertain).toBe(RECIPIENTS)
    expect(uncertain).toBeLessThanOrEqual(10)
    expect([...countsByRecipient(sink.messages()).values()].every((count) => count === 1)).toBe(true)
    expect(sink.messages().length).toBeGreaterThanOrEqual(accepted)
  },
  PATIENCE,
)
