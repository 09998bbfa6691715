import { openClassTable, openEmptyClassTable } from './class-tables.ts'
import { forbid } from './forbid.ts'
import { BLOCK } from './list-counter.ts'
import { openEmptyListTable, openListTables } from './list-tables.ts'
import type { Profiles } from './profiles.ts'
import { addByClass, addByCount, writeScores } from './sums.ts'

export interface Scorer {
  /**
   * Scores of person i with each of the people `from` to `end` (without it), in basis points, written to `out` from
   * `to` on (left out: from `from` on). FORBIDDEN where a hard rule forbids the pair, and for i with itself.
   */
  row(i: number, out: Uint16Array, from: number, end: number, to?: number): void
  /** The score of one pair. */
  score(i: number, j: number): number
}

/**
 * The fast way to scores: everything a criterion knows is folded into tables by class of person, so that a row is a few
 * loops of look-ups and additions over all people, in blocks that stay in the processor's nearest memory. The same
 * numbers as explainPair, which does without any of this.
 */
export function openScorer(profiles: Profiles): Scorer {
  const nothing = openEmptyClassTable(profiles)
  const classes = profiles.combined.map((combined, at) => openClassTable(profiles, combined, at === 0))
  const lists = openListTables(profiles)
  const [one = nothing, two = nothing, ...otherClasses] = classes
  const [common = openEmptyListTable(profiles), ...otherLists] = lists
  const tables = [...classes, ...lists]
  const sums = new Int32Array(BLOCK)
  const single = new Uint16Array(1)
  let into: Uint16Array = single
  let shift = 0

  /**
   * What is done to a block of people. Run from one place by turns on purpose: the engine would merge loops that are
   * called by name into one function, too large for the processor's registers, in which they take twice as long.
   */
  const steps: ((begin: number, end: number) => void)[] = [
    (begin, end) => sums.fill(0, 0, end - begin),
    ...otherClasses.map((table) => (begin: number, end: number) => addByClass(sums, begin, end, table)),
    ...otherLists.map((table) => (begin: number, end: number) => {
      if (table.idle) return
      table.count(begin, end)
      addByCount(sums, begin, end, table)
    }),
    (begin, end) => common.count(begin, end),
    (begin, end) => writeScores(sums, begin, end, one, two, common, into, begin + shift),
  ]

  function row(i: number, out: Uint16Array, from: number, end: number, to = from): void {
    into = out
    shift = to - from
    for (const table of tables) table.aim(i)
    for (let begin = from, stop = from; begin < end; begin = stop) {
      stop = Math.min(end, begin + BLOCK)
      for (const step of steps) step(begin, stop)
    }
    forbid(profiles, i, out, from, end, to)
  }

  return {
    row,
    score(i, j) {
      row(i, single, j, j + 1, 0)
      return single[0] as number
    },
  }
}
