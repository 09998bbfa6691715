import { keepRows } from './kept-rows.ts'
import { ROUNDING, SIDE_WITHOUT_CRITERIA, shareOf } from './points.ts'
import type { CombinedClass, Profiles } from './profiles.ts'
import type { ClassTerm } from './sums.ts'

/** What both sides of a score get from the measures folded into a combined class, in fixed-point units. */
export interface ClassTable extends ClassTerm {
  /** Sets `units` to what scores of this person get, by class of the other. */
  aim(person: number): void
}

/** @param first the one of the tables that holds what no measure gives: rounding, and sides without criteria */
export function openClassTable(profiles: Profiles, combined: CombinedClass, first: boolean): ClassTable {
  const { size, classOf, examples } = combined
  const stakes = Uint16Array.from(examples, (person) => profiles.stakes[person] as number)
  const parts = combined.measures.map((index) => openPart(profiles, index, examples, stakes))
  const rowOfClass = keepRows(size, size, (mine, row) => {
    if (first) addSidesWithoutCriteria(stakes, mine, row)
    for (const part of parts) addPart(part, mine, row)
  })
  const table: ClassTable = {
    of: classOf,
    units: new Int32Array(),
    aim(person) {
      table.units = rowOfClass(classOf[person] as number)
    },
  }
  return table
}

/** A table that gives nothing to anybody. */
export function openEmptyClassTable({ n }: Profiles): ClassTable {
  return { of: new Uint32Array(n), units: new Int32Array(1), aim: () => {} }
}

function addSidesWithoutCriteria(stakes: Uint16Array, mine: number, row: Int32Array): void {
  for (let theirs = 0; theirs < row.length; theirs++) {
    const sides = (stakes[mine] === 0 ? 1 : 0) + (stakes[theirs] === 0 ? 1 : 0)
    row[theirs] = ROUNDING + sides * SIDE_WITHOUT_CRITERIA
  }
}

/** One measure, seen from combined classes. */
interface Part {
  size: number
  /** The measure's class, by combined class. */
  of: Uint16Array
  /** Blocks of size × size: what a side gets, at [mine × size + theirs]. The first is nothing, then one for each stake. */
  shares: Int32Array
  /** Where the block of a combined class begins, by its stake; the first where the criterion does not count. */
  blocks: Int32Array
}

function openPart(profiles: Profiles, index: number, examples: Uint32Array, stakes: Uint16Array): Part {
  const measure = profiles.classMeasures[index]
  if (measure === undefined) throw new RangeError(`There is no measure ${index}`)
  const { size, weight, suits, counts } = measure
  const of = Uint16Array.from(examples, (person) => measure.classOf[person] as number)
  const counting = (combined: number) => counts[of[combined] as number] === 1
  const different = [...new Set(stakes.filter((_, combined) => counting(combined)))]
  const shares = new Int32Array((different.length + 1) * suits.length)
  for (const [at, stake] of different.entries()) {
    const block = shares.subarray((at + 1) * suits.length)
    for (let pair = 0; pair < suits.length; pair++) block[pair] = shareOf(weight, suits[pair] as number, stake)
  }
  const blocks = Int32Array.from(stakes, (stake, combined) =>
    counting(combined) ? (different.indexOf(stake) + 1) * suits.length : 0,
  )
  return { size, of, shares, blocks }
}

function addPart({ size, of, shares, blocks }: Part, mine: number, row: Int32Array): void {
  const my = of[mine] as number
  const myBlock = (blocks[mine] as number) + my * size
  for (let theirs = 0; theirs < row.length; theirs++) {
    const their = of[theirs] as number
    const mySide = shares[myBlock + their] as number
    const theirSide = shares[(blocks[theirs] as number) + their * size + my] as number
    row[theirs] = (row[theirs] as number) + mySide + theirSide
  }
}
