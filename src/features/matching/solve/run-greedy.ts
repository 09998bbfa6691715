import { type Greedy, openGreedy, takeDecided } from './greedy.ts'
import type { PoolSource } from './pair-source.ts'

/** Round by round, each with fewer people than the one before. @param keep how many partners of each to ask for */
export async function runGreedy(source: PoolSource, keep: number): Promise<Greedy> {
  const greedy = openGreedy(source.n)
  let among: Uint8Array | null = null
  do {
    const { lists, knownFrom } = await source.bestLists(keep, among)
    among = takeDecided(greedy, lists, knownFrom)
  } while (among)
  return greedy
}
