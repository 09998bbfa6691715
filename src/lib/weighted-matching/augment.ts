// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { leavesOf, openBlossom, rebase } from './blossoms.ts'
import { type Forest, FREE, INNER, OUTER, rescan } from './forest.ts'
import type { Matching } from './matching.ts'

/**
 * Changes matched and unmatched on the way from an outer vertex (or any in an outer blossom) up to its root, which gets
 * covered; the vertex itself gets the mate given, -1 to be left over. Blossoms on the way get new bases.
 */
export function flipToRoot(matching: Matching, forest: Forest, vertex: number, newMate: number): void {
  const { n, top, base, mate } = matching
  const { entryFrom, entryTo } = forest
  let v = vertex
  let partner = newMate
  for (;;) {
    const outer = top[v]!
    if (outer >= n) rebase(matching, outer, v)
    base[outer] = v
    mate[v] = partner
    const above = entryFrom[outer]!
    if (above < 0) return
    // `above` lies in an inner blossom; that was entered by the pair from – to, which is matched from now on.
    const inner = top[above]!
    const from = entryFrom[inner]!
    const to = entryTo[inner]!
    if (inner >= n) rebase(matching, inner, to)
    base[inner] = to
    mate[to] = from
    v = from
    partner = to
  }
}

/**
 * Takes trees out of the forest after an augmentation, and gives their neighbours and vertices new least slacks, if the
 * search goes on.
 */
export function takeOut(matching: Matching, forest: Forest, roots: readonly number[]): void {
  const outer: number[] = []
  const inner: number[] = []
  for (const root of roots) settleTree(matching, forest, root, outer, inner)
  if (forest.wanting === 0) return
  const { top } = matching
  const { start, to } = matching.graph
  const { label, reachFrom, taken } = forest
  const id = ++forest.lastTaken
  for (const v of outer) taken[v] = id
  for (const v of inner) taken[v] = id
  for (const v of outer) {
    const end = start[v + 1]!
    for (let e = start[v]!; e < end; e++) {
      const w = to[e]!
      if (reachFrom[w] === v && taken[w] !== id && label[top[w]!] !== OUTER) rescan(matching, forest, w)
    }
  }
  for (const v of outer) rescan(matching, forest, v)
  for (const v of inner) rescan(matching, forest, v)
}

/**
 * Brings the duals of a tree up to the clock and sets its blossoms free. A blossom that was shrunk this very moment has
 * dual 0 and is opened again: it proves nothing and would only be in the way.
 */
export function settleTree(matching: Matching, forest: Forest, root: number, outer: number[], inner: number[]): void {
  const { n, dual, blossomDual, cycle, parent, scratch } = matching
  const { label, since, delay, clock } = forest
  const empty: number[] = []
  for (let at = forest.firstItem[root]!; at >= 0; at = forest.nextItem[at]!) {
    const blossom = forest.item[at]!
    const was = label[blossom]!
    // An item is void when its blossom has been opened, shrunk into another one, or labelled in another tree since.
    if (was === FREE || forest.root[blossom] !== root || parent[blossom]! >= 0) continue
    if (blossom >= n && cycle[blossom] === null) continue
    const passed = was === INNER ? clock - since[blossom]! : since[blossom]! - clock
    const vertices = was === INNER ? inner : outer
    const count = leavesOf(matching, blossom)
    for (let i = 0; i < count; i++) {
      const leaf = scratch.leaves[i]!
      dual[leaf]! += passed
      delay[leaf] = 0
      vertices.push(leaf)
    }
    if (blossom >= n) {
      blossomDual[blossom]! -= 2 * passed
      if (was === OUTER && blossomDual[blossom] === 0) empty.push(blossom)
    }
    label[blossom] = FREE
  }
  forest.firstItem[root] = -1
  while (empty.length > 0) {
    const blossom = empty.pop()!
    if (blossom < n || blossomDual[blossom] !== 0) continue
    for (const child of openBlossom(matching, blossom)) empty.push(child)
  }
}
