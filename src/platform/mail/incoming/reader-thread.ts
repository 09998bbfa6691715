import { type MessagePort, parentPort } from 'node:worker_threads'
import { readIncoming } from './read-incoming.ts'
import type { ReaderInput } from './reader.ts'

/** The thread of reader.ts: asked for one message at a time. */
const port = parentPort as MessagePort

port.on('message', async ({ raw, context }: ReaderInput) => {
  port.postMessage(await readIncoming(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), context))
})
