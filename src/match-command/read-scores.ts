import type { Policy } from '../lib/weighted-matching/index.ts'
import { openScoreFaults, type ScoreFaults } from './score-faults.ts'
import { readScoreRows, type ScoreRows } from './score-rows.ts'

/** Every pair of a scores file once, as two people's indices into `ids`, in the order of the file. */
export interface ScoreList {
  ids: string[]
  first: Int32Array
  second: Int32Array
  score: Float64Array
}

/**
 * The largest score, up to its sign, among this many people: four times what a score weighs, summed over all people, must
 * be an exact integer in a double (2^53). Balanced weighs the square of what a score is below the highest.
 */
export function mostScore(people: number, policy: Policy): number {
  const mostWeight = Math.floor((2 ** 53 - 1) / (4 * Math.max(1, people)))
  return policy === 'balanced' ? Math.floor(Math.sqrt(mostWeight) / 2) : mostWeight
}

/** @param file a path, or `-` for the standard input @throws InvalidInput with the first ten faults and their lines */
export async function readScores(file: string, policy: Policy): Promise<ScoreList> {
  const faults = openScoreFaults()
  const rows = await readScoreRows(file, faults)
  refuseHugeScores(rows, policy, faults)
  const kept = keepOnce(rows, faults)
  faults.throwIfAny()
  return {
    ids: rows.ids,
    first: kept.map((row) => rows.first[row] as number),
    second: kept.map((row) => rows.second[row] as number),
    score: Float64Array.from(kept, (row) => rows.score[row] as number),
  }
}

function refuseHugeScores({ ids, score, line }: ScoreRows, policy: Policy, faults: ScoreFaults): void {
  const most = mostScore(ids.length, policy)
  for (const [row, value] of score.entries())
    if (Math.abs(value) > most)
      faults.note(
        line[row] as number,
        `the score ${value} is beyond ±${most}, within which the sums over ${ids.length} people are exact`,
      )
}

/** Rows that name a pair for the first time. Naming it again is no fault as long as its score is the same. */
function keepOnce({ ids, first, second, score, line }: ScoreRows, faults: ScoreFaults): Int32Array {
  const lower = first.map((a, row) => Math.min(a, second[row] as number))
  const upper = first.map((a, row) => Math.max(a, second[row] as number))
  // Stable, by the less significant key first: rows of one pair come to stand beside each other, in the file's order.
  const order = sortStable(sortStable(Int32Array.from(first.keys()), upper, ids.length), lower, ids.length)
  const isKept = new Uint8Array(order.length)
  let start = 0
  for (const [at, row] of order.entries()) {
    const before = order[start] as number
    if (at === 0 || lower[row] !== lower[before] || upper[row] !== upper[before]) {
      start = at
      isKept[row] = 1
    } else if (score[row] !== score[before]) {
      const [a, b] = [ids[first[row] as number], ids[second[row] as number]]
      faults.note(
        line[row] as number,
        `${a} and ${b} have ${score[row]} here but ${score[before]} on line ${line[before]}`,
      )
    }
  }
  return Int32Array.from(first.keys()).filter((row) => isKept[row] === 1)
}

/** Counting sort of these rows by a key in 0 … keys-1. */
function sortStable(rows: Int32Array, key: Int32Array, keys: number): Int32Array {
  const next = new Int32Array(keys + 1)
  for (const row of rows) {
    const slot = (key[row] as number) + 1
    next[slot] = (next[slot] as number) + 1
  }
  for (let at = 0; at < keys; at++) next[at + 1] = (next[at + 1] as number) + (next[at] as number)
  const sorted = new Int32Array(rows.length)
  for (const row of rows) {
    const slot = key[row] as number
    const place = next[slot] as number
    sorted[place] = row
    next[slot] = place + 1
  }
  return sorted
}
