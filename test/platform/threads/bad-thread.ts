import { type MessagePort, parentPort } from 'node:worker_threads'

/** A thread that does as it is told: gets stuck, fails, takes all memory, ends, or says what it was told, and which time. */
const port = parentPort as MessagePort
let times = 0

export interface Told {
  text: string
  octets?: Uint8Array
}

port.on('message', ({ text }: Told) => {
  times++
  while (text === 'stuck');
  if (text === 'failing') throw new Error('the thread fell over')
  const held: unknown[] = []
  while (text === 'greedy') held.push(new Array(100_000).fill(held.length))
  if (text === 'ending') process.exit(0)
  if (text === 'failing later') setImmediate(() => Promise.reject(new Error('the thread fell over later')))
  port.postMessage({ text, times })
})
