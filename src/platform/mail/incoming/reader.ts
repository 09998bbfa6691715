import { openGuardedThread, ThreadFault, type ThreadFaultCode } from '../../threads/guarded-thread.ts'
import { RAW_OCTETS } from './caps.ts'
import type { Incoming, IncomingContext } from './incoming.ts'
import { unreadable } from './read-incoming.ts'

export interface IncomingReader {
  /**
   * Reads and sorts one message; never throws. What takes longer than the limit, or ends its thread, is `unreadable`.
   * @throws Error once the reader is closed
   */
  read(raw: Buffer, context: IncomingContext): Promise<Incoming>
  /** Waiting messages are answered with an error, so that whoever keeps them reads them again. */
  close(): Promise<void>
}

/** What the thread is asked. */
export interface ReaderInput {
  raw: Uint8Array
  context: IncomingContext
}

const LIMIT_MS = 1800
const HEAP_MB = 128

/**
 * A thread that reads incoming mail, one message after the other, so that none ever holds up the process that received
 * it. A message that takes too long or too much memory is unreadable; the next ones are not harmed.
 * @param limitMs what one message may take once it is its turn
 */
export function openIncomingReader({ limitMs = LIMIT_MS, module = READER_THREAD } = {}): IncomingReader {
  const thread = openGuardedThread<ReaderInput, Incoming>({ module, limitMs, heapMb: HEAP_MB })
  const reasons: Record<ThreadFaultCode, string> = {
    late: `reading it took more than ${limitMs / 1000} s`,
    no_memory: 'reading it took more memory than a message may',
    failed: 'the thread that read it failed',
    ended: 'the thread that read it ended',
    not_begun: 'the thread to read it did not begin',
  }
  return {
    async read(raw, context) {
      // A copy of its own, handed over: the caller still keeps the message.
      const copy = new Uint8Array(raw.subarray(0, RAW_OCTETS + 1))
      try {
        return await thread.ask({ raw: copy, context }, [copy.buffer])
      } catch (error) {
        if (!(error instanceof ThreadFault)) throw error
        return unreadable(`It could not be read: ${reasons[error.code]}.`)
      }
    },
    close: thread.close,
  }
}

const READER_THREAD = new URL('./reader-thread.ts', import.meta.url)
