import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { isMissing } from './programs.ts'
import { startRedis } from './redis.ts'

test.skipIf(isMissing('redis-server'))(
  'an append-only Redis keeps what it had over a restart, until it is flushed',
  async () => {
    const redis = await startRedis({ appendOnly: true })
    onTestFinished(redis.stop)
    const client = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
    client.on('error', () => undefined)
    onTestFinished(() => client.disconnect())
    await client.set('bell', 'rung')
    await redis.stopServer()
    await redis.startServer()
    expect(await client.get('bell')).toBe('rung')
    await redis.flush()
    expect(await client.get('bell')).toBeNull()
  },
)
