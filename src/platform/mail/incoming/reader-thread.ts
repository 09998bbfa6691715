import { type MessagePort, parentPort } from 'node:worker_threads'
import type { IncomingContext } from './incoming.ts'
import { readIncoming } from './read-incoming.ts'

/** The thread of reader.ts: asked for one message at a time. */
const port = parentPort as MessagePort

port.on('message', async ({ raw, context }: { raw: Uint8Array; context: IncomingContext }) => {
  port.postMessage(await readIncoming(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), context))
})
