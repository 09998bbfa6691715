// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Matching } from './matching.ts'
import { raiseDual } from './warm-start.ts'

/*
 * λ, the dual of being left over, where somebody must be. No vertex's dual is below it, and exposed vertices come to
 * rest on it. Any λ leads to an optimum (optimise.ts), but a good one leads there soon: with one far too low the last
 * trees would have to grow over everybody before they reach it, with one too high too many would be left to the second
 * search.
 */

/** Beyond those who must be left over, so many may rest on λ, and so many for each vertex that is exposed. */
export const FEW = 4
export const PART = 0.02

/** Moves λ up to where so many duals lie below it, and raises these: they rest there now. */
export function moveExposure(matching: Matching, below: number): void {
  const { n, dual } = matching
  matching.exposure = dual.toSorted()[Math.min(n - 1, Math.floor(below))]!
  for (let v = 0; v < n; v++) {
    const short = matching.exposure - dual[v]!
    if (short > 0) raiseDual(matching, v, short)
  }
}

export function countExposed({ n, mate }: Matching): number {
  let exposed = 0
  for (let v = 0; v < n; v++) if (mate[v]! < 0) exposed++
  return exposed
}

export function countResting({ n, mate, dual, exposure }: Matching): number {
  let resting = 0
  for (let v = 0; v < n; v++) if (mate[v]! < 0 && dual[v] === exposure) resting++
  return resting
}
