import { type MessagePort, parentPort } from 'node:worker_threads'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'

/** A reader's thread with three faults: a subject makes it run for ever, take all the memory there is, or leave. */
const port = parentPort as MessagePort

port.on('message', async ({ raw, context }) => {
  const incoming = await readIncoming(Buffer.from(raw), context)
  if (incoming.subject === 'runs for ever') for (;;);
  const held: unknown[] = []
  while (incoming.subject === 'takes all memory') held.push(new Array(100_000).fill(held.length))
  if (incoming.subject === 'leaves') process.exit(1)
  port.postMessage(incoming)
})
