// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { FORBIDDEN } from '../../scores/forbid.ts'
import type { Rows } from '../read-rows.ts'

/** The scores of some people with each other, whole: groups look at them in every order. */
export interface ScoreTable {
  size: number
  /** FORBIDDEN where two may not be in one group */
  at(one: number, other: number): number
}

/** @param people persons of the pool; in the table they are 0 … size - 1, in this order */
export function openScoreTable(people: readonly number[], n: number, rows: Rows): ScoreTable {
  const size = people.length
  const scores = new Uint16Array(size * size)
  for (const [place, person] of people.entries()) {
    const at = rows.at(person, 0, n)
    for (let other = 0; other < size; other++) scores[place * size + other] = rows.scores[at + people[other]!]!
  }
  return { size, at: (one, other) => scores[one * size + other]! }
}

/** What somebody adds to a group; undefined where one of its people may not be with them. */
export function sumWith(table: ScoreTable, group: readonly number[], person: number, without = -1): number | undefined {
  let sum = 0
  for (const member of group) {
    if (member === without) continue
    const score = table.at(member, person)
    if (score === FORBIDDEN) return undefined
    sum += score
  }
  return sum
}

/** The sum of scores over the pairs within. */
export function sumWithin(table: ScoreTable, group: readonly number[]): number {
  return group.reduce((sum, person, at) => sum + (sumWith(table, group.slice(0, at), person) ?? 0), 0)
}
