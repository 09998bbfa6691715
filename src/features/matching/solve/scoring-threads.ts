import { openThread } from '../../../platform/threads/open-thread.ts'
import type { Profiles } from '../scores/profiles.ts'
import { type Asker, LOCAL_TILE } from './ask.ts'
import type { Content } from './bytes.ts'
import type { Question } from './questions.ts'
import { openScoredRows, openStoredRows, openTriangle, type Rows, type Triangle } from './read-rows.ts'
import { countTiles, coverOfAll } from './tiles.ts'

/** The first that a thread is told: whose pairs it scores. */
export interface ThreadPool {
  profiles: Profiles
  triangle: Triangle | null
}

/** Threads take the next tile from a count that they share, until there is none left. */
export interface ThreadQuestion {
  question: Question
  tileSize: number
  tiles: number
  next: Int32Array<SharedArrayBuffer>
  /** Whether rows are scored, scored and stored, or read as they were stored. */
  rows: 'score' | 'store' | 'stored'
}

/** Scoring threads, begun early: they read their modules while the people are still being packed. */
export interface ScoringThreads {
  /** @param stores keeps the scores in memory: 2 octets a pair @param told now and then what part of a question is done */
  score(profiles: Profiles, stores: boolean, told?: (part: number) => void): Asker
}

export function openScoringThreads(threads: number): ScoringThreads {
  const workers = Array.from({ length: threads }, openScoringThread)
  return { score: (...asked) => openAsker(workers, ...asked) }
}

/**
 * Threads answer questions about all pairs together. What one of them answers is about all tiles that it took; which these
 * were makes no difference to the sum.
 */
function openAsker(
  workers: readonly ScoringThread[],
  ...[profiles, stores, told]: Parameters<ScoringThreads['score']>
): Asker {
  const { n } = profiles
  const triangle = stores ? openTriangle(n) : null
  for (const worker of workers) worker.begin({ profiles, triangle })
  const tiles = countTiles(n, LOCAL_TILE)
  let scored: Rows | undefined
  const storedRows = triangle && openStoredRows(triangle)
  let isStored = false

  return {
    get rows() {
      if (isStored && storedRows) return storedRows
      scored ??= openScoredRows(profiles)
      return scored
    },
    async *ask(question) {
      const storesNow = triangle !== null && !isStored && coversAll(question)
      const rows = isStored ? 'stored' : storesNow ? 'store' : 'score'
      const next = new Int32Array(new SharedArrayBuffer(4))
      const asked: ThreadQuestion = { question, tileSize: LOCAL_TILE, tiles, next, rows }
      const timer = setInterval(() => told?.(Math.min(1, Atomics.load(next, 0) / tiles)), TOLD_EVERY_MS)
      const contents = await Promise.all(workers.map((worker) => worker.ask(asked))).finally(() => clearInterval(timer))
      isStored ||= storesNow
      for (const content of contents) yield { cover: coverOfAll(n), content }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

/** Questions that read every pair. */
const coversAll = (question: Question): boolean =>
  question.kind === 'price' || question.kind === 'check' || (question.kind === 'best' && question.among === null)

const YOUNG_MB = 4
const TOLD_EVERY_MS = 500

type ScoringThread = ReturnType<typeof openScoringThread>

function openScoringThread() {
  const worker = openThread(new URL('./scoring-thread.ts', import.meta.url), { data: null, youngMb: YOUNG_MB })
  // Who waits for an answer is told; without anybody waiting there is nobody to tell.
  worker.on('error', () => undefined)
  return {
    begin: (pool: ThreadPool) => worker.postMessage(pool),
    ask: (question: ThreadQuestion) =>
      new Promise<Content>((resolve, reject) => {
        const stop = () => {
          worker.off('message', onMessage)
          worker.off('error', onError)
          worker.off('exit', onExit)
        }
        const onMessage = (content: Content) => {
          stop()
          resolve(content)
        }
        const onError = (error: unknown) => {
          stop()
          reject(error)
        }
        const onExit = () => onError(new Error('A scoring thread ended before it had answered.'))
        worker.on('message', onMessage).on('error', onError).on('exit', onExit)
        worker.postMessage(question)
      }),
    close: () => worker.terminate(),
  }
}
