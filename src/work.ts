import type { Logger } from 'pino'
import { CONCURRENCY, type Handlers, JOBS, type JobName, QUEUES, type QueueName } from './jobs/catalog.ts'
import type { Complain } from './platform/complaints.ts'
import { within } from './platform/http/time-limit.ts'
import type { JobQueue } from './platform/queue/open.ts'
import { repeat } from './platform/queue/repeat.ts'

/** The work of one process. */
export interface Work {
  /** Runs the handlers until `stopWork`: the queue's jobs as they ring, the sweeps by our own clock. */
  work(handlers: Handlers, queues?: QueueName[]): Promise<void>
  /** Takes nothing new and waits for what is under way, not longer than STOP_MS. Asked again, it is the same stop. */
  stopWork(): Promise<void>
}

interface WorkDeps {
  log: Logger
  complain: Complain
  queue: JobQueue
  /** Aborted first of all when the process leaves: every handler gets it. */
  stopping: AbortController
}

const STOP_MS = 6500

export function createWork({ log, complain, queue, stopping }: WorkDeps): Work {
  const clocks: { stop(): Promise<void> }[] = []
  let stopped: Promise<void> | undefined

  async function run(handlers: Handlers, job: string, data: unknown): Promise<void> {
    const handle = handlers[job as JobName] as ((input: unknown, signal: AbortSignal) => Promise<void>) | undefined
    // A job of another release: its rows are swept by the release that knows it.
    if (!handle) return log.warn({ job }, 'unknown job')
    await handle(data, stopping.signal)
  }

  async function stopOnce(): Promise<void> {
    stopping.abort()
    const ended = Promise.all([queue.stopWork(), ...clocks.map((clock) => clock.stop())])
    await within(STOP_MS, ended).catch((error) =>
      log.warn({ err: error }, 'work did not end in time: the ledger takes it back'),
    )
  }

  return {
    async work(handlers, queues = QUEUES) {
      await Promise.all(
        queues.map((name) => queue.work(name, CONCURRENCY[name], (job, data) => run(handlers, job, data))),
      )
      for (const [job, { everySeconds }] of Object.entries(JOBS)) {
        if (everySeconds === undefined) continue
        const sweep = () => run(handlers, job, {})
        clocks.push(repeat(everySeconds * 1000, sweep, (error) => complain(error, job)))
      }
    },
    stopWork() {
      stopped ??= stopOnce()
      return stopped
    },
  }
}
