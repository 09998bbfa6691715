import { keepRows } from './kept-rows.ts'
import { BLOCK, openListCounter } from './list-counter.ts'
import { lengthOf } from './list-measures.ts'
import { NEUTRAL, shareOf, suitsByCount } from './points.ts'
import type { ListMeasure, PackedList, Profiles } from './profiles.ts'
import type { CountTerm } from './sums.ts'

/**
 * What list measures give to a score is looked up by counts of common choices, at `offsets[j] + count` in a row of units
 * that is folded for person i. All measures that count the same list of person i are counted and looked up together, as
 * long as their counts fit in one byte: what both chose, and what I chose of the things you wish for.
 */
export interface ListTable extends CountTerm {
  /** Nobody gets anything by scores of the person aimed at: it need not be counted. */
  idle: boolean
  /** Sets `units` to what scores of this person get, and whose choices are counted. */
  aim(person: number): void
  /** Sets `counts` for the people `begin` to `end`, at most BLOCK. */
  count(begin: number, end: number): void
}

/** A table that gives nothing to anybody. */
export function openEmptyListTable({ n }: Profiles): ListTable {
  const counts = new Uint8Array(BLOCK + 4)
  return { offsets: new Int32Array(n), counts, units: new Int32Array(1), idle: true, aim: () => {}, count: () => {} }
}

/** A measure, seen from the list of person i that is counted: both lists alike, my wish, or a wish of the other. */
interface Part {
  side: 'both' | 'mine' | 'theirs'
  measure: ListMeasure
  /** Index of my list, which is counted, and of the one of theirs in which it is. */
  chosen: number
  within: number
  /** Bits of the count. */
  bits: number
}

const BYTE = 8

/** The tables of all list measures; those in which nobody is passed over come first. */
export function openListTables(profiles: Profiles): ListTable[] {
  const parts = profiles.listMeasures.flatMap((measure) => partsOf(profiles, measure))
  const byChosen = [...Map.groupBy(parts, ({ chosen }) => chosen).values()]
  return byChosen
    .flatMap(fitInBytes)
    .toSorted((a, b) => Number(isForWishersOnly(a)) - Number(isForWishersOnly(b)))
    .map((together) => openListTable(profiles, together))
}

function partsOf({ lists }: Profiles, measure: ListMeasure): Part[] {
  const { wish, mine, theirs } = measure
  const bits = 32 - Math.clz32(Math.min(longestOf(lists[mine]), longestOf(lists[theirs])))
  if (!wish) return [{ side: 'both', measure, chosen: mine, within: mine, bits }]
  return [
    { side: 'mine', measure, chosen: mine, within: theirs, bits },
    { side: 'theirs', measure, chosen: theirs, within: mine, bits },
  ]
}

function fitInBytes(parts: readonly Part[]): Part[][] {
  const fitting: Part[][] = []
  for (const part of parts) {
    const last = fitting.at(-1)
    if (last !== undefined && bitsOf(last) + part.bits <= BYTE) last.push(part)
    else fitting.push([part])
  }
  return fitting
}

function openListTable(profiles: Profiles, parts: readonly Part[]): ListTable {
  const chosen = listAt(profiles, parts[0]?.chosen)
  const { kindOf, kinds } = kindsOf(profiles, parts)
  const stride = 2 ** bitsOf(parts)
  const rowOfKind = keepRows(kinds.length, kinds.length * stride, (mine, row) => {
    for (const [theirs, kind] of kinds.entries()) {
      addKind(row.subarray(theirs * stride, (theirs + 1) * stride), parts, kinds[mine] as Kind, kind)
    }
  })
  let shift = 0
  const counted = parts.map(({ within, bits }) => {
    const unit = 2 ** shift
    shift += bits
    return { list: listAt(profiles, within), unit }
  })
  const wishersOnly = isForWishersOnly(parts)
  const counter = openListCounter(counted, profiles.n, profiles.choices.length)
  let start = 0
  let end = 0
  const table: ListTable = {
    offsets: Int32Array.from(kindOf, (kind) => kind * stride),
    counts: counter.counts,
    units: new Int32Array(),
    idle: true,
    aim(person) {
      start = chosen.starts[person] as number
      end = chosen.starts[person + 1] as number
      table.idle = wishersOnly && start === end
      if (!table.idle) table.units = rowOfKind(kindOf[person] as number)
    },
    count: (first, last) => counter.count(chosen.items, start, end, first, last),
  }
  return table
}

/** People of one kind have the same stake and, in every part, lists as long as matters. */
interface Kind {
  stake: number
  /** By part: choices in my list that is counted, and in theirs; no more than are enough. */
  chosen: number[]
  within: number[]
}

function kindsOf(profiles: Profiles, parts: readonly Part[]): { kindOf: Uint32Array; kinds: Kind[] } {
  const numbers = new Map<string, number>()
  const kinds: Kind[] = []
  const kindOf = new Uint32Array(profiles.n)
  const lengths = (list: number, person: number, enough: number) =>
    Math.min(enough, lengthOf(listAt(profiles, list), person))
  for (let person = 0; person < profiles.n; person++) {
    const kind = {
      stake: profiles.stakes[person] as number,
      chosen: parts.map(({ chosen, measure }) => lengths(chosen, person, measure.enough)),
      within: parts.map(({ within, measure }) => lengths(within, person, measure.enough)),
    }
    const key = `${kind.stake} ${kind.chosen} ${kind.within}`
    const number = numbers.get(key) ?? kinds.push(kind) - 1
    numbers.set(key, number)
    kindOf[person] = number
  }
  return { kindOf, kinds }
}

/** Adds what all parts give for every value of the byte: the lowest bits are the first part's count. */
function addKind(row: Int32Array, parts: readonly Part[], mine: Kind, theirs: Kind): void {
  let shift = 0
  for (const [at, part] of parts.entries()) {
    const units = Array.from({ length: 2 ** part.bits }, (_, count) => unitsOf(part, at, mine, theirs, count))
    for (let byte = 0; byte < row.length; byte++) {
      row[byte] = (row[byte] as number) + (units[(byte >> shift) % units.length] as number)
    }
    shift += part.bits
  }
}

function unitsOf({ side, measure }: Part, at: number, mine: Kind, theirs: Kind, count: number): number {
  const { weight } = measure
  const [chosen, within] = [mine.chosen[at] as number, theirs.within[at] as number]
  const possible = side === 'both' ? Math.min(chosen, within) : side === 'mine' ? chosen : within
  const suits = chosen === 0 || within === 0 ? NEUTRAL : suitsByCount(count, possible)
  // A wish counts for the person who has it.
  const forMe = side === 'both' || (side === 'mine' && chosen > 0)
  const forThem = side === 'both' || (side === 'theirs' && within > 0)
  return (forMe ? shareOf(weight, suits, mine.stake) : 0) + (forThem ? shareOf(weight, suits, theirs.stake) : 0)
}

/** Only those who have wishes get anything from it. */
function isForWishersOnly(parts: readonly Part[]): boolean {
  return parts.every(({ side }) => side === 'mine')
}

function bitsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { bits }) => sum + bits, 0)
}

function longestOf(list: PackedList | undefined): number {
  const { starts } = list ?? { starts: new Uint32Array() }
  let longest = 0
  for (let person = 0; person + 1 < starts.length; person++) {
    longest = Math.max(longest, (starts[person + 1] as number) - (starts[person] as number))
  }
  return longest
}

function listAt({ lists }: Profiles, index = -1): PackedList {
  const list = lists[index]
  if (list === undefined) throw new RangeError(`There is no list ${index}`)
  return list
}
