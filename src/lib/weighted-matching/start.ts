import { countResting, FEW, moveExposure, PART } from './exposure.ts'
import { matchGreedily, setInitialDuals } from './initial-duals.ts'
import { jumpStart } from './jump-start.ts'
import type { Matching } from './matching.ts'

/** λ begins where the duals of so many lie below it: one person with bad pairs only must not take it far down. */
const BELOW = 0.02
/**
 * Its first step down, as a part of the way from the mean of the duals; how steps grow, and shrink after one too far.
 */
const STEP = 0.2
const GROWTH = 1.25
const SHRINKAGE = 0.25
const MOST_STEPS = 60

/**
 * Duals and a first matching for an empty one: greedy, then the half-integral jump start. Where somebody must be left
 * over, the jump start is run again and again while λ comes down, until hardly more than need be rest on it.
 */
export function startMatching(matching: Matching, deficiency: number): void {
  setInitialDuals(matching)
  if (deficiency > 0) moveExposure(matching, BELOW * matching.n)
  matchGreedily(matching)
  jumpStart(matching)
  if (deficiency > 0) lowerExposure(matching, deficiency)
}

function lowerExposure(matching: Matching, deficiency: number): void {
  const { n, dual, mate } = matching
  const mean = dual.reduce((sum, value) => sum + value, 0) / n
  const most = deficiency * (1 + PART) + FEW
  // Even steps keep the parity of λ, and so that of the duals resting on it.
  let step = Math.max(4, evenPart(STEP * (mean - matching.exposure)))
  for (let steps = 0; steps < MOST_STEPS && step > 0 && countResting(matching) > most; steps++) {
    const before = { dual: dual.slice(), mate: mate.slice(), exposure: matching.exposure }
    matching.exposure -= step
    jumpStart(matching)
    if (countResting(matching) >= deficiency) step = evenPart(GROWTH * step)
    else {
      dual.set(before.dual)
      mate.set(before.mate)
      matching.exposure = before.exposure
      step = evenPart(SHRINKAGE * step)
    }
  }
}

const evenPart = (value: number) => 2 * Math.floor(value / 2)
