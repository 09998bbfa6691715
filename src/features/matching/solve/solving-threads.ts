import { openThread } from '../../../platform/threads/open-thread.ts'
import type { Waiting } from './match-pool.ts'
import type { Task } from './run-task.ts'

/** What the solving thread says, and is answered: what it cannot reach from there is done by the one who waits for it. */
export type FromThread =
  | { says: 'progress'; hundredths: number }
  | { says: 'checkpoint'; round: number; content: Uint8Array }
  | { says: 'ask'; cycle: number; question: Uint8Array; tiles: number }
  | { says: 'found'; found: unknown }
export type ToThread = { kept: true } | { answers: Uint8Array[] }

/** What the thread is given when it begins; its task follows. */
export interface SolvingThreadData {
  keepsCheckpoints: boolean
  hasTiles: boolean
  /** Scoring threads that it will need. */
  threads: number
}

const YOUNG_MB = 16

/**
 * Runs a task on a thread of its own, which has nothing else to do and can be ended at any moment. The event loop of the
 * caller stays free.
 * @param makeTask called while the threads begin: this takes about as long as that
 * @param threads scoring threads that the task will need
 * @throws what making the task threw, what the thread or a checkpoint or tile threw, or the signal's reason
 */
export async function runInThread<Found>(
  makeTask: () => Task,
  threads: number,
  waiting: Waiting,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const data: SolvingThreadData = {
    threads,
    keepsCheckpoints: waiting.checkpoint !== undefined,
    hasTiles: waiting.tiles !== undefined,
  }
  const worker = openThread(new URL('./solving-thread.ts', import.meta.url), { data, youngMb: YOUNG_MB })
  const { promise, resolve, reject } = Promise.withResolvers<Found>()
  const answer = (message: ToThread) => worker.postMessage(message)

  worker.on('message', (message: FromThread) => {
    switch (message.says) {
      case 'progress':
        return waiting.progress(message.hundredths)
      case 'checkpoint':
        return void waiting.checkpoint?.(message.round, message.content).then(() => answer({ kept: true }), reject)
      case 'ask':
        return void waiting.tiles
          ?.ask(message.cycle, message.question, message.tiles)
          .then((answers) => answer({ answers }), reject)
      case 'found':
        return resolve(message.found as Found)
    }
  })
  worker.on('error', reject)
  worker.on('exit', () => reject(new Error('The solving thread ended before it had found anything.')))
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    worker.postMessage(makeTask())
    return await promise
  } finally {
    signal?.removeEventListener('abort', abort)
    await worker.terminate()
  }
}
