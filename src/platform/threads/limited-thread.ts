import type { Transferable } from 'node:worker_threads'
import { openThread } from './open-thread.ts'

/** `late`: no answer within the limit; `no_memory`: more than its heap; `not_begun`: its module could not be read. */
export type ThreadFaultCode = 'late' | 'no_memory' | 'failed' | 'ended' | 'not_begun'

/** What a thread was asked ended it. `cause` is what it threw. */
export class ThreadFault extends Error {
  override readonly name = 'ThreadFault'
  readonly code: ThreadFaultCode
  constructor(code: ThreadFaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface ThreadLimits {
  /** It listens on `parentPort`, and answers each message with exactly one. */
  module: URL
  /** What one answer may take. */
  limitMs: number
  heapMb: number
}

/** One thread, until it ends: asked again only after it has answered. Useless after a fault; `end` it then. */
export interface LimitedThread {
  /** @throws ThreadFault; what cannot be cloned as DataCloneError, which harms nothing; what it was ended with */
  ask(input: unknown, transfer: readonly Transferable[]): Promise<unknown>
  hasEnded(): boolean
  /** @param why what is thrown to the one who waits for an answer */
  end(why: Error): Promise<unknown>
}

/** A thread that has just begun reads its modules first; on a busy machine that alone may take seconds. */
const BEGIN_MS = 30_000
const YOUNG_MB = 16

export function beginLimitedThread({ module, limitMs, heapMb }: ThreadLimits): LimitedThread {
  const worker = openThread(module, { data: null, youngMb: YOUNG_MB, heapMb, saysReady: true })
  let isReady = false
  let ended: Error | undefined
  let hearing: PromiseWithResolvers<unknown> | undefined

  worker.on('message', (said: unknown) => hearing?.resolve(said))
  // An error may overtake an answer that was given before it; nothing overtakes the end.
  worker.on('error', (cause: NodeJS.ErrnoException) => {
    ended ??= isReady ? failed(cause) : notBegun({ cause })
  })
  worker.on('exit', () => stop(isReady ? new ThreadFault('ended', 'The thread ended without an answer.') : notBegun()))
  worker.unref()

  function stop(why: Error): void {
    ended ??= why
    hearing?.reject(ended)
  }

  /** The next that it says. */
  async function hear(withinMs: number, late: () => ThreadFault): Promise<unknown> {
    if (ended) throw ended
    const heard = Promise.withResolvers<unknown>()
    hearing = heard
    // A process that was busy itself comes to its timers before its messages: what came in time meanwhile counts.
    const limit = setTimeout(() => setImmediate(() => heard.reject(late())), withinMs)
    try {
      return await heard.promise
    } finally {
      clearTimeout(limit)
      hearing = undefined
    }
  }

  return {
    async ask(input, transfer) {
      worker.ref()
      try {
        if (!isReady) await hear(BEGIN_MS, notBegun)
        isReady = true
        worker.postMessage(input, transfer)
        return await hear(limitMs, () => new ThreadFault('late', `The thread gave no answer within ${limitMs} ms.`))
      } finally {
        worker.unref()
      }
    },
    hasEnded: () => ended !== undefined,
    end(why) {
      stop(why)
      return worker.terminate()
    },
  }
}

const notBegun = (options?: ErrorOptions) => new ThreadFault('not_begun', 'The thread did not begin.', options)

const failed = (cause: NodeJS.ErrnoException) =>
  cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new ThreadFault('no_memory', 'The thread took more memory than it may.', { cause })
    : new ThreadFault('failed', `The thread failed: ${cause.message}`, { cause })
