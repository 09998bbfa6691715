// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Pairs } from '../../../lib/weighted-matching/index.ts'
import { FORBIDDEN } from '../scores/forbid.ts'
import type { Rows } from './read-rows.ts'

/** Every allowed pair with its score, in order: for pools that are small enough to be solved as one graph. */
export function listAllPairs(n: number, rows: Rows): Pairs {
  const most = (n * (n - 1)) / 2
  const pairs = { count: 0, a: new Int32Array(most), b: new Int32Array(most), weight: new Int32Array(most) }
  for (let a = 0; a < n - 1; a++) {
    const shift = rows.at(a, a + 1, n) - a - 1
    for (let b = a + 1; b < n; b++) {
      const score = rows.scores[shift + b]!
      if (score === FORBIDDEN) continue
      pairs.a[pairs.count] = a
      pairs.b[pairs.count] = b
      pairs.weight[pairs.count] = score
      pairs.count++
    }
  }
  return pairs
}
