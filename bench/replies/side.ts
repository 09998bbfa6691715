/** One reader's side of the comparison, in a thread of its own: reads what it is sent, tells the text and the time. */
import { parentPort, workerData } from 'node:worker_threads'
import { READERS } from './readers.ts'
import type { Reply } from './sets.ts'

const reader = READERS[workerData as string]
if (!reader || !parentPort) throw new Error(`There is no reader ${String(workerData)}.`)
const port = parentPort

port.on('message', (reply: Reply) => {
  const visible = reader(reply)
  let best = Number.POSITIVE_INFINITY
  // The first reading warms up; the better of three is told, once it is known that none takes long.
  for (let turn = 0; turn < 3; turn++) {
    const started = performance.now()
    reader(reply)
    best = Math.min(best, performance.now() - started)
    if (best > 50) break
  }
  port.postMessage({ visible, micros: best * 1000 })
})
port.postMessage('ready')
