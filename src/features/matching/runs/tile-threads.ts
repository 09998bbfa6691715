import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PackedProblem } from '../solve/index.ts'
import type { TileQuestion } from './tile-thread.ts'

/** Threads that answer tiles, so that a worker process stays free for everything else while they count. */
export interface TileThreads {
  /** @param read packs the run's problem, when no thread that knows it is free */
  answer(run_id: number, asked: TileQuestion, read: () => Promise<PackedProblem>): Promise<Uint8Array>
}

interface Thread {
  run_id: number
  worker: Worker
  /** Ends the thread when nothing has been asked for a while. */
  idle: NodeJS.Timeout | undefined
}

/** A run asks again within seconds, unless it has ended or its questions go elsewhere. */
const IDLE_MS = 60_000

export function openTileThreads(): TileThreads {
  const free: Thread[] = []

  async function take(run_id: number, read: () => Promise<PackedProblem>): Promise<Thread> {
    const found = free.findIndex((thread) => thread.run_id === run_id)
    // Threads of a run before this one have nothing more to do.
    if (found < 0) for (const thread of free.splice(0)) end(thread)
    const [thread] = found < 0 ? [] : free.splice(found, 1)
    if (thread) {
      clearTimeout(thread.idle)
      return thread
    }
    const worker = new Worker(new URL('./tile-thread.ts', import.meta.url), { workerData: await read() })
    // Whoever waits is told; a thread that fails while nobody does is no reason to end the process.
    worker.on('error', () => undefined).unref()
    return { run_id, worker, idle: undefined }
  }

  function giveBack(thread: Thread): void {
    thread.idle = setTimeout(() => {
      free.splice(free.indexOf(thread), 1)
      end(thread)
    }, IDLE_MS).unref()
    free.push(thread)
  }

  return {
    async answer(run_id, asked, read) {
      const thread = await take(run_id, read)
      try {
        const answer = await ask(thread.worker, asked)
        giveBack(thread)
        return answer
      } catch (error) {
        end(thread)
        throw error
      }
    },
  }
}

function end({ worker, idle }: Thread): void {
  clearTimeout(idle)
  void worker.terminate()
}

async function ask(worker: Worker, asked: TileQuestion): Promise<Uint8Array> {
  const answered = new AbortController()
  const { signal } = answered
  const ended = once(worker, 'exit', { signal }).then(() => {
    throw new Error('A thread ended before it had answered its tile.')
  })
  worker.postMessage(asked)
  try {
    // A thread that fails says so by its error, which rejects this too.
    const [answer] = await Promise.race([once(worker, 'message', { signal }), ended])
    return answer as Uint8Array
  } finally {
    answered.abort()
  }
}
