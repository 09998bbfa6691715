import { barrierOf } from './barrier.ts'
import { findLargestMatching, type LargestMatching } from './cardinality.ts'
import { type Floor, findFloor } from './floor.ts'
import { checkWeight, type Graph, graphOf, type Pairs, setWeight, weightBetween } from './graph.ts'
import { type Change, checkChanges, largestAfter, type OpenSolver, openSolver } from './open-solver.ts'
import { inScores, type Policy, type PolicySolution, shortfallOf } from './policy.ts'

export interface OpenPolicySolver extends OpenSolver {
  solution(): PolicySolution
  change(changes: readonly Change[]): PolicySolution
  ban(a: number, b: number): PolicySolution
  allow(a: number, b: number): PolicySolution
}

/**
 * "What if" under a policy: weights, of the pairs and in changes, are scores. As long as a change moves neither the
 * floor nor the highest score, the optimum is found from the one before; otherwise from the start.
 */
export function openByPolicy(n: number, pairs: Pairs, policy: Policy): OpenPolicySolver {
  const given = graphOf(n, pairs)
  const scores = { ...given, weight4: given.weight4.slice() }
  let largest = findLargestMatching(scores)
  let terms = termsOf(scores, largest, policy)
  let solver = openSolver(graphUnder(terms, scores))
  let solution = told(solver, terms)

  function told({ solution: solve }: OpenSolver, { floor, highest }: Terms): PolicySolution {
    const found = solve()
    const proof = {
      ...found.proof,
      barrier: barrierOf(largest),
      ...(floor && { floor }),
      ...(highest !== undefined && { highest }),
    }
    return inScores({ ...found, proof }, policy, scores)
  }

  const change = (changes: readonly Change[]): PolicySolution => {
    checkChanges(scores, changes)
    const mate = solution.mate.slice()
    for (const { a, b, weight } of changes) {
      setWeight(scores, a, b, weight === 'banned' ? Number.NEGATIVE_INFINITY : 4 * weight)
      if (weight === 'banned' && mate[a] === b) mate[a] = mate[b] = -1
    }
    largest = largestAfter(scores, largest, mate, changes)
    const before = terms
    terms = termsOf(scores, largest, policy)
    if (terms.highest === before.highest && terms.floor?.worst === before.floor?.worst) {
      solver.change(
        changes.map(({ a, b, weight }) => ({ a, b, weight: weight === 'banned' ? weight : weigh(terms, weight) })),
      )
    } else solver = openSolver(graphUnder(terms, scores))
    solution = told(solver, terms)
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

/** What a score weighs by depends on these. */
interface Terms {
  floor?: Floor
  highest?: number
}

function termsOf(scores: Graph, largest: LargestMatching, policy: Policy): Terms {
  if (policy === 'total') return {}
  if (policy === 'floor') {
    const floor = findFloor(scores, largest)
    return floor ? { floor } : {}
  }
  const highest = scores.weight4.reduce((most, weight) => Math.max(most, weight / 4), Number.NEGATIVE_INFINITY)
  return highest === Number.NEGATIVE_INFINITY ? {} : { highest }
}

function weigh({ floor, highest }: Terms, score: number): Change['weight'] {
  if (floor && score < floor.worst) return 'banned'
  return highest === undefined ? score : shortfallOf(score, highest)
}

function graphUnder(terms: Terms, scores: Graph): Graph {
  const weight4 = scores.weight4.map((score4) => {
    if (score4 === Number.NEGATIVE_INFINITY) return score4
    const weight = weigh(terms, score4 / 4)
    if (weight === 'banned') return Number.NEGATIVE_INFINITY
    checkWeight(scores.n, weight)
    return 4 * weight
  })
  return { ...scores, weight4 }
}
