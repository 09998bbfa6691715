import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Waiting } from './match-pool.ts'
import type { ThreadData } from './open-thread.ts'
import { runTask } from './run-task.ts'
import type { FromThread, ThreadTask, ToThread } from './solving-threads.ts'

/** The thread of solving-threads.ts. Its own threads end with it. */
const port = parentPort as MessagePort
const { task, keepsCheckpoints, hasTiles } = (workerData as ThreadData<ThreadTask>).data
const say = (message: FromThread) => port.postMessage(message)

async function ask<Answer extends ToThread>(message: FromThread): Promise<Answer> {
  const answered = once(port, 'message')
  say(message)
  const [answer] = await answered
  return answer as Answer
}

const waiting: Waiting = {
  progress: (hundredths) => say({ says: 'progress', hundredths }),
  checkpoint: keepsCheckpoints
    ? async (round, content) => void (await ask({ says: 'checkpoint', round, content }))
    : undefined,
  tiles: hasTiles
    ? {
        ask: async (cycle, question, tiles) =>
          (await ask<{ answers: Uint8Array[] }>({ says: 'ask', cycle, question, tiles })).answers,
      }
    : undefined,
}

say({ says: 'found', found: await runTask(task, waiting) })
