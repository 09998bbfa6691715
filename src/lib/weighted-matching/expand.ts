// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { leavesOf, openBlossom } from './blossoms.ts'
import { pushEvent, REACH } from './event-heap.ts'
import { type Forest, FREE, makeInner, makeOuter } from './forest.ts'
import type { Matching } from './matching.ts'

/**
 * Expand (Edmonds 1965): the dual of an inner blossom has fallen to 0. It is opened; the children on the even way from
 * where the tree enters to the base stay in the tree, inner and outer in turn, and the others are free again.
 */
export function expand(matching: Matching, forest: Forest, blossom: number): void {
  const { dual, top, cycle, scratch } = matching
  const { delay, clock, since, root, entryFrom, entryTo } = forest
  const passed = clock - since[blossom]!
  const count = leavesOf(matching, blossom)
  for (let i = 0; i < count; i++) {
    const leaf = scratch.leaves[i]!
    dual[leaf]! += passed
    delay[leaf]! += passed
  }

  const tree = root[blossom]!
  const { from, to } = cycle[blossom]!
  let enterFrom = entryFrom[blossom]!
  let enterTo = entryTo[blossom]!
  forest.label[blossom] = FREE
  const children = openBlossom(matching, blossom)
  const size = children.length
  const inTree = new Uint8Array(size)
  let at = children.indexOf(top[enterTo]!)
  // Child 0 holds the base. From an odd place the even way leads up to the end of the ring, from an even one down.
  const upwards = (at & 1) === 1
  for (;;) {
    inTree[at] = 1
    makeInner(matching, forest, children[at]!, enterFrom, enterTo, tree)
    if (at === 0) break
    const pair = upwards ? at : at - 1
    const next = upwards ? at + 1 : at - 1
    inTree[next] = 1
    makeOuter(
      matching,
      forest,
      children[next]!,
      upwards ? from[pair]! : to[pair]!,
      upwards ? to[pair]! : from[pair]!,
      tree,
    )
    const nextPair = upwards ? next : next - 1
    enterFrom = upwards ? from[nextPair]! : to[nextPair]!
    enterTo = upwards ? to[nextPair]! : from[nextPair]!
    at = upwards ? (next + 1) % size : next - 1
  }
  for (let i = 0; i < size; i++) if (inTree[i] === 0) setFree(matching, forest, children[i]!)
  matching.counts.expands++
}

function setFree(matching: Matching, forest: Forest, blossom: number): void {
  forest.label[blossom] = FREE
  const { reachAt, delay } = forest
  const { leaves } = matching.scratch
  const count = leavesOf(matching, blossom)
  for (let i = 0; i < count; i++) {
    const leaf = leaves[i]!
    if (reachAt[leaf]! < Number.POSITIVE_INFINITY) pushEvent(forest.heap, reachAt[leaf]! + delay[leaf]!, leaf, REACH)
  }
}
