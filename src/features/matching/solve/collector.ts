// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
// By file: a scoring thread reads what it needs, and the solver is not among it.
import { beginCheck } from '../../../lib/weighted-matching/certificate.ts'
import type { Claim, Pricing } from '../../../lib/weighted-matching/index.ts'
import { FORBIDDEN } from '../scores/forbid.ts'
import { type BestLists, openBestLists } from './best-lists.ts'
import type { Content } from './bytes.ts'
import { collectBest } from './collect-best.ts'
import { collectViolated, outermostOf } from './collect-violated.ts'
import { listsToColumns } from './merge-lists.ts'
import type { Question } from './questions.ts'
import { type Rows, scoreOf } from './read-rows.ts'
import { type Cover, firstColumn, type Tile } from './tiles.ts'

/** Goes through tiles for a question, and answers for all of them at once. */
export interface Collector {
  take(tile: Tile): void
  answer(): Content
}

/** @param openLists whoever answers many questions gives lists again that were used before */
export function openCollector(
  question: Question,
  rows: Rows,
  cover: Cover,
  openLists: typeof openBestLists = openBestLists,
): Collector {
  switch (question.kind) {
    case 'best':
      return openBestCollector(openLists(cover.people, question.keep), question.among, rows, cover)
    case 'price':
      return openViolatedCollector(openLists(cover.people, question.keep), question.pricing, rows, cover)
    case 'count':
      return openCounter(question.of, rows, cover)
    case 'check':
      return openChecker(question.claim, rows)
  }
}

function openBestCollector(lists: BestLists, among: Uint8Array | null, rows: Rows, cover: Cover): Collector {
  const found = { lists, ...cover }
  return {
    take: (tile) => collectBest(tile, rows, found, among),
    answer: () => ({ head: {}, columns: { ...listsToColumns(lists) } }),
  }
}

function openViolatedCollector(lists: BestLists, pricing: Pricing, rows: Rows, cover: Cover): Collector {
  const worst = new Float64Array(cover.people)
  const found = { pricing, outermost: outermostOf(pricing), lists, worst, count: 0, ...cover }
  return {
    take: (tile) => collectViolated(tile, rows, found),
    answer: () => ({ head: { count: found.count }, columns: { ...listsToColumns(lists), worst } }),
  }
}

function openCounter(of: Uint8Array, rows: Rows, { people, rowOffset, columnOffset }: Cover): Collector {
  const partners = new Int32Array(people)
  return {
    take(tile) {
      const isAsked = of.subarray(tile.columnFrom, tile.columnTo).includes(1)
      for (let i = tile.rowFrom; i < tile.rowTo; i++) {
        const from = firstColumn(tile, i)
        if (from >= tile.columnTo || (!of[i] && !isAsked)) continue
        const shift = rows.at(i, from, tile.columnTo) - from
        for (let j = from; j < tile.columnTo; j++) {
          if (rows.scores[shift + j] === FORBIDDEN) continue
          partners[i - rowOffset]! += of[i]!
          partners[j - columnOffset]! += of[j]!
        }
      }
    },
    answer: () => ({ head: {}, columns: { partners } }),
  }
}

/**
 * The independent checker over this share of all pairs. It wants to see the matched pairs too, whose scores it takes from
 * nobody: so when every share of the pairs has been found right, all of the claim has.
 */
function openChecker(claim: Claim, rows: Rows): Collector {
  const check = beginCheck(claim)
  return {
    take(tile) {
      for (let i = tile.rowFrom; i < tile.rowTo; i++) {
        const from = firstColumn(tile, i)
        if (from >= tile.columnTo) continue
        const shift = rows.at(i, from, tile.columnTo) - from
        for (let j = from; j < tile.columnTo; j++) {
          const score = rows.scores[shift + j]!
          if (score !== FORBIDDEN) check.pair(i, j, score)
        }
      }
    },
    answer() {
      for (const [i, j] of claim.mate.entries()) {
        if (j <= i) continue
        const score = scoreOf(rows, i, j)
        if (score !== FORBIDDEN) check.pair(i, j, score)
      }
      const verdict = check.verdict()
      return { head: { fault: verdict.ok ? null : verdict.fault }, columns: {} }
    },
  }
}
