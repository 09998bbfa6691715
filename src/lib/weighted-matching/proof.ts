// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Barrier } from './barrier.ts'
import type { Matching } from './matching.ts'

/** Why the matching is an optimum, as plain data; certificate.ts says what each part proves and checks it. */
export interface Proof {
  /** u, times four, by vertex */
  duals: Float64Array
  /** λ, times four: no dual is below it, if somebody is left over; else 0, and of no meaning */
  exposure: number
  blossoms: ProofBlossom[]
  /** Why no more can be matched. */
  barrier: Barrier
  /** Policy floor: the best possible worst pair, and why as many people cannot be matched with a better one. */
  floor?: { worst: number; barrier: Barrier }
  /** Policy balanced: a pair of score s weighs -(highest - s)². */
  highest?: number
}

/** Members below n are vertices; n + i is blossom i, which comes earlier in the list. `dual` is z, times four. */
export interface ProofBlossom {
  dual: number
  members: number[]
}

/** The blossoms of a matching, inner ones before those they lie in. */
export function proofBlossomsOf(matching: Matching): ProofBlossom[] {
  const { n, cycle, parent, blossomDual } = matching
  const ids = cycle.length
  const waiting: number[] = []
  for (let id = n; id < ids; id++) if (cycle[id] !== null && parent[id]! < 0) waiting.push(id)
  const outermostFirst: number[] = []
  while (waiting.length > 0) {
    const id = waiting.pop()!
    outermostFirst.push(id)
    for (const child of cycle[id]!.children) if (child >= n) waiting.push(child)
  }
  const number = new Map<number, number>()
  return outermostFirst.reverse().map((id, i) => {
    number.set(id, n + i)
    const members = cycle[id]!.children.map((child) => number.get(child) ?? child)
    return { dual: blossomDual[id]!, members }
  })
}

/** (Σ u - λ·exposed + Σ z·(|B| - 1)/2) / 4: the value of the dual solution in units of weight. */
export function dualValueOf(matching: Matching): number {
  const { n, dual, mate, exposure } = matching
  let value = 0
  for (let v = 0; v < n; v++) value += mate[v]! < 0 ? dual[v]! - exposure : dual[v]!
  const blossoms = proofBlossomsOf(matching)
  const size = new Map<number, number>()
  blossoms.forEach(({ dual: z, members }, i) => {
    const vertices = members.reduce((sum, member) => sum + (size.get(member) ?? 1), 0)
    size.set(n + i, vertices)
    value += (z * (vertices - 1)) / 2
  })
  return value / 4
}
