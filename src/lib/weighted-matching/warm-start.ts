// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { leavesOf, openBlossom, sharedDual } from './blossoms.ts'
import { setWeight, weightBetween } from './graph.ts'
import type { Matching } from './matching.ts'

/**
 * Opens the outermost blossom round v outside of a search. Each of its vertices takes over half of its dual, which
 * leaves the slacks within as they are and adds to those leaving it; so the pair at its base is not tight any more,
 * and is parted.
 */
function openTop(matching: Matching, v: number): void {
  const { dual, blossomDual, mate, base, top, scratch } = matching
  const blossom = top[v]!
  const half = blossomDual[blossom]! / 2
  if (half > 0) {
    const count = leavesOf(matching, blossom)
    for (let i = 0; i < count; i++) dual[scratch.leaves[i]!]! += half
    part(mate, base[blossom]!)
  }
  openBlossom(matching, blossom)
}

/** Opens every blossom round v. It keeps its mate if that pair is still tight. */
export function releaseVertex(matching: Matching, v: number): void {
  while (matching.top[v] !== v) openTop(matching, v)
}

/** Raises the dual of v, as admitting a pair with a slack below 0 asks for; v is alone and exposed afterwards. */
export function raiseDual(matching: Matching, v: number, by: number): void {
  releaseVertex(matching, v)
  part(matching.mate, v)
  matching.dual[v]! += by
}

function part(mate: Int32Array, v: number): void {
  const w = mate[v]!
  if (w < 0) return
  mate[v] = -1
  mate[w] = -1
}

/**
 * Gives an allowed or banned pair another weight (times four; -Infinity bans it), at all its places in both rows, and
 * puts right what that breaks: a slack below 0, a matched pair or one of a blossom's cycle that is not tight any more.
 */
export function reweigh(matching: Matching, v: number, w: number, weight4: number): void {
  const { graph, dual, mate, top } = matching
  const before = 4 * weightBetween(graph, v, w)
  const duals = dual[v]! + dual[w]! + sharedDual(matching, v, w)
  setWeight(graph, v, w, weight4)
  if (weight4 > duals) {
    raiseDual(matching, v, weight4 - duals)
    return
  }
  if (before !== duals || weight4 === duals) return
  // It was tight: within a blossom it may be of the cycle.
  if (top[v] === top[w]) releaseVertex(matching, v)
  if (mate[v] === w) part(mate, v)
}
