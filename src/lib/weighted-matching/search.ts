// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { flipToRoot, settleTree, takeOut } from './augment.ts'
import { dropEarliest, EXPAND, EXPOSE, REACH } from './event-heap.ts'
import { expand } from './expand.ts'
import { clearForest, type Forest, FREE, INNER, makeInner, makeOuter, OUTER, scan } from './forest.ts'
import type { Matching } from './matching.ts'
import { shrink } from './shrink.ts'

export interface SearchPlan {
  /** Exposed vertices, whose duals are all even or all odd */
  roots: readonly number[]
  /** How many of them may stay exposed */
  leave: number
  /** Whether somebody of their trees may be left over in their place, resting on λ */
  mayExpose: boolean
}

/**
 * One search of the primal-dual method with many trees: grows the forest from these roots, event by event, until no
 * more than `leave` of them are without a mate. The caller knows that the graph has such a matching; so events do not
 * run out.
 */
export function search(matching: Matching, forest: Forest, { roots, leave, mayExpose }: SearchPlan): void {
  const { heap, queue } = forest
  clearForest(forest)
  forest.mayExpose = mayExpose
  forest.wanting = roots.length - leave
  for (const v of roots) makeOuter(matching, forest, matching.top[v]!, -1, -1, v)
  matching.counts.roots += roots.length

  while (forest.wanting > 0) {
    while (forest.queued > 0) scan(matching, forest, queue[--forest.queued]!)
    if (heap.size === 0) throw new Error('The forest ran out of events.')
    const at = heap.at[0]!
    const subject = heap.subject[0]!
    const kind = heap.kind[0]!
    dropEarliest(heap)
    if (kind === REACH) onReach(matching, forest, at, subject)
    else if (kind === EXPAND) onEmpty(matching, forest, at, subject)
    else if (kind === EXPOSE) onRest(matching, forest, at, subject)
    else onTight(matching, forest, at, subject, kind)
  }
  for (const v of roots) settleTree(matching, forest, v, [], [])
  matching.counts.pushes += heap.pushed
  heap.pushed = 0
}

// Each of these first asks whether the event is stale: whether what it announced is true at this moment, exactly.

/** An outer vertex reaches a free blossom: that becomes inner and its mate outer. If it is exposed: augment. */
function onReach(matching: Matching, forest: Forest, at: number, reached: number): void {
  const { top, base, mate } = matching
  const blossom = top[reached]!
  if (forest.label[blossom] !== FREE || forest.reachAt[reached]! + forest.delay[reached]! !== at) return
  forest.clock = at
  const from = forest.reachFrom[reached]!
  const tree = forest.root[top[from]!]!
  const exit = base[blossom]!
  const partner = mate[exit]!
  if (partner >= 0) {
    makeInner(matching, forest, blossom, from, reached, tree)
    makeOuter(matching, forest, top[partner]!, exit, partner, tree)
    return
  }
  // Somebody who rested on λ; it is a tree of its own that has nothing but its root.
  forest.entryFrom[blossom] = -1
  augment(matching, forest, from, reached)
  forest.wanting -= 1
  takeOut(matching, forest, [tree])
}

/** The dual of an inner blossom has fallen to 0: expand. */
function onEmpty(matching: Matching, forest: Forest, at: number, blossom: number): void {
  const { parent, cycle, blossomDual } = matching
  if (forest.label[blossom] !== INNER || parent[blossom]! >= 0 || cycle[blossom] === null) return
  if (forest.since[blossom]! + blossomDual[blossom]! / 2 !== at) return
  forest.clock = at
  expand(matching, forest, blossom)
}

/** The dual of an outer vertex has fallen to λ: it may be left over in the place of its root. */
function onRest(matching: Matching, forest: Forest, at: number, v: number): void {
  const blossom = matching.top[v]!
  if (forest.label[blossom] !== OUTER) return
  if (matching.dual[v]! - (at - forest.since[blossom]!) !== matching.exposure) return
  forest.clock = at
  const tree = forest.root[blossom]!
  flipToRoot(matching, forest, v, -1)
  forest.wanting -= 1
  takeOut(matching, forest, [tree])
}

/** A pair between two outer blossoms is tight: augment if they are of two trees, shrink if of one. */
function onTight(matching: Matching, forest: Forest, at: number, v: number, place: number): void {
  const { top, dual, graph } = matching
  const { label, since, root } = forest
  const w = graph.to[place]!
  const one = top[v]!
  const other = top[w]!
  if (one === other || label[one] !== OUTER || label[other] !== OUTER) return
  const fallen = at - since[one]! + (at - since[other]!)
  if (dual[v]! + dual[w]! - fallen !== graph.weight4[place]!) return
  forest.clock = at
  if (root[one] === root[other]) {
    shrink(matching, forest, v, w)
    return
  }
  const trees = [root[one]!, root[other]!]
  augment(matching, forest, v, w)
  forest.wanting -= 2
  takeOut(matching, forest, trees)
}

/** Matches v with w, and changes matched and unmatched up to the roots of both. */
function augment(matching: Matching, forest: Forest, v: number, w: number): void {
  flipToRoot(matching, forest, v, w)
  flipToRoot(matching, forest, w, v)
  matching.counts.augments++
}
