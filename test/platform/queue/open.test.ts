import { expect, onTestFinished, test } from 'vitest'
import { type JobQueue, openQueue } from '../../../src/platform/queue/open.ts'
import { cloneDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { isMissing } from '../../support/programs.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

interface Place {
  queue: JobQueue
  redis?: TestRedis
}

async function openOnPostgres(): Promise<Place> {
  const database = await cloneDatabase()
  const queue = openQueue({ redisUrl: undefined, databaseUrl: database.url, onError: () => undefined })
  onTestFinished(async () => {
    await queue.close()
    await database.drop()
  })
  return { queue }
}

async function openOnRedis(): Promise<Place> {
  const redis = await startRedis()
  const queue = openQueue({ redisUrl: redis.url, databaseUrl: '', onError: () => undefined })
  onTestFinished(async () => {
    await queue.close()
    await redis.stop()
  })
  return { queue, redis }
}

const noRedis = isMissing('redis-server')
const places = [
  { name: 'PostgreSQL', open: openOnPostgres, skip: false },
  { name: 'Redis', open: openOnRedis, skip: noRedis },
]

for (const { name, open, skip } of places) {
  test.skipIf(skip)(`in ${name} a ring is heard once, with what it carried, and a later one later`, async () => {
    const { queue } = await open()
    const heard: unknown[] = []
    await queue.ring('work', 'hello', { id: 1 })
    await queue.ring('work', 'later', {}, 60_000)
    expect(await queue.measure('work')).toMatchObject({ waiting: 1 })
    await queue.work('work', 2, async (job, data) => void heard.push([job, data]))
    await eventually('it is heard', () => heard.length > 0 || undefined)
    expect(await queue.measure('work')).toMatchObject({ waiting: 0, oldestSeconds: 0 })
    expect(heard).toEqual([['hello', { id: 1 }]])
  })

  test.skipIf(skip)(`in ${name} stopping waits for the job under way and takes no more`, async () => {
    const { queue } = await open()
    let finish: () => void = () => undefined
    const begun: string[] = []
    await queue.work('work', 1, (job) => {
      begun.push(job)
      return new Promise<void>((done) => {
        finish = done
      })
    })
    await queue.ring('work', 'first', {})
    await eventually('it has begun', () => begun.length > 0 || undefined)
    const stopped = queue.stopWork()
    await queue.ring('work', 'second', {})
    finish()
    await stopped
    expect(begun).toEqual(['first'])
  })
}

test.skipIf(noRedis)(
  'a Redis that is away is told at once, and what was not rung is not rung later',
  async () => {
    const { queue, redis } = await openOnRedis()
    await queue.ring('work', 'before', {})
    await redis?.stopServer()
    await expect(queue.ring('work', 'meanwhile', {})).rejects.toThrow()
    await expect(queue.measure('work')).rejects.toThrow()
    await expect(queue.ping()).rejects.toThrow()
    await redis?.startServer()
    await eventually('it answers again', () =>
      queue.ping().then(
        () => true,
        () => undefined,
      ),
    )
    expect(await queue.measure('work')).toMatchObject({ waiting: 0 })
  },
  60_000,
)
