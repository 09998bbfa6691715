import type { PackedList } from './profiles.ts'

/** People counted in one go; a multiple of 4. */
export const BLOCK = 2048

/** A choice has a column where at least one in so many made it; those who made a rarer one are gone through. */
const COLUMN_AT_LEAST = 8

/** A list to count in, and what each choice in it adds to a person's byte. */
export interface CountedList {
  list: PackedList
  unit: number
}

/**
 * Counts how many of some choices each person made, in one byte a person; several lists are counted at once in different
 * bits of it. A choice has a column of such bytes, and columns are added four people at a time, as 32-bit words: no byte
 * may overflow, which whoever opens a counter sees to, so the order of bytes in a word does not matter.
 */
export interface ListCounter {
  /** From the first person counted, rounded down to a multiple of 4. */
  counts: Uint8Array
  /** Counts items `start` to `end` of `chosen` for the people `first` to `last`, at most BLOCK. */
  count(chosen: Uint32Array, start: number, end: number, first: number, last: number): void
}

/** @param n people @param choices how many choices there are over all lists */
export function openListCounter(counted: readonly CountedList[], n: number, choices: number): ListCounter {
  const width = (n + 3) >> 2
  const { starts, people, units } = invert(counted, n, choices)
  const { columnOf, columns } = raiseColumns({ starts, people, units }, n, width)
  const bytes = new ArrayBuffer(BLOCK + 4)
  const counts = new Uint8Array(bytes)
  const words = new Int32Array(bytes)
  const added = new Int32Array(256)

  return {
    counts,
    count(chosen, start, end, first, last) {
      const from = first >> 2
      let many = 0
      for (let at = start; at < end; at++) {
        const column = columnOf[chosen[at] as number] as number
        if (column >= 0) added[many++] = column * width + from
      }
      addColumns(words, ((last + 3) >> 2) - from, columns, added, many)
      if (many === end - start) return
      for (let at = start; at < end; at++) {
        const choice = chosen[at] as number
        if ((columnOf[choice] as number) >= 0) continue
        const stop = starts[choice + 1] as number
        for (let of = firstAtLeast(people, starts[choice] as number, stop, first); of < stop; of++) {
          const person = people[of] as number
          if (person >= last) break
          const byte = person - from * 4
          counts[byte] = (counts[byte] as number) + (units[of] as number)
        }
      }
    },
  }
}

/** The first place in an ascending stretch of `values` whose value is at least `least`. */
export function firstAtLeast(values: Uint32Array, start: number, end: number, least: number): number {
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** Sets the words to the sum of the columns that begin at the first `many` of `added`, four at a time. */
function addColumns(words: Int32Array, length: number, columns: Int32Array, added: Int32Array, many: number): void {
  const a = added[0] as number
  const b = added[1] as number
  const c = added[2] as number
  let next = many % 4
  if (next === 1) {
    for (let w = 0; w < length; w++) words[w] = columns[a + w] as number
  } else if (next === 2) {
    for (let w = 0; w < length; w++) words[w] = (columns[a + w] as number) + (columns[b + w] as number)
  } else if (next === 3) {
    for (let w = 0; w < length; w++) {
      words[w] = (columns[a + w] as number) + (columns[b + w] as number) + (columns[c + w] as number)
    }
  } else {
    words.fill(0, 0, length)
  }
  while (next < many) {
    addFour(words, length, columns, added, next)
    next += 4
  }
}

function addFour(words: Int32Array, length: number, columns: Int32Array, added: Int32Array, next: number): void {
  const a = added[next] as number
  const b = added[next + 1] as number
  const c = added[next + 2] as number
  const d = added[next + 3] as number
  for (let w = 0; w < length; w++) {
    const two = (columns[a + w] as number) + (columns[b + w] as number)
    words[w] = ((words[w] as number) + two + (columns[c + w] as number) + (columns[d + w] as number)) | 0
  }
}

/** Who made each choice, ascending, with what that adds to their byte. */
interface Makers {
  starts: Uint32Array
  people: Uint32Array
  units: Uint8Array
}

function invert(counted: readonly CountedList[], n: number, choices: number): Makers {
  const starts = new Uint32Array(choices + 1)
  for (const { list } of counted) {
    for (const choice of list.items) starts[choice + 1] = (starts[choice + 1] as number) + 1
  }
  for (let choice = 0; choice < choices; choice++) {
    starts[choice + 1] = (starts[choice + 1] as number) + (starts[choice] as number)
  }
  const next = starts.slice()
  const people = new Uint32Array(starts[choices] as number)
  const units = new Uint8Array(people.length)
  for (let person = 0; person < n; person++) {
    for (const { list, unit } of counted) {
      for (let at = list.starts[person] as number; at < (list.starts[person + 1] as number); at++) {
        const choice = list.items[at] as number
        const place = next[choice] as number
        people[place] = person
        units[place] = unit
        next[choice] = place + 1
      }
    }
  }
  return { starts, people, units }
}

/** The columns of the choices that many made, one after the other; -1 for the others. */
function raiseColumns({ starts, people, units }: Makers, n: number, width: number) {
  const choices = starts.length - 1
  const columnOf = new Int32Array(choices).fill(-1)
  let many = 0
  for (let choice = 0; choice < choices; choice++) {
    const made = (starts[choice + 1] as number) - (starts[choice] as number)
    if (made > 0 && made * COLUMN_AT_LEAST >= n) columnOf[choice] = many++
  }
  const columns = new Int32Array(many * width)
  const bytes = new Uint8Array(columns.buffer)
  for (let choice = 0; choice < choices; choice++) {
    const column = columnOf[choice] as number
    if (column < 0) continue
    for (let at = starts[choice] as number; at < (starts[choice + 1] as number); at++) {
      const byte = column * width * 4 + (people[at] as number)
      bytes[byte] = (bytes[byte] as number) + (units[at] as number)
    }
  }
  return { columnOf, columns }
}
