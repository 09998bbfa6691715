// biome-ignore-all lint/style/noNonNullAssertion: the lists are not empty
import { expect, test } from 'vitest'
import { checkCertificate, graphOf, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { bruteForce } from './brute-force.ts'
import { doubled, eachOf, type Instance, mapInstance, pairsOf, randomInstance } from './instances.ts'
import { openRandom } from './random.ts'

const GRAPHS = 20_000
/** Milliseconds; it takes a few thousand where nothing else runs. */
const SLOW = { timeout: 120_000 }

/** Of 2 to 14 vertices, most of them below 10; sparse and dense, with few and many equal weights, also below 0. */
function smallInstance(number: number): Instance {
  const random = openRandom(number)
  const n = number % 40 === 0 ? 11 + Math.floor(random() * 4) : 2 + Math.floor(random() * 8)
  const most = [0, 1, 3, 10, 100, 10_000][Math.floor(random() * 6)]!
  if (number % 5 === 0) return mapInstance(random, n, 2 + Math.floor(random() * 3), 2 + most)
  return randomInstance(random, n, 0.1 + 0.9 * random(), random() < 0.4 ? -most : 0, most)
}

test(
  '20,000 small graphs have the cardinality, the weight and a proof of the optimum that trying everything finds',
  SLOW,
  () => {
    for (let number = 0; number < GRAPHS; number++) {
      const { n, pairs } = smallInstance(number)
      const best = bruteForce(n, pairs)
      const solution = solveMatching(graphOf(n, pairsOf(pairs)))
      const { cardinality, total, dual } = solution
      const isRight = cardinality === best.cardinality && total === best.weight && dual === best.weight
      const verdict = checkCertificate(solution, eachOf(pairs))
      if (!isRight || !verdict.ok) expect({ number, cardinality, total, dual, verdict }).toEqual(best)
    }
  },
)

test('the greatest weight of any cardinality is found in the doubled graph, for half of them', SLOW, () => {
  for (let number = 0; number < GRAPHS; number += 2) {
    const instance = smallInstance(number)
    const { n, pairs } = doubled(instance)
    const { greatest } = bruteForce(instance.n, instance.pairs)
    const solution = solveMatching(graphOf(n, pairsOf(pairs)))
    const verdict = checkCertificate(solution, eachOf(pairs))
    if (solution.total !== 2 * greatest || solution.cardinality !== instance.n || !verdict.ok) {
      expect({ number, total: solution.total, verdict }).toEqual(2 * greatest)
    }
  }
})
