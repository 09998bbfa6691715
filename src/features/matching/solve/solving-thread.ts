import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { ThreadData } from '../../../platform/threads/open-thread.ts'
import type { Waiting } from './match-pool.ts'
import { runTask, type Task } from './run-task.ts'
import { openScoringThreads } from './scoring-threads.ts'
import type { FromThread, SolvingThreadData, ToThread } from './solving-threads.ts'

/** The thread of solving-threads.ts. Its own threads end with it. */
const port = parentPort as MessagePort
const { keepsCheckpoints, hasTiles, threads } = (workerData as ThreadData<SolvingThreadData>).data
const scoringThreads = threads > 0 ? openScoringThreads(threads) : undefined
const say = (message: FromThread) => port.postMessage(message)

async function ask<Answer extends ToThread>(message: FromThread): Promise<Answer> {
  const answered = once(port, 'message')
  say(message)
  const [answer] = await answered
  return answer as Answer
}

const waiting: Waiting = {
  scoringThreads,
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

const [task] = (await once(port, 'message')) as [Task]
say({ says: 'found', found: await runTask(task, waiting) })
