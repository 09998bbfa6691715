// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { FORBIDDEN } from '../../scores/forbid.ts'
import { type ScoreTable, sumWith } from './score-table.ts'

/** So many exchanges are tried at most: counted, as a clock would decide otherwise on another day. */
const MOST_TRIED = 20_000_000

/**
 * Exchanges people of two groups wherever that raises the sum of scores, until nothing does. Changes the groups given.
 * @param isKept people who stay where they are
 */
export function improveGroups(table: ScoreTable, groups: number[][], isKept: ReadonlySet<number>): void {
  let tried = 0
  for (let hasImproved = true; hasImproved && tried < MOST_TRIED; ) {
    hasImproved = false
    for (let first = 0; first < groups.length && tried < MOST_TRIED; first++) {
      for (let second = first + 1; second < groups.length; second++) {
        tried += groups[first]!.length * groups[second]!.length
        if (exchangeBest(table, groups[first]!, groups[second]!, isKept)) hasImproved = true
      }
    }
  }
}

/** Makes the exchange between two groups that gains most, if any gains. */
function exchangeBest(table: ScoreTable, one: number[], other: number[], isKept: ReadonlySet<number>): boolean {
  let most = 0
  let from = -1
  let to = -1
  for (const [x, person] of one.entries()) {
    if (isKept.has(person)) continue
    for (const [y, partner] of other.entries()) {
      if (isKept.has(partner)) continue
      const gain = gainOf(table, one, other, person, partner)
      if (gain <= most) continue
      most = gain
      from = x
      to = y
    }
  }
  if (most === 0) return false
  const person = one[from]!
  one[from] = other[to]!
  other[to] = person
  return true
}

function gainOf(table: ScoreTable, one: number[], other: number[], person: number, partner: number): number {
  let gain = 0
  for (const member of one) {
    if (member === person) continue
    const score = table.at(member, partner)
    if (score === FORBIDDEN) return 0
    gain += score - table.at(member, person)
  }
  for (const member of other) {
    if (member === partner) continue
    const score = table.at(member, person)
    if (score === FORBIDDEN) return 0
    gain += score - table.at(member, partner)
  }
  return gain
}

/**
 * Finds places for people whom no group could take in as it was: with room where everybody there may be with them, or
 * in the place of somebody who finds room elsewhere. Changes the groups given. @returns those who are still left
 */
export function squeezeIn(
  table: ScoreTable,
  groups: number[][],
  left: readonly number[],
  size: number,
  isKept: ReadonlySet<number>,
): number[] {
  const take = (person: number): boolean => {
    const open = roomiestFor(table, groups, person, size)
    open?.push(person)
    return open !== undefined
  }
  return left.filter((person) => {
    if (take(person)) return false
    for (const group of groups) {
      for (const [at, member] of group.entries()) {
        if (isKept.has(member) || sumWith(table, group, person, member) === undefined) continue
        group[at] = person
        const others = groups.filter((one) => one !== group)
        const open = roomiestFor(table, others, member, size)
        open?.push(member)
        if (open) return false
        group[at] = member
      }
    }
    return true
  })
}

/** The smallest group that may take somebody in; of those, the one they add most to. */
function roomiestFor(
  table: ScoreTable,
  groups: readonly number[][],
  person: number,
  size: number,
): number[] | undefined {
  let best: { group: number[]; sum: number } | undefined
  for (const group of groups) {
    if (group.length >= size || (best && group.length > best.group.length)) continue
    const sum = sumWith(table, group, person)
    if (sum === undefined || (best && group.length === best.group.length && sum <= best.sum)) continue
    best = { group, sum }
  }
  return best?.group
}
