import { openGuardedThread, ThreadFault } from '../../../platform/threads/guarded-thread.ts'
import type { Words, WordsInput } from './words.ts'

/** Undefined for a text that takes too long, or ends the thread: a person reads it. */
export type ReadWords = (input: WordsInput) => Promise<Words | undefined>

const LIMIT_MS = 2000
const IDLE_MS = 30_000
const HEAP_MB = 256

/**
 * A thread that reads texts one after the other, so that no text holds up the process. It begins with the first, ends
 * when there was none for a while, and does not keep the process alive.
 */
export function openWordsReader({
  limitMs = LIMIT_MS,
  module = WORDS_THREAD,
  onFault = (_error: unknown): void => undefined,
} = {}): ReadWords {
  const thread = openGuardedThread<WordsInput, Words>({ module, limitMs, heapMb: HEAP_MB, idleMs: IDLE_MS })
  return async (input) => {
    try {
      return await thread.ask(input)
    } catch (error) {
      if (!(error instanceof ThreadFault)) throw error
      onFault(error)
      return undefined
    }
  }
}

const WORDS_THREAD = new URL('./words-thread.ts', import.meta.url)
