// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Matching } from './matching.ts'

/**
 * The first dual solution: half of the best weight for every vertex, so that no slack is below 0; 0 where there is no
 * pair.
 */
export function setInitialDuals(matching: Matching): void {
  const { n, dual } = matching
  const { start, weight4 } = matching.graph
  for (let v = 0; v < n; v++) {
    let best = Number.NEGATIVE_INFINITY
    for (let e = start[v]!; e < start[v + 1]!; e++) if (weight4[e]! > best) best = weight4[e]!
    dual[v] = best === Number.NEGATIVE_INFINITY ? 0 : best / 2
  }
}

/**
 * Lowers the dual of every exposed vertex until one of its pairs is tight, and matches it along that pair if the other
 * end is exposed too. Vertices within blossoms are left alone.
 */
export function matchGreedily(matching: Matching): void {
  const { n, dual, mate, top, exposure } = matching
  const { start, to, weight4 } = matching.graph
  for (let v = 0; v < n; v++) {
    if (mate[v]! >= 0 || top[v] !== v) continue
    let least = Number.POSITIVE_INFINITY
    let partner = -1
    for (let e = start[v]!; e < start[v + 1]!; e++) {
      const w = to[e]!
      const slack = dual[v]! + dual[w]! - weight4[e]!
      if (slack < least || (slack === least && partner >= 0 && mate[partner]! >= 0 && mate[w]! < 0)) {
        least = slack
        partner = w
      }
    }
    if (partner < 0) continue
    if (dual[v]! - least < exposure) {
      dual[v] = exposure
      continue
    }
    dual[v]! -= least
    if (mate[partner]! < 0 && top[partner] === partner) {
      mate[v] = partner
      mate[partner] = v
    }
  }
}
