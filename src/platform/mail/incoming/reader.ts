import { Worker } from 'node:worker_threads'
import { RAW_OCTETS } from './caps.ts'
import type { Incoming, IncomingContext } from './incoming.ts'
import { unreadable } from './read-incoming.ts'

export interface IncomingReader {
  /**
   * Reads and sorts one message; never throws. What takes longer than the limit is `unreadable`.
   * @throws Error once the reader is closed
   */
  read(raw: Buffer, context: IncomingContext): Promise<Incoming>
  /** Waiting messages are answered with an error, so that whoever keeps them reads them again. */
  close(): Promise<void>
}

interface Waiting {
  raw: Buffer
  context: IncomingContext
  resolve(incoming: Incoming): void
  reject(error: Error): void
}

interface Thread {
  worker: Worker
  isReady: Promise<boolean>
  waiting: Waiting | undefined
  limit: NodeJS.Timeout | undefined
}

const LIMIT_MS = 1800
/** A thread that has just begun reads its modules first; on a busy machine that alone may take seconds. */
const BEGIN_MS = 30_000
const HEAP_MB = 128

/** Every thread reads its modules anew; Node's compile cache keeps what came out of taking their types away. */
const BEGIN = `
require('node:module').enableCompileCache()
import(require('node:worker_threads').workerData.module)
  .then(() => require('node:worker_threads').parentPort.postMessage('ready'))`

/**
 * Threads that read incoming mail, so that no message ever holds up the process that received it. A thread that does not
 * answer within the limit, or runs out of memory, is ended and replaced; its message is unreadable, the next ones are
 * not harmed. They begin with the first message and do not keep the process alive.
 * @param threads how many messages are read at the same time
 * @param limitMs what one message may take once it is its turn
 */
export function openIncomingReader({ threads = 1, limitMs = LIMIT_MS, module = READER_THREAD } = {}): IncomingReader {
  const pool: Thread[] = []
  const queue: Waiting[] = []
  let closed = false

  function begin(): Thread {
    const worker = new Worker(BEGIN, {
      eval: true,
      workerData: { module: module.href },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
    })
    const thread: Thread = { worker, waiting: undefined, limit: undefined, isReady: isReady(worker) }
    worker.unref()
    // Whatever ends it (no memory, a fault of ours), the message it held is answered and a new one takes its place.
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      end(thread, isFull ? 'reading it took more memory than a message may' : 'the thread that read it failed')
    })
    worker.on('exit', () => end(thread, 'the thread that read it ended'))
    pool.push(thread)
    return thread
  }

  function end(thread: Thread, why: string) {
    clearTimeout(thread.limit)
    const at = pool.indexOf(thread)
    if (at >= 0) pool.splice(at, 1)
    thread.waiting?.resolve(unreadable(`It could not be read: ${why}.`))
    thread.waiting = undefined
    void thread.worker.terminate()
    next()
  }

  function next() {
    if (closed || queue.length === 0) return
    const free = pool.find(({ waiting }) => !waiting) ?? (pool.length < threads ? begin() : undefined)
    if (!free) return
    const waiting = queue.shift() as Waiting
    free.waiting = waiting
    void ask(free, waiting)
  }

  async function ask(thread: Thread, waiting: Waiting) {
    thread.worker.ref()
    if (!(await thread.isReady)) return end(thread, 'the thread to read it did not begin')
    if (thread.waiting !== waiting) return
    thread.limit = setTimeout(() => end(thread, `reading it took more than ${limitMs / 1000} s`), limitMs)
    thread.worker.once('message', (incoming: Incoming) => {
      clearTimeout(thread.limit)
      if (thread.waiting !== waiting) return
      thread.waiting = undefined
      thread.worker.unref()
      waiting.resolve(incoming)
      next()
    })
    // A copy of its own, handed over: the caller still keeps the message.
    const copy = new Uint8Array(waiting.raw.subarray(0, RAW_OCTETS + 1))
    thread.worker.postMessage({ raw: copy, context: waiting.context }, [copy.buffer])
  }

  return {
    read(raw, context) {
      if (closed) return Promise.reject(new Error('The reader of incoming mail is closed.'))
      const { promise, resolve, reject } = Promise.withResolvers<Incoming>()
      queue.push({ raw, context, resolve, reject })
      next()
      return promise
    },
    async close() {
      closed = true
      const error = new Error('The reader of incoming mail is closed.')
      for (const waiting of queue.splice(0)) waiting.reject(error)
      for (const { waiting, limit } of pool) {
        clearTimeout(limit)
        waiting?.reject(error)
      }
      await Promise.all(pool.splice(0).map(({ worker }) => worker.terminate()))
    },
  }
}

const READER_THREAD = new URL('./reader-thread.ts', import.meta.url)

function isReady(worker: Worker): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const limit = setTimeout(() => resolve(false), BEGIN_MS)
  worker.once('message', () => resolve(true))
  worker.once('exit', () => resolve(false))
  worker.once('error', () => resolve(false))
  return promise.finally(() => clearTimeout(limit))
}
