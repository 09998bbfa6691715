// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { graphOf, type Pairs, solveMatching } from '../../../../lib/weighted-matching/index.ts'
import { FORBIDDEN } from '../../scores/forbid.ts'
import { type ScoreTable, sumWith } from './score-table.ts'

/**
 * Groups of nearly one size, made step by step, each step as good as it can be: the best pairs of an exact matching begin
 * them, and then every group takes in one person more, by an exact matching of groups with people, until all are placed.
 * That is no optimum of the whole (for groups of three and more nobody knows a fast way to it).
 * @param kept people who must be in one group; they begin one
 * @returns groups, and the people for whom no group had a place that was allowed
 */
export function fillGroups(
  table: ScoreTable,
  size: number,
  kept: readonly (readonly number[])[],
): { groups: number[][]; left: number[] } {
  const many = Math.max(Math.ceil(table.size / size), kept.length)
  const groups = kept.map((people) => [...people])
  const isPlaced = new Set(groups.flat())
  const free = () => [...Array(table.size).keys()].filter((person) => !isPlaced.has(person))
  const place = (group: number[], person: number) => {
    group.push(person)
    isPlaced.add(person)
  }
  for (const [one, other] of bestPairs(table, free()).slice(0, many - groups.length)) {
    const group: number[] = []
    place(group, one)
    place(group, other)
    groups.push(group)
  }
  for (let room = 3; room <= size; room++) {
    // Groups stay as equal as people allow: the last step is for those who remain.
    const open = groups.filter((group) => group.length < room)
    for (const [group, person] of assign(table, open, free())) place(group, person)
  }
  return { groups, left: free() }
}

/** The pairs of a matching of the greatest sum, the best first. */
function bestPairs(table: ScoreTable, people: readonly number[]): [number, number][] {
  const pairs = openPairs((people.length * (people.length - 1)) / 2)
  for (const [a, one] of people.entries()) {
    for (let b = a + 1; b < people.length; b++) addPair(pairs, a, b, table.at(one, people[b]!))
  }
  const { mate } = solveMatching(graphOf(people.length, pairs))
  return [...mate.entries()]
    .filter(([a, b]) => b > a)
    .map(([a, b]): [number, number] => [people[a]!, people[b]!])
    .sort((x, y) => table.at(...y) - table.at(...x) || x[0] - y[0])
}

/** One person for each group, as far as they may, with the greatest sum of what they add. */
function assign(table: ScoreTable, groups: readonly number[][], people: readonly number[]): [number[], number][] {
  const pairs = openPairs(groups.length * people.length)
  for (const [at, group] of groups.entries()) {
    for (const [place, person] of people.entries())
      addPair(pairs, at, groups.length + place, sumWith(table, group, person) ?? FORBIDDEN)
  }
  const { mate } = solveMatching(graphOf(groups.length + people.length, pairs))
  return groups.flatMap((group, at): [number[], number][] =>
    mate[at]! < 0 ? [] : [[group, people[mate[at]! - groups.length]!]],
  )
}

function openPairs(most: number): Pairs {
  return { count: 0, a: new Int32Array(most), b: new Int32Array(most), weight: new Int32Array(most) }
}

function addPair(pairs: Pairs, a: number, b: number, weight: number): void {
  if (weight === FORBIDDEN) return
  pairs.a[pairs.count] = a
  pairs.b[pairs.count] = b
  pairs.weight[pairs.count] = weight
  pairs.count++
}
