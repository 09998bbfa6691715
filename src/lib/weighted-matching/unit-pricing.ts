// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { INNER, type LargestMatching, OUTER } from './cardinality.ts'
import type { Pricing } from './pair-source.ts'

/**
 * The proof of a largest matching as a dual solution of unit weights (times four): 1 for inner vertices, 0 for outer ones, ½
 * for the rest, and z = 1 for odd parts of more than one. Violated are the pairs that cross the barrier, and no others.
 */
export function unitPricing({ place, component }: LargestMatching, atLeast: number): Pricing {
  const n = place.length
  const duals = new Float64Array(n)
  const size = new Int32Array(n)
  for (let v = 0; v < n; v++) {
    duals[v] = place[v] === INNER ? 4 : place[v] === OUTER ? 0 : 2
    if (place[v] === OUTER) size[component[v]!]!++
  }
  const number = new Map<number, number>()
  const inside: number[] = []
  for (let v = 0; v < n; v++) {
    const part = component[v]!
    if (part < 0 || size[part]! < 3) inside.push(-1)
    else {
      number.set(part, number.get(part) ?? number.size)
      inside.push(n + number.get(part)!)
    }
  }
  const around = Int32Array.from([...inside, ...new Array<number>(number.size).fill(-1)])
  return { duals, around, blossomDuals: new Float64Array(number.size).fill(4), atLeast, weigh: 'one', highest: 0 }
}
