import type { Profiles } from '../scores/profiles.ts'
import type { Content } from './bytes.ts'
import { openCollector } from './collector.ts'
import type { Question } from './questions.ts'
import { openStoredRows, openStoringRows, openTriangle, type Rows } from './read-rows.ts'
import { type Cover, countTiles, coverOfAll, tileOf } from './tiles.ts'

export interface Answer {
  cover: Cover
  content: Content
}

/** A question about all pairs, answered in parts that together cover all of them once. */
export type Ask = (question: Question) => AsyncIterable<Answer>

/** Who knows all pairs: until it is closed there may be threads. */
export interface Asker {
  ask: Ask
  /** For single pairs and rows, here and now. */
  rows: Rows
  close(): Promise<void>
}

/** Wide enough that a row is worth its beginning, narrow enough that two threads end at about the same time. */
export const LOCAL_TILE = 2048

/** Scores all pairs here and now, once, and answers from what it has. For pools that are small enough. */
export function openLocalAsker(profiles: Profiles): Asker {
  const { n } = profiles
  const triangle = openTriangle(n)
  const storing = openStoringRows(profiles, triangle)
  for (let person = 0; person < n - 1; person++) storing.at(person, person + 1, n)
  const rows = openStoredRows(triangle)
  return {
    async *ask(question) {
      const cover = coverOfAll(n)
      const collector = openCollector(question, rows, cover)
      for (let tile = 0; tile < countTiles(n, LOCAL_TILE); tile++) collector.take(tileOf(n, LOCAL_TILE, tile))
      yield { cover, content: collector.answer() }
    },
    rows,
    close: async () => undefined,
  }
}
