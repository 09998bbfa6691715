// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { countExposed, countResting, FEW, moveExposure, PART } from './exposure.ts'
import type { Forest } from './forest.ts'
import type { Matching } from './matching.ts'
import { search } from './search.ts'
import { releaseVertex } from './warm-start.ts'

/**
 * From any feasible dual solution and matching of tight pairs to an optimum that leaves over as few as can be:
 * `deficiency` of them, which the caller has proved (cardinality.ts).
 *
 * With nobody left over, one search from all exposed vertices does it. Otherwise the cardinality enters the proof by
 * one more dual, λ, for "exactly `deficiency` vertices are exposed": no dual may be below λ, and those of exposed
 * vertices must equal it (Edmonds 1965; in Galil 1986, "Efficient algorithms for finding maximum matching in graphs",
 * exposed vertices keep the least dual all the time). No weight is inflated for it. Two searches:
 *
 * 1. λ stands still. Every root is covered, or somebody of its tree comes down to λ and rests there, left over.
 * 2. If more rest than must, all of them are roots, λ falls with their duals, and trees that meet are augmented until
 *    `deficiency` are left.
 */
export function optimise(matching: Matching, forest: Forest, deficiency: number): void {
  if (deficiency === 0) {
    matching.exposure = Number.NEGATIVE_INFINITY
    evenRoots(matching)
    const roots = exposedOf(matching)
    if (roots.length > 0) search(matching, forest, { roots, leave: 0, mayExpose: false })
    return
  }
  if (countResting(matching) < deficiency) moveExposure(matching, deficiency + FEW + PART * countExposed(matching))
  evenRoots(matching)
  const restless = exposedOf(matching).filter((v) => matching.dual[v] !== matching.exposure)
  if (restless.length > 0) search(matching, forest, { roots: restless, leave: 0, mayExpose: true })
  const resting = exposedOf(matching)
  if (resting.length > deficiency) {
    search(matching, forest, { roots: resting, leave: deficiency, mayExpose: false })
    matching.exposure -= forest.clock
  }
}

/**
 * The duals of all roots must be even, or all odd: then so is every slack between outer vertices, and it can be
 * halved. A root may be raised by 1, which leaves all slacks feasible, if it stands alone. Those at rest share λ, and
 * so a parity.
 */
function evenRoots(matching: Matching): void {
  const { n, mate, top, dual, exposure } = matching
  for (let v = 0; v < n; v++) {
    if (mate[v]! >= 0 || dual[v] === exposure || dual[v]! % 2 === 0) continue
    if (top[v] !== v) releaseVertex(matching, v)
  }
  for (let v = 0; v < n; v++) {
    if (mate[v]! < 0 && dual[v] !== exposure && dual[v]! % 2 !== 0) dual[v]! += 1
  }
}

function exposedOf({ n, mate }: Matching): number[] {
  const exposed: number[] = []
  for (let v = 0; v < n; v++) if (mate[v]! < 0) exposed.push(v)
  return exposed
}
