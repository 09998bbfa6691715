import { once } from 'node:events'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { type BestLists, clearLists, openBestLists } from './best-lists.ts'
import { openCollector } from './collector.ts'
import { openScoredRows, openStoredRows, openStoringRows, type Triangle } from './read-rows.ts'
import type { ThreadPool, ThreadQuestion } from './scoring-threads.ts'
import { coverOfAll, tileOf } from './tiles.ts'

/** The thread of scoring-threads.ts: first it is told of the pool, then asked. */
const port = parentPort as MessagePort
const [{ profiles, triangle }] = (await once(port, 'message')) as [ThreadPool]
const { n } = profiles
let kept: BestLists | undefined
const readers = {
  score: remember(() => openScoredRows(profiles)),
  store: remember(() => openStoringRows(profiles, triangle as Triangle)),
  stored: remember(() => openStoredRows(triangle as Triangle)),
}

port.on('message', ({ question, tileSize, tiles, next, rows }: ThreadQuestion) => {
  const collector = openCollector(question, readers[rows](), coverOfAll(n), reuseLists)
  for (let tile = Atomics.add(next, 0, 1); tile < tiles; tile = Atomics.add(next, 0, 1))
    collector.take(tileOf(n, tileSize, tile))
  const content = collector.answer()
  const buffers = Object.values(content.columns).map(({ buffer }) => buffer as ArrayBuffer)
  port.postMessage(content, buffers)
})

/** An answer is a copy of what lists hold, so they are free as soon as it is given. Longer ones are not asked for again. */
function reuseLists(people: number, keep: number): BestLists {
  if (kept?.keep === keep) clearLists(kept)
  else kept = openBestLists(people, keep)
  return kept
}

function remember<Value>(open: () => Value): () => Value {
  let opened: Value | undefined
  return () => {
    opened ??= open()
    return opened
  }
}
