import { Worker } from 'node:worker_threads'
import type { Words, WordsInput } from './words.ts'

/** Undefined for a text that takes too long, or ends the thread: a person reads it. */
export type ReadWords = (input: WordsInput) => Promise<Words | undefined>

const LIMIT_MS = 2000
/** On a busy machine reading the modules alone takes seconds. */
const BEGIN_MS = 30_000
const IDLE_MS = 30_000
const HEAP_MB = 256

interface Thread {
  worker: Worker
  isReady: Promise<boolean>
  hasEnded: Promise<undefined>
}

/**
 * A thread that reads texts one after the other, so that no text holds up the process. It begins with the first, ends
 * when there was none for a while, and does not keep the process alive.
 */
export function openWordsReader({
  limitMs = LIMIT_MS,
  module = WORDS_THREAD,
  onFault = (_error: unknown): void => undefined,
} = {}): ReadWords {
  let thread: Thread | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  function end(): void {
    void thread?.worker.terminate()
    thread = undefined
  }

  async function ask(input: WordsInput): Promise<Words | undefined> {
    clearTimeout(idle)
    thread ??= begin(module, onFault)
    const { worker, isReady, hasEnded } = thread
    worker.ref()
    try {
      if (!(await isReady)) return end() as undefined
      const { promise: answer, resolve } = Promise.withResolvers<Words>()
      worker.once('message', resolve)
      worker.postMessage(input)
      const words = await Promise.race([answer, hasEnded, after(limitMs)])
      if (words === undefined) {
        onFault(new Error(`The text took more than ${limitMs} ms, or ended its thread.`))
        end()
      }
      return words
    } finally {
      worker.unref()
      idle = setTimeout(end, IDLE_MS).unref()
    }
  }

  return (input) => {
    const asked = last.then(() => ask(input))
    last = asked.catch(() => undefined)
    return asked
  }
}

const WORDS_THREAD = new URL('./words-thread.ts', import.meta.url)

function begin(module: URL, onFault: (error: unknown) => void): Thread {
  const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } })
  const hasEnded = new Promise<undefined>((done) => {
    worker.once('exit', () => done(undefined))
    worker.once('error', (error) => {
      onFault(error)
      done(undefined)
    })
  })
  const isReady = new Promise<boolean>((done) => {
    worker.once('message', () => done(true))
    void hasEnded.then(() => done(false))
    void after(BEGIN_MS).then(() => done(false))
  })
  return { worker, isReady, hasEnded }
}

const after = (milliseconds: number) =>
  new Promise<undefined>((done) => {
    setTimeout(() => done(undefined), milliseconds).unref()
  })
