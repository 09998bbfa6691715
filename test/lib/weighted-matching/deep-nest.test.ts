import { expect, test } from 'vitest'
import { graphOf, type ProofBlossom, solveMatching } from '../../../src/lib/weighted-matching/index.ts'
import { expectProven, pairsOf, type Triple } from './instances.ts'

const DEPTH = 10_000

/**
 * Rings of two people each round a centre, farther and farther out, and one person far beyond. Each ring with all that
 * it holds is odd and nearer to itself than to the next: that makes a blossom in a blossom in a blossom.
 */
function nest(depth: number): { n: number; pairs: Triple[] } {
  const pairs: Triple[] = []
  for (let ring = 1; ring <= depth + 1; ring++) {
    const radius = ring <= depth ? 2 * ring : 1_000_000
    const x = 2 * ring - 1
    const y = 2 * ring
    pairs.push([x, y, -radius], [x, Math.max(0, x - 2), -radius], [y, Math.max(0, y - 2), -radius])
  }
  const beyond = 2 * depth + 3
  pairs.push([beyond, beyond - 1, -1_000_001], [beyond, beyond - 2, -1_000_001])
  return { n: beyond + 1, pairs }
}

function depthOf(blossoms: readonly ProofBlossom[], n: number): number {
  const depths: number[] = []
  for (const { members } of blossoms) {
    const deepest = members.reduce((most, member) => Math.max(most, depths[member - n] ?? 0), 0)
    depths.push(deepest + 1)
  }
  return depths.reduce((most, depth) => Math.max(most, depth), 0)
}

test('blossoms may be nested 10,000 deep, in the solver and in the checker', { timeout: 120_000 }, () => {
  const { n, pairs } = nest(DEPTH)
  const solution = solveMatching(graphOf(n, pairsOf(pairs)))
  expect(depthOf(solution.proof.blossoms, n)).toBeGreaterThanOrEqual(DEPTH)
  expectProven(solution, pairs)
})
