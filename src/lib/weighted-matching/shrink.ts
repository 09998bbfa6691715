// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { leavesOf } from './blossoms.ts'
import { type Forest, FREE, OUTER } from './forest.ts'
import type { Matching } from './matching.ts'

/**
 * Shrink (Edmonds 1965): a tight pair v – w joins two outer blossoms of one tree, so the two ways up to their lowest
 * common ancestor and the pair make an odd cycle. It becomes one outer blossom, and what was inner on it will be
 * scanned.
 */
export function shrink(matching: Matching, forest: Forest, v: number, w: number): void {
  const { top, base, parent, blossomDual, dual, cycle, spare, scratch } = matching
  const { label, since, entryFrom, entryTo, root, clock, queue } = forest
  const ancestor = commonAncestor(matching, forest, top[v]!, top[w]!)

  const children: number[] = []
  const from: number[] = []
  const to: number[] = []
  for (let x = top[v]!; x !== ancestor; x = top[entryFrom[x]!]!) {
    children.push(x)
    from.push(entryFrom[x]!)
    to.push(entryTo[x]!)
  }
  children.push(ancestor)
  children.reverse()
  from.reverse()
  to.reverse()
  from.push(v)
  to.push(w)
  for (let x = top[w]!; x !== ancestor; x = top[entryFrom[x]!]!) {
    children.push(x)
    from.push(entryTo[x]!)
    to.push(entryFrom[x]!)
  }

  const blossom = spare.pop()!
  cycle[blossom] = { children, from, to }
  base[blossom] = base[ancestor]!
  parent[blossom] = -1
  blossomDual[blossom] = 0
  label[blossom] = OUTER
  since[blossom] = clock
  entryFrom[blossom] = entryFrom[ancestor]!
  entryTo[blossom] = entryTo[ancestor]!
  root[blossom] = root[ancestor]!
  forest.item.push(blossom)
  forest.nextItem.push(forest.firstItem[root[blossom]!]!)
  forest.firstItem[root[blossom]!] = forest.item.length - 1

  for (const child of children) {
    const wasOuter = label[child] === OUTER
    const passed = clock - since[child]!
    const count = leavesOf(matching, child)
    for (let i = 0; i < count; i++) {
      const leaf = scratch.leaves[i]!
      top[leaf] = blossom
      if (wasOuter) dual[leaf]! -= passed
      else {
        dual[leaf]! += passed
        queue[forest.queued++] = leaf
      }
    }
    if (child >= matching.n) blossomDual[child]! += wasOuter ? 2 * passed : -2 * passed
    parent[child] = blossom
    label[child] = FREE
  }
  matching.counts.blossoms++
}

/** Climbs from both blossoms in turn, so that the work is of the order of the cycle and not of the tree. */
function commonAncestor(matching: Matching, forest: Forest, one: number, other: number): number {
  const { top, scratch } = matching
  const { entryFrom } = forest
  const { mark } = scratch
  const id = ++scratch.lastMark
  let x = one
  let y = other
  for (;;) {
    if (mark[x] === id) return x
    mark[x] = id
    const inner = entryFrom[x]!
    // From an outer blossom over its inner parent to the next outer one; the root stays where it is.
    const above = inner < 0 ? -1 : top[entryFrom[top[inner]!]!]!
    if (y >= 0) {
      x = y
      y = above
    } else x = above
  }
}
