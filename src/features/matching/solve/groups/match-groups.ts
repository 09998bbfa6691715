// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Profiles } from '../../scores/profiles.ts'
import { type Asker, openLocalAsker } from '../ask.ts'
import { sortedList } from '../best-lists.ts'
import type { Waiting } from '../match-pool.ts'
import { rankOf, rankOfEntry, scoreOfRank } from '../pair-order.ts'
import { openPoolSource, type PoolSource } from '../pair-source.ts'
import { openScoredRows } from '../read-rows.ts'
import { openScoringThreads } from '../scoring-threads.ts'
import { openStopwatch } from '../stopwatch.ts'
import { fillGroups } from './fill-groups.ts'
import { greedyGroups } from './greedy-groups.ts'
import { improveGroups, squeezeIn } from './improve-groups.ts'
import { openScoreTable, sumWithin } from './score-table.ts'

export interface GroupsTask {
  kind: 'groups'
  profiles: Profiles
  size: number
  /** People who must be in one group. */
  kept: number[][]
  /** So many people are grouped at a time, with all scores of theirs in memory; more are dealt out first. */
  mostAtOnce: number
  threads: number
}

/** Groups of persons of the profiles, each ascending, with the sum of scores over their pairs. */
export interface FoundGroup {
  people: number[]
  sum: number
}

export interface GroupsMatch {
  groups: FoundGroup[]
  /** The sum over all groups, and what no grouping can exceed. */
  objective: number
  bound: number
  greedy: FoundGroup[]
  /** Possible partners, by person. */
  partners: Int32Array
  timings: Record<string, number>
}

export const MOST_AT_ONCE = 2000

/** A good grouping, not proven to be the best: shown with a bound, so that one sees how far it is from it at most. */
export async function matchGroups(task: GroupsTask, waiting: Waiting): Promise<GroupsMatch> {
  const { profiles, size, kept } = task
  const { n } = profiles
  const watch = openStopwatch()
  const asker = openAsker(task, waiting)
  try {
    const source = openPoolSource(n, asker)
    const bound = await boundOf(source, size)
    const partners = await source.countPartners(new Uint8Array(n).fill(1))
    watch.lap('bound')
    const rows = openScoredRows(profiles)
    const groups: FoundGroup[] = []
    const greedy: FoundGroup[] = []
    const hands = dealOut(task)
    for (const [number, people] of hands.entries()) {
      const placeOf = new Map(people.map((person, place) => [person, place]))
      const table = openScoreTable(people, n, rows)
      const own = kept.filter(([first]) => placeOf.has(first!)).map((ids) => ids.map((person) => placeOf.get(person)!))
      const isKept = new Set(own.flat())
      const filled = fillGroups(table, size, own)
      squeezeIn(table, filled.groups, filled.left, size, isKept)
      improveGroups(table, filled.groups, isKept)
      const found = (group: number[]): FoundGroup => ({
        people: group.map((place) => people[place]!).sort((a, b) => a - b),
        sum: sumWithin(table, group),
      })
      groups.push(...filled.groups.map(found))
      greedy.push(...greedyGroups(table, size).map(found))
      waiting.progress((100 * (number + 1)) / (hands.length + 1))
    }
    watch.lap('solve')
    const objective = groups.reduce((total, { sum }) => total + sum, 0)
    return { groups, objective, bound, greedy, partners, timings: watch.timings }
  } finally {
    await asker.close()
  }
}

function openAsker({ profiles, threads, mostAtOnce }: GroupsTask, { scoringThreads }: Waiting): Asker {
  return profiles.n <= mostAtOnce
    ? openLocalAsker(profiles)
    : (scoringThreads ?? openScoringThreads(threads)).score(profiles, false)
}

/** Nobody has more than size - 1 others in their group, and every pair is counted from both ends. */
async function boundOf(source: PoolSource, size: number): Promise<number> {
  const { lists } = await source.bestLists(size - 1, null)
  let sum = 0
  for (let person = 0; person < source.n; person++)
    for (const entry of sortedList(lists, person)) sum += scoreOfRank(rankOfEntry(entry))
  return Math.floor(sum / 2)
}

/**
 * Everybody in one hand; or, of more people, as many hands as are needed, mixed, of as many people as make whole groups,
 * and with those who are kept together in one.
 */
function dealOut({ profiles: { n }, size, kept, mostAtOnce }: GroupsTask): number[][] {
  const many = Math.max(1, Math.ceil(n / mostAtOnce))
  const full = Math.ceil(n / many / size) * size
  const mixed = [...Array(n).keys()].sort((a, b) => rankOf(0, a, n) - rankOf(0, b, n) || a - b)
  const keptWith = new Map(kept.map(([first, ...others]) => [first, others]))
  const follows = new Set(kept.flatMap(([, ...others]) => others))
  const hands: number[][] = [[]]
  for (const person of mixed) {
    if (follows.has(person)) continue
    if (hands.at(-1)!.length >= full) hands.push([])
    hands.at(-1)!.push(person, ...(keptWith.get(person) ?? []))
  }
  return hands.map((people) => people.sort((a, b) => a - b))
}
