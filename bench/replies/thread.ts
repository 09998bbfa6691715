import { Worker } from 'node:worker_threads'
import type { Reply } from './sets.ts'

/** Nothing where the reader failed or was stopped. */
export interface Read {
  visible?: string
  micros?: number
}

export type Thread = ReturnType<typeof openThread>

/** A thread that is replaced when it did not answer in time. */
export function openThread(name: string, limit_ms: number) {
  let worker: Worker | undefined
  const start = async (): Promise<Worker> => {
    const started = new Worker(new URL('./side.ts', import.meta.url), { workerData: name })
    await new Promise((resolve, reject) => {
      started.once('message', resolve)
      started.once('error', reject)
    })
    return started
  }
  return {
    async read(reply: Reply): Promise<Read> {
      worker ??= await start()
      const own = worker
      const read = await new Promise<Read>((resolve) => {
        const timer = setTimeout(() => resolve({}), limit_ms)
        const tell = (answer: Read) => {
          clearTimeout(timer)
          own.off('error', fail)
          resolve(answer)
        }
        const fail = () => tell({})
        own.once('message', tell)
        own.once('error', fail)
        own.postMessage(reply)
      })
      if (read.visible === undefined) {
        await own.terminate()
        worker = undefined
      }
      return read
    },
    end: async () => {
      await worker?.terminate()
    },
  }
}
