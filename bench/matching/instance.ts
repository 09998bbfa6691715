import { writeFile } from 'node:fs/promises'
import { DEFAULT_HIERARCHY, FORBIDDEN, openScorer, packProfiles } from '../../src/features/matching/scores/index.ts'
import type { MatchingProblem } from '../../src/features/matching/solve/index.ts'
import type { Pairs } from '../../src/lib/weighted-matching/index.ts'
import { makeUpApplicants } from '../../test/support/made-up-applicants.ts'

const SEED = 1

export function problemFor(people: number): MatchingProblem {
  return {
    applicants: makeUpApplicants(people, SEED),
    hierarchy: DEFAULT_HIERARCHY,
    locks: [],
    bans: [],
    policy: 'floor',
    mode: 'pairs',
    group_size: 4,
    odd_one: 'trio',
  }
}

/** All allowed pairs of made-up people with their scores in basis points: what every solver is given. */
export function pairsFor(people: number): Pairs {
  const { applicants, hierarchy } = problemFor(people)
  const scorer = openScorer(packProfiles(hierarchy, applicants))
  const most = (people * (people - 1)) / 2
  const pairs = { count: 0, a: new Int32Array(most), b: new Int32Array(most), weight: new Int32Array(most) }
  const row = new Uint16Array(people)
  for (let a = 0; a < people; a++) {
    scorer.row(a, row, a + 1, people)
    for (let b = a + 1; b < people; b++) {
      const score = row[b] as number
      if (score === FORBIDDEN) continue
      pairs.a[pairs.count] = a
      pairs.b[pairs.count] = b
      pairs.weight[pairs.count] = score
      pairs.count++
    }
  }
  return pairs
}

/** For programs in other languages: people and pairs, then both ends and the weight in columns, 32-bit integers throughout. */
export async function writeInstance(file: string, people: number): Promise<void> {
  const { count, a, b, weight } = pairsFor(people)
  const head = Int32Array.of(people, count)
  const columns = [a, b, weight].map((column) => column.subarray(0, count))
  await writeFile(
    file,
    [head, ...columns].map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)),
  )
}
