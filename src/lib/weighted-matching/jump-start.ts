// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { dropEarliest, type EventHeap, openHeap, pushEvent, REACH } from './event-heap.ts'
import type { Matching } from './matching.ts'

/**
 * The half-integral jump start (Balinski 1965 on the basic solutions: pairs of 1 and odd cycles of halves; Applegate
 * and Cook 1993, "Solving large-scale matching problems", as a start for the blossom method). Blossoms are not needed
 * to solve the relaxation in which every pair counts 0, ½ or 1: shortest-way searches from one root at a time do. All
 * but a few vertices come out with their final mate; an odd cycle leaves one of its vertices exposed.
 *
 * Needs a feasible dual solution, a matching of tight pairs and no blossoms; leaves the same.
 */
export function jumpStart(matching: Matching): void {
  const state = openJumpStart(matching)
  for (let root = 0; root < matching.n; root++) {
    if (matching.mate[root]! >= 0 || state.next[root]! >= 0 || matching.dual[root] === matching.exposure) continue
    searchFrom(matching, state, root)
  }
  breakCycles(matching, state)
  matching.counts.pushes += state.heap.pushed
}

interface JumpStart {
  heap: EventHeap
  label: Uint8Array
  /** The vertex before it on the way from the root: for an outer vertex its mate. */
  before: Int32Array
  since: Float64Array
  /** For a free vertex: when it is reached, and from where. */
  reachAt: Float64Array
  reachFrom: Int32Array
  /** The next vertex on an odd cycle of halves, or -1. */
  next: Int32Array
  /** Vertices whose label or reach is to be cleared after this search. */
  touched: Int32Array
  queue: Int32Array
  mark: Int32Array
}

const FREE = 0
const OUTER = 1
const INNER = 2

function openJumpStart({ n }: Matching): JumpStart {
  return {
    heap: openHeap(n + 16),
    label: new Uint8Array(n),
    before: new Int32Array(n),
    since: new Float64Array(n),
    reachAt: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    reachFrom: new Int32Array(n),
    next: new Int32Array(n).fill(-1),
    touched: new Int32Array(n),
    queue: new Int32Array(n),
    mark: new Int32Array(n).fill(-1),
  }
}

/**
 * Grows one tree until its root can be covered: by an exposed vertex (or one of another cycle), by a cycle of halves,
 * or by leaving somebody over. Which of these comes first may change as the tree grows, but only to an earlier moment;
 * so what lies beyond the earliest one known, `endAt`, never enters the heap.
 */
function searchFrom(matching: Matching, state: JumpStart, root: number): void {
  const { dual, mate, exposure } = matching
  const { start, to, weight4 } = matching.graph
  const { heap, label, before, since, reachAt, reachFrom, touched, queue } = state
  heap.size = 0
  let clock = 0
  let count = 0
  let queued = 0
  let endAt = Number.POSITIVE_INFINITY
  let endFrom = root
  let endTo = -1
  label[root] = OUTER
  since[root] = 0
  before[root] = -1
  touched[count++] = root
  queue[queued++] = root
  matching.counts.searches++

  for (;;) {
    while (queued > 0) {
      const v = queue[--queued]!
      const ownDual = dual[v]! - (clock - since[v]!)
      if (clock + ownDual - exposure < endAt) {
        endAt = clock + ownDual - exposure
        endFrom = v
        endTo = -1
      }
      const end = start[v + 1]!
      for (let e = start[v]!; e < end; e++) {
        const w = to[e]!
        const other = label[w]!
        if (other === FREE) {
          const at = clock + ownDual + dual[w]! - weight4[e]!
          if (at >= endAt || at >= reachAt[w]!) continue
          if (mate[w]! < 0) {
            endAt = at
            endFrom = v
            endTo = w
            continue
          }
          if (reachAt[w] === Number.POSITIVE_INFINITY) touched[count++] = w
          reachAt[w] = at
          reachFrom[w] = v
          pushEvent(heap, at, w, REACH)
        } else if (other === OUTER) {
          const at = clock + (ownDual + dual[w]! - (clock - since[w]!) - weight4[e]!) / 2
          if (at >= endAt) continue
          endAt = at
          endFrom = v
          endTo = w
        }
      }
      matching.counts.searchScans++
    }
    if (heap.size === 0 || heap.at[0]! >= endAt) break
    const at = heap.at[0]!
    const reached = heap.subject[0]!
    dropEarliest(heap)
    if (label[reached] !== FREE || reachAt[reached] !== at) continue
    clock = at
    const partner = mate[reached]!
    label[reached] = INNER
    since[reached] = clock
    before[reached] = reachFrom[reached]!
    label[partner] = OUTER
    since[partner] = clock
    before[partner] = reached
    if (reachAt[partner] === Number.POSITIVE_INFINITY) touched[count++] = partner
    queue[queued++] = partner
  }

  if (endAt === Number.POSITIVE_INFINITY) throw new Error('The jump start ran out of events.')
  if (endTo < 0) flip(mate, before, endFrom, -1)
  else if (label[endTo] === OUTER) makeCycle(matching, state, endFrom, endTo)
  else {
    if (state.next[endTo]! >= 0) breakCycle(matching, state, endTo)
    flip(mate, before, endFrom, endTo)
    mate[endTo] = endFrom
  }
  for (let i = 0; i < count; i++) {
    const v = touched[i]!
    if (label[v] === OUTER) dual[v]! -= endAt - since[v]!
    else if (label[v] === INNER) dual[v]! += endAt - since[v]!
    label[v] = FREE
    reachAt[v] = Number.POSITIVE_INFINITY
  }
}

/** Covers the root: changes matched and unmatched on the way up from an outer vertex, which gets the mate given. */
function flip(mate: Int32Array, before: Int32Array, vertex: number, newMate: number): void {
  let outer = vertex
  let partner = newMate
  for (;;) {
    const inner = before[outer]!
    mate[outer] = partner
    if (inner < 0) return
    outer = before[inner]!
    partner = inner
    mate[inner] = outer
  }
}

/**
 * A tight pair between two outer vertices: the root is covered by a cycle of halves through v, w and where their ways
 * meet.
 */
function makeCycle(matching: Matching, state: JumpStart, v: number, w: number): void {
  const { mate } = matching
  const { before, mark, next } = state
  const id = matching.counts.searches
  for (let x = v; ; x = before[before[x]!]!) {
    mark[x] = id
    if (before[x]! < 0) break
  }
  let meeting = w
  while (mark[meeting] !== id) meeting = before[before[meeting]!]!
  const ring: number[] = []
  for (let x = v; x !== meeting; x = before[before[x]!]!) ring.push(x, before[x]!)
  ring.push(meeting)
  ring.reverse()
  for (let x = w; x !== meeting; x = before[before[x]!]!) ring.push(x, before[x]!)
  flip(mate, before, meeting, -1)
  ring.forEach((x, i) => {
    mate[x] = -1
    next[x] = ring[(i + 1) % ring.length]!
  })
}

/** Matches the vertices of the cycle along it, all but this one. */
function breakCycle(matching: Matching, state: JumpStart, left: number): void {
  const { mate } = matching
  const { next } = state
  let x = next[left]!
  while (x !== left) {
    const y = next[x]!
    const after = next[y]!
    mate[x] = y
    mate[y] = x
    next[x] = next[y] = -1
    x = after
  }
  next[left] = -1
}

function breakCycles(matching: Matching, state: JumpStart): void {
  for (let v = 0; v < matching.n; v++) if (state.next[v]! >= 0) breakCycle(matching, state, v)
}
