import { parentPort, workerData } from 'node:worker_threads'
import { type BestLists, clearLists, openBestLists } from './best-lists.ts'
import { openCollector } from './collector.ts'
import type { ThreadData } from './open-thread.ts'
import { openScoredRows, openStoredRows, openStoringRows } from './read-rows.ts'
import type { ScoringThreadData, ThreadQuestion } from './scoring-threads.ts'
import { coverOfAll, tileOf } from './tiles.ts'

/** The thread of scoring-threads.ts. */
const { profiles, triangle } = (workerData as ThreadData<ScoringThreadData>).data
const kept = new Map<number, BestLists>()
const readers = {
  score: remember(() => openScoredRows(profiles)),
  store: remember(() => openStoringRows(profiles, triangle ?? missing())),
  stored: remember(() => openStoredRows(triangle ?? missing())),
}

parentPort?.on('message', ({ question, tileSize, tiles, next, rows }: ThreadQuestion) => {
  const { n } = profiles
  const collector = openCollector(question, readers[rows](), coverOfAll(n), reuseLists)
  for (let tile = Atomics.add(next, 0, 1); tile < tiles; tile = Atomics.add(next, 0, 1))
    collector.take(tileOf(n, tileSize, tile))
  const content = collector.answer()
  const buffers = Object.values(content.columns).map(({ buffer }) => buffer as ArrayBuffer)
  parentPort?.postMessage(content, buffers)
})

/** An answer is a copy of what lists hold, so they are free as soon as it is given. */
function reuseLists(people: number, keep: number): BestLists {
  const lists = kept.get(keep) ?? openBestLists(people, keep)
  kept.set(keep, lists)
  clearLists(lists)
  return lists
}

function remember<Value>(open: () => Value): () => Value {
  let opened: Value | undefined
  return () => {
    opened ??= open()
    return opened
  }
}

function missing(): never {
  throw new Error('This thread was given no memory to store scores in.')
}
