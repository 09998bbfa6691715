// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { matchGreedily, setInitialDuals } from './initial-duals.ts'
import { jumpStart } from './jump-start.ts'
import type { Matching } from './matching.ts'

/** Beyond `deficiency`, so many may rest on λ when the forest takes over: each of them will be a tree of it. */
const FEW = 2
const PART = 0.02
const MOST_STEPS = 60

/**
 * Duals and a first matching for an empty one: greedy, then the half-integral jump start.
 *
 * Where somebody must be left over it is run again and again while λ comes down in growing steps from the lowest dual there
 * is, until hardly more than need be rest on it. Any λ is right (optimise.ts); this one is quick: with a λ far too low the
 * last trees would have to grow over everybody before they reach it, with one too high too many would be left to the forest.
 */
export function startMatching(matching: Matching, deficiency: number): void {
  setInitialDuals(matching)
  if (deficiency > 0) {
    const Q = Number(process.env.Q)
    const sorted = matching.dual.toSorted()
    matching.exposure = sorted[Math.floor(Q * (matching.n - 1))]!
    for (let v = 0; v < matching.n; v++) matching.dual[v] = Math.max(matching.dual[v]!, matching.exposure)
  }
  matchGreedily(matching)
  jumpStart(matching)
  if (deficiency === 0) return

  const mean = matching.dual.reduce((sum, dual) => sum + dual, 0) / matching.n
  let step = 2 * Math.max(2, Math.floor((mean - matching.exposure) / Number(process.env.D)))
  for (let steps = 0; steps < MOST_STEPS && countResting(matching) > deficiency * (1 + PART) + Number(process.env.FW); steps++) {
    matching.exposure -= step
    step = 2 * Math.floor(Number(process.env.G)/2 * step)
    jumpStart(matching)
  }
}

export function lowestDual({ dual }: Matching): number {
  return dual.reduce((lowest, value) => Math.min(lowest, value), Number.POSITIVE_INFINITY)
}

function countResting({ n, mate, dual, exposure }: Matching): number {
  let resting = 0
  for (let v = 0; v < n; v++) if (mate[v]! < 0 && dual[v] === exposure) resting++
  return resting
}
