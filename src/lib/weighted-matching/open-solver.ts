import { barrierOf } from './barrier.ts'
import { couldHelp, findLargestMatching, type LargestMatching } from './cardinality.ts'
import { openForest } from './forest.ts'
import { checkWeight, type Graph, placesOf, weightBetween } from './graph.ts'
import { openMatching } from './matching.ts'
import { optimise } from './optimise.ts'
import { type Solution, solutionOf } from './solve.ts'
import { startMatching } from './start.ts'
import { reweigh } from './warm-start.ts'

/** A pair of the graph and what it is to weigh from now on; 'banned': it is not allowed. */
export interface Change {
  a: number
  b: number
  weight: number | 'banned'
}

/**
 * A solver that stays open to ask "what if": the optimum after each change is found from the duals, blossoms and mates
 * of the one before, which the change hardly disturbs. Every answer is an optimum with its proof, like a solve from
 * the start.
 */
export interface OpenSolver {
  /** The optimum as things stand */
  solution(): Solution
  change(changes: readonly Change[]): Solution
  ban(a: number, b: number): Solution
  /** Gives a pair back the weight it had when the solver was opened. */
  allow(a: number, b: number): Solution
}

/**
 * Solves the graph (which is not changed) and stays open. Changes throw a RangeError for a pair that the graph has
 * not.
 */
export function openSolver(given: Graph): OpenSolver {
  const graph = { ...given, weight4: given.weight4.slice() }
  const matching = openMatching(graph)
  const forest = openForest(matching)
  let largest = findLargestMatching(graph)
  startMatching(matching, largest.deficiency)
  optimise(matching, forest, largest.deficiency)
  let solution = solutionOf(matching, barrierOf(largest))

  const change = (changes: readonly Change[]) => {
    checkChanges(graph, changes)
    for (const { a, b, weight } of changes) {
      reweigh(matching, a, b, weight === 'banned' ? Number.NEGATIVE_INFINITY : 4 * weight)
    }
    const mate = solution.mate.slice()
    for (const { a, b, weight } of changes) if (weight === 'banned' && mate[a] === b) mate[a] = mate[b] = -1
    largest = largestAfter(graph, largest, mate, changes)
    optimise(matching, forest, largest.deficiency)
    solution = solutionOf(matching, barrierOf(largest))
    return solution
  }
  return {
    solution: () => solution,
    change,
    ban: (a, b) => change([{ a, b, weight: 'banned' }]),
    allow(a, b) {
      checkChanges(given, [{ a, b, weight: 'banned' }])
      return change([{ a, b, weight: weightBetween(given, a, b) }])
    },
  }
}

/** Throws a RangeError for a pair that the graph has not, or a weight out of bounds, before anything is changed. */
function checkChanges(graph: Graph, changes: readonly Change[]): void {
  for (const { a, b, weight } of changes) {
    if (!(a >= 0 && a < graph.n) || placesOf(graph, a, b).length === 0)
      throw new RangeError(`${a} and ${b} are no pair.`)
    if (weight !== 'banned') checkWeight(graph.n, weight)
  }
}

/** A largest matching after some changes. The old proof holds if none of the pairs now allowed speaks against it. */
function largestAfter(
  graph: Graph,
  old: LargestMatching,
  mate: Int32Array,
  changes: readonly Change[],
): LargestMatching {
  const holds = changes.every(({ a, b, weight }) => weight === 'banned' || !couldHelp(old, a, b))
  if (!holds) return findLargestMatching(graph, { mate })
  const found = findLargestMatching(graph, { mate, unavoidable: old.deficiency })
  return found.deficiency === old.deficiency ? { ...old, mate: found.mate } : found
}
