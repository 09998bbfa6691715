import { createPostgresBackend, type Job, Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { within } from '../http/time-limit.ts'

/**
 * BullMQ over Redis, or over its own tables in our PostgreSQL when no Redis is configured: the same code for both.
 * Jobs here are doorbells (jobs/catalog.ts): losing one or all of them loses nothing.
 */
export interface JobQueue {
  /** Rings: one job, now or after `delayMs`. @throws Error soon, never hanging, when the queue is away */
  ring(queue: string, name: string, data: object, delayMs?: number): Promise<void>
  /** Handles the jobs of one queue in this process until `stopWork`. */
  work(queue: string, concurrency: number, handle: (name: string, data: unknown) => Promise<void>): Promise<void>
  /** Jobs waiting and the age in seconds of the oldest, for /metrics. */
  measure(queue: string): Promise<{ waiting: number; oldestSeconds: number }>
  ping(): Promise<void>
  /** Takes no more jobs; resolves when those under way have ended. */
  stopWork(): Promise<void>
  close(): Promise<void>
}

export interface QueueSettings {
  redisUrl: string | undefined
  databaseUrl: string
  /** Several installations may share one Redis; tests do. */
  prefix?: string
  onError(error: Error): void
}

const KEPT_FAILED = 200
/** Who rings stands in the middle of a request or a sweep. */
const ANSWER_MS = 3000

export function openQueue(settings: QueueSettings): JobQueue {
  const backend = settings.redisUrl ? redisBackend(settings.redisUrl, settings) : postgresBackend(settings.databaseUrl)
  const queues = new Map<string, Queue>()
  const workers: Worker[] = []

  const open = (name: string): Queue => {
    let queue = queues.get(name)
    if (!queue) {
      queue = backend.queue(name)
      // Without a listener an unreachable server would end the process; BullMQ connects again by itself.
      queue.on('error', settings.onError)
      queues.set(name, queue)
    }
    return queue
  }

  const stopWork = async () => {
    await Promise.all(workers.map((worker) => worker.close()))
  }

  return {
    async ring(queue, name, data, delayMs = 0) {
      await within(
        ANSWER_MS,
        open(queue).add(name, data, { delay: delayMs, removeOnComplete: true, removeOnFail: KEPT_FAILED }),
      )
    },
    async work(queue, concurrency, handle) {
      const worker = backend.worker(queue, concurrency, (job) => handle(job.name, job.data))
      worker.on('error', settings.onError)
      worker.on('failed', (_job, error) => settings.onError(error))
      workers.push(worker)
      await worker.waitUntilReady()
    },
    async measure(queue) {
      const [oldest] = await within(ANSWER_MS, open(queue).getWaiting(0, 0))
      const waiting = await within(ANSWER_MS, open(queue).getWaitingCount())
      return { waiting, oldestSeconds: oldest ? Math.max(0, Date.now() - oldest.timestamp) / 1000 : 0 }
    },
    async ping() {
      await within(ANSWER_MS, open('work').getWaitingCount())
    },
    stopWork,
    async close() {
      await stopWork()
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await backend.close()
    },
  }
}

interface Backend {
  queue(name: string): Queue
  worker(name: string, concurrency: number, run: (job: Job) => Promise<void>): Worker
  close(): Promise<void>
}

function redisBackend(url: string, { prefix = 'pairpost', onError }: QueueSettings): Backend {
  const connect = (options: object) => {
    const connection = new Redis(url, options)
    connection.on('error', onError)
    return connection
  }
  // null: a worker waits for Redis to come back for as long as it takes (BullMQ asks for it).
  const working = connect({ maxRetriesPerRequest: null, lazyConnect: true })
  // A ring that Redis does not take now is not kept for later: the sweeps ring again, and would only pile them up.
  const ringing = connect({ maxRetriesPerRequest: 1, enableOfflineQueue: false })
  return {
    queue: (name) => new Queue(name, { connection: ringing, prefix }),
    worker: (name, concurrency, run) => new Worker(name, run, { connection: working, prefix, concurrency, ...WORKER }),
    close: async () => {
      working.disconnect()
      ringing.disconnect()
    },
  }
}

function postgresBackend(databaseUrl: string): Backend {
  const connection = { connectionString: databaseUrl, max: 3, application_name: 'pairpost-queue' }
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend) as unknown as Queue,
    worker: (name, concurrency, run) =>
      new Worker(name, run, { connection, concurrency, ...WORKER }, createPostgresBackend) as unknown as Worker,
    close: async () => undefined,
  }
}

/**
 * A lost worker's job is taken over after 15 to 30 s; our sweeps do not wait for that. runRetryDelay: how soon a
 * worker asks again when the queue was away.
 */
const WORKER = { lockDuration: 15_000, stalledInterval: 15_000, maxStalledCount: 1000, runRetryDelay: 1000 }
