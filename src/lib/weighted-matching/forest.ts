// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { leavesOf } from './blossoms.ts'
import { type EventHeap, EXPAND, EXPOSE, openHeap, pushEvent, REACH } from './event-heap.ts'
import type { Matching } from './matching.ts'

/**
 * The alternating forest of one search (Edmonds 1965, "Paths, trees, and flowers"). All trees grow at once under one
 * clock; Kolmogorov 2009, "Blossom V", compares this with other ways. Its roots are exposed vertices. An outermost
 * blossom is free, or OUTER (an even way from the root; its vertices' duals fall by 1 a tick), or INNER (an odd way;
 * they rise by 1). Slacks of pairs between outer and free shrink by 1 a tick, between two outer ones by 2, and all
 * others stand still; so the moment when a pair gets tight is known when it is seen, and nothing need be touched until
 * then.
 *
 * Duals are applied lazily (Galil, Micali and Gabow 1986, "An O(EV log V) algorithm for finding a maximal weighted
 * matching in general graphs"): a label remembers `since` when it holds, and `dual` is what it was then.
 */
export interface Forest {
  clock: number
  heap: EventHeap
  /** By blossom id: the label, when it was given, the tight pair it was reached by (from the tree, to it), its root. */
  label: Uint8Array
  since: Float64Array
  entryFrom: Int32Array
  entryTo: Int32Array
  root: Int32Array
  /** A linked list of the labelled blossoms, by root. */
  firstItem: Int32Array
  nextItem: number[]
  item: number[]
  /**
   * By vertex not outer: the outer neighbour of least slack, and when it would be reached if it had been free all the
   * time; `delay` is how long it has been inner, which puts that moment off.
   */
  reachFrom: Int32Array
  reachAt: Float64Array
  delay: Float64Array
  /** Outer vertices that wait to be scanned. */
  queue: Int32Array
  queued: number
  /** By vertex, for taking trees out: the last taking it was part of. */
  taken: Int32Array
  lastTaken: number
  /** Whether outer vertices whose dual falls to λ may be left over (optimise.ts). */
  mayExpose: boolean
  /** How many roots must still be covered. */
  wanting: number
  /** A moment by which the search will be over: later events need not be noted. */
  horizon: number
}

export const FREE = 0
export const OUTER = 1
export const INNER = 2

export function openForest(matching: Matching): Forest {
  const { n } = matching
  const ids = matching.parent.length
  return {
    clock: 0,
    heap: openHeap(n + 16),
    label: new Uint8Array(ids),
    since: new Float64Array(ids),
    entryFrom: new Int32Array(ids),
    entryTo: new Int32Array(ids),
    root: new Int32Array(ids),
    firstItem: new Int32Array(n),
    nextItem: [],
    item: [],
    reachFrom: new Int32Array(n),
    reachAt: new Float64Array(n),
    delay: new Float64Array(n),
    queue: new Int32Array(n + 1),
    queued: 0,
    taken: new Int32Array(n),
    lastTaken: 0,
    mayExpose: false,
    wanting: 0,
    horizon: Number.POSITIVE_INFINITY,
  }
}

/** Cuts every tree down and sets the clock to 0; duals must have been settled before. */
export function clearForest(forest: Forest): void {
  forest.clock = 0
  forest.horizon = Number.POSITIVE_INFINITY
  forest.heap.size = 0
  forest.queued = 0
  forest.label.fill(FREE)
  forest.firstItem.fill(-1)
  forest.nextItem.length = 0
  forest.item.length = 0
  forest.reachAt.fill(Number.POSITIVE_INFINITY)
  forest.reachFrom.fill(-1)
  forest.delay.fill(0)
}

/**
 * Labels an outermost blossom outer, reached by the tight pair from – to (-1, -1: it is the root); all of it will be
 * scanned.
 */
export function makeOuter(matching: Matching, forest: Forest, blossom: number, from: number, to: number, root: number) {
  enterTree(forest, blossom, OUTER, from, to, root)
  const { queue } = forest
  if (blossom < matching.n) {
    queue[forest.queued++] = blossom
    return
  }
  const count = leavesOf(matching, blossom)
  const { leaves } = matching.scratch
  for (let i = 0; i < count; i++) queue[forest.queued++] = leaves[i]!
}

/**
 * Labels an outermost blossom inner: if it is more than a vertex, it will have to be expanded when its dual has fallen
 * to 0.
 */
export function makeInner(matching: Matching, forest: Forest, blossom: number, from: number, to: number, root: number) {
  enterTree(forest, blossom, INNER, from, to, root)
  if (blossom >= matching.n) {
    pushEvent(forest.heap, forest.clock + matching.blossomDual[blossom]! / 2, blossom, EXPAND)
  }
}

function enterTree(forest: Forest, blossom: number, label: number, from: number, to: number, root: number) {
  forest.label[blossom] = label
  forest.since[blossom] = forest.clock
  forest.entryFrom[blossom] = from
  forest.entryTo[blossom] = to
  forest.root[blossom] = root
  forest.item.push(blossom)
  forest.nextItem.push(forest.firstItem[root]!)
  forest.firstItem[root] = forest.item.length - 1
}

/**
 * Looks at the pairs of one outer vertex and notes when each of them gets tight. The innermost loop of the solver.
 *
 * Where the next root covered is the `last`, the search will be over when the first pair seen between two trees gets
 * tight, or the first vertex seen may rest: what would come after that is not noted.
 */
export function scan(matching: Matching, forest: Forest, v: number): void {
  const { top, dual } = matching
  const { start, to, weight4 } = matching.graph
  const { label, since, root, reachAt, reachFrom, delay, clock, heap } = forest
  let { horizon } = forest
  const last = forest.mayExpose ? forest.wanting === 1 : forest.wanting <= 2
  const own = top[v]!
  const ownTree = root[own]!
  const ownDual = dual[v]! - (clock - since[own]!)
  const end = start[v + 1]!
  for (let e = start[v]!; e < end; e++) {
    const w = to[e]!
    const other = top[w]!
    if (other === own) continue
    const otherLabel = label[other]!
    if (otherLabel === FREE) {
      const tightAt = clock + ownDual + dual[w]! - weight4[e]!
      const key = tightAt - delay[w]!
      if (key < reachAt[w]! && tightAt < horizon) {
        reachAt[w] = key
        reachFrom[w] = v
        pushEvent(heap, tightAt, w, REACH)
      }
    } else if (otherLabel === OUTER) {
      const otherDual = dual[w]! - (clock - since[other]!)
      const tightAt = clock + (ownDual + otherDual - weight4[e]!) / 2
      if (tightAt >= horizon) continue
      pushEvent(heap, tightAt, v, e)
      if (last && root[other] !== ownTree) horizon = tightAt
    } else {
      const key = clock + ownDual + dual[w]! - weight4[e]! - delay[w]!
      if (key < reachAt[w]!) {
        reachAt[w] = key
        reachFrom[w] = v
      }
    }
  }
  const restAt = forest.mayExpose ? clock + ownDual - matching.exposure : Number.POSITIVE_INFINITY
  if (restAt < horizon) {
    pushEvent(heap, restAt, v, EXPOSE)
    if (last) horizon = restAt
  }
  forest.horizon = horizon
  matching.counts.scans++
}

/** Finds the outer neighbour of least slack anew, for a vertex that is not outer and whose note of it is lost. */
export function rescan(matching: Matching, forest: Forest, w: number): void {
  const { top, dual } = matching
  const { start, to, weight4 } = matching.graph
  const { label, since, clock } = forest
  const own = top[w]!
  const innerFor = label[own] === INNER ? clock - since[own]! : 0
  const ownDual = dual[w]! + innerFor
  let least = Number.POSITIVE_INFINITY
  let from = -1
  const end = start[w + 1]!
  for (let e = start[w]!; e < end; e++) {
    const v = to[e]!
    const other = top[v]!
    if (label[other] !== OUTER || other === own) continue
    const slack = ownDual + dual[v]! - (clock - since[other]!) - weight4[e]!
    if (slack < least) {
      least = slack
      from = v
    }
  }
  forest.reachAt[w] = clock + least - (forest.delay[w]! + innerFor)
  forest.reachFrom[w] = from
  if (from >= 0 && label[own] === FREE) pushEvent(forest.heap, clock + least, w, REACH)
  matching.counts.rescans++
}
