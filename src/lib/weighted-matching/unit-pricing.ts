// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { INNER, type LargestMatching } from './cardinality.ts'
import type { Pricing } from './pair-source.ts'

/**
 * A largest matching as a pricing of unit weights (times four) by which exactly the pairs that cross its barrier are
 * violated: those between two odd parts, or from one to the rest. Inner people have u = 1. Each odd part, and the
 * rest, is a set with u = 0 and z = 1; the largest of them has u = ½ instead, so that its pairs, mostly nearly all,
 * need no look at z.
 */
export function unitPricing({ place, component }: LargestMatching, atLeast: number): Pricing {
  const n = place.length
  // Sets by their component, the rest by n.
  const setOf = (v: number) => (component[v]! < 0 ? n : component[v]!)
  const size = new Int32Array(n + 1)
  for (let v = 0; v < n; v++) if (place[v] !== INNER) size[setOf(v)]!++
  const largest = size.indexOf(size.reduce((most, count) => Math.max(most, count), 0))

  const duals = new Float64Array(n)
  const number = new Map<number, number>()
  const around: number[] = []
  for (let v = 0; v < n; v++) {
    const set = setOf(v)
    duals[v] = place[v] === INNER ? 4 : set === largest ? 2 : 0
    if (place[v] === INNER || set === largest || size[set]! < 2) around.push(-1)
    else {
      number.set(set, number.get(set) ?? number.size)
      around.push(n + number.get(set)!)
    }
  }
  for (let i = 0; i < number.size; i++) around.push(-1)
  const blossomDuals = new Float64Array(number.size).fill(4)
  return { duals, around: Int32Array.from(around), blossomDuals, atLeast, weigh: 'one', highest: 0 }
}
