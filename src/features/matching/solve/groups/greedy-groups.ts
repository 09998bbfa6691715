import { type ScoreTable, sumWith } from './score-table.ts'

/** The reference: one group after the other, each begun by the next person and filled with who adds most. */
export function greedyGroups(table: ScoreTable, size: number): number[][] {
  const free = new Set(Array(table.size).keys())
  const groups: number[][] = []
  for (const first of free) {
    free.delete(first)
    const group = [first]
    while (group.length < size) {
      const next = bestOf(table, free, group)
      if (next === undefined) break
      free.delete(next)
      group.push(next)
    }
    if (group.length > 1) groups.push(group)
  }
  return groups
}

function bestOf(table: ScoreTable, people: ReadonlySet<number>, group: readonly number[]): number | undefined {
  let best: number | undefined
  let most = -1
  for (const person of people) {
    const sum = sumWith(table, group, person) ?? -1
    if (sum <= most) continue
    best = person
    most = sum
  }
  return best
}
