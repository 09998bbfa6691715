import { expect, test } from 'vitest'
import { graphOf, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { HARD_CASES } from './hard-cases.ts'
import { doubled, expectProven, pairsOf, relabelled } from './instances.ts'
import { openRandom } from './random.ts'

const ORDERS = 40

test.each(HARD_CASES)('however it is numbered, the optimum is found: $name', (hardCase) => {
  const random = openRandom(1)
  for (let order = 0; order < ORDERS; order++) {
    const { n, pairs } = order === 0 ? hardCase : relabelled(random, hardCase)
    const solution = solveMatching(graphOf(n, pairsOf(pairs)))
    expect(solution).toMatchObject({ cardinality: hardCase.largest.cardinality, total: hardCase.largest.weight })
    expectProven(solution, pairs)

    const twice = doubled({ n, pairs })
    const any = solveMatching(graphOf(twice.n, pairsOf(twice.pairs)))
    expect(any.total).toBe(2 * hardCase.greatest)
    expectProven(any, twice.pairs)
  }
})
