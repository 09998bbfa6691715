// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Graph } from './graph.ts'

/**
 * A largest matching and why there is no larger one (Gallai 1964, Edmonds 1965): `place[v]` is OUTER where some largest
 * matching leaves v over, INNER for the other ends of their pairs, and REST for everybody else, who can be placed among
 * themselves. Outer vertices fall into odd components, which have pairs to inner vertices only.
 */
export interface LargestMatching {
  mate: Int32Array
  /** How many are left over, in this largest matching and so in every one. */
  deficiency: number
  place: Uint8Array
  /** For an outer vertex one vertex of its component, the same for all of it; -1 for others. */
  component: Int32Array
}

const REST = 0
export const OUTER = 1
export const INNER = 2

export interface CardinalityOptions {
  /** Only pairs of at least this weight (times four) count; the default leaves out banned pairs only. */
  atLeast4?: number
  /** A matching of such pairs to begin with; the larger, the less there is to do. */
  mate?: Int32Array
  /**
   * So many are known to be left over by anybody: stop when no more are, without the proof (everybody's place is REST).
   */
  unavoidable?: number
}

interface Search extends LargestMatching {
  graph: Graph
  atLeast4: number
  /**
   * For an inner vertex, and for an outer one that a blossom made outer: the vertex before it on the way from the
   * root.
   */
  before: Int32Array
  /** The base of the blossom a vertex lies in, as a union-find forest. */
  up: Int32Array
  root: Int32Array
  /** By root: its tree has been augmented in this phase. */
  done: Uint8Array
  queue: Int32Array
  queued: number
  mark: Int32Array
  lastMark: number
}

/**
 * Maximum cardinality matching in phases: a forest is grown from all exposed vertices at once, every two trees that
 * meet are augmented and then left alone until the next phase; when a phase finds nothing, its forest is the proof.
 * Blossoms are kept as union-find (Gabow 1976, "An efficient implementation of Edmonds' algorithm for maximum matching
 * on graphs").
 */
export function findLargestMatching(graph: Graph, options: CardinalityOptions = {}): LargestMatching {
  const { n } = graph
  const search: Search = {
    graph,
    atLeast4: options.atLeast4 ?? -Number.MAX_VALUE,
    mate: options.mate?.slice() ?? new Int32Array(n).fill(-1),
    deficiency: n,
    place: new Uint8Array(n),
    component: new Int32Array(n).fill(-1),
    before: new Int32Array(n),
    up: new Int32Array(n),
    root: new Int32Array(n),
    done: new Uint8Array(n),
    queue: new Int32Array(n),
    queued: 0,
    mark: new Int32Array(n),
    lastMark: 0,
  }
  matchNeighbours(search)
  do search.deficiency = exposedIn(search.mate)
  while (search.deficiency !== options.unavoidable && growPhase(search) > 0)
  if (search.deficiency === options.unavoidable) search.place.fill(REST)
  for (let v = 0; v < n; v++) if (search.place[v] === OUTER) search.component[v] = baseOf(search.up, v)
  const { mate, deficiency, place, component } = search
  return { mate, deficiency, place, component }
}

/** A good first matching: people with few pairs choose first, each the first neighbour that is still exposed. */
function matchNeighbours({ graph, atLeast4, mate }: Search): void {
  const { n, start, to, weight4 } = graph
  const degree = (v: number) => start[v + 1]! - start[v]!
  const order = Array.from({ length: n }, (_, v) => v).sort((v, w) => degree(v) - degree(w) || v - w)
  for (const v of order) {
    for (let e = start[v]!; e < start[v + 1]! && mate[v]! < 0; e++) {
      const w = to[e]!
      if (mate[w]! >= 0 || weight4[e]! < atLeast4) continue
      mate[v] = w
      mate[w] = v
    }
  }
}

/** Grows one forest; returns how many augmentations it gave. 0: the forest is complete, and the matching largest. */
function growPhase(search: Search): number {
  const { graph, atLeast4, mate, place, before, up, root, done, queue } = search
  const { n, start, to, weight4 } = graph
  search.queued = 0
  place.fill(REST)
  done.fill(0)
  for (let v = 0; v < n; v++) {
    up[v] = v
    if (mate[v]! >= 0) continue
    place[v] = OUTER
    root[v] = v
    queue[search.queued++] = v
  }
  let growing = search.deficiency
  let augmented = 0
  for (let at = 0; at < search.queued; at++) {
    const v = queue[at]!
    const tree = root[v]!
    if (done[tree]) continue
    const end = start[v + 1]!
    for (let e = start[v]!; e < end; e++) {
      const w = to[e]!
      if (weight4[e]! < atLeast4 || place[w] === INNER) continue
      if (place[w] === REST) {
        const next = mate[w]!
        place[w] = INNER
        before[w] = v
        place[next] = OUTER
        root[w] = root[next] = tree
        queue[search.queued++] = next
        continue
      }
      if (root[w] === tree) {
        if (baseOf(up, v) !== baseOf(up, w)) shrink(search, v, w)
        continue
      }
      if (done[root[w]!]) continue
      flip(search, v, w)
      flip(search, w, v)
      done[tree] = done[root[w]!] = 1
      augmented++
      growing -= 2
      // One tree alone could only prove something, and it has yet to be asked whether that is needed.
      if (growing < 2) return augmented
      break
    }
  }
  return augmented
}

function exposedIn(mate: Int32Array): number {
  return mate.reduce((count, partner) => count + (partner < 0 ? 1 : 0), 0)
}

function flip({ mate, before }: Search, vertex: number, newMate: number): void {
  let v = vertex
  let partner = newMate
  for (;;) {
    const inner = mate[v]!
    mate[v] = partner
    if (inner < 0) return
    v = before[inner]!
    mate[inner] = v
    partner = inner
  }
}

function baseOf(up: Int32Array, vertex: number): number {
  let v = vertex
  while (up[v] !== v) {
    up[v] = up[up[v]!]!
    v = up[v]!
  }
  return v
}

/**
 * The cycle through v – w becomes one blossom: its inner vertices become outer, and `before` leads round it either
 * way. The way from a vertex x that was inner goes to its mate, the outer vertex beyond it, and on over v – w.
 */
function shrink(search: Search, v: number, w: number): void {
  const ancestor = commonBase(search, v, w)
  shrinkSide(search, v, w, ancestor)
  shrinkSide(search, w, v, ancestor)
}

function shrinkSide(search: Search, from: number, over: number, ancestor: number): void {
  const { mate, place, before, up, queue } = search
  let outer = from
  let next = over
  while (baseOf(up, outer) !== ancestor) {
    before[outer] = next
    const inner = mate[outer]!
    if (place[inner] === INNER) {
      place[inner] = OUTER
      queue[search.queued++] = inner
    }
    if (up[outer] === outer) up[outer] = ancestor
    if (up[inner] === inner) up[inner] = ancestor
    next = inner
    outer = before[inner]!
  }
}

function commonBase(search: Search, v: number, w: number): number {
  const { mate, before, up, mark } = search
  const id = ++search.lastMark
  let x = baseOf(up, v)
  let y = baseOf(up, w)
  for (;;) {
    if (x >= 0) {
      if (mark[x] === id) return x
      mark[x] = id
      x = mate[x]! < 0 ? -1 : baseOf(up, before[mate[x]!]!)
    }
    const other = x
    x = y
    y = other
  }
}

/** Whether a pair, were it allowed, could spoil the proof that no more can be matched. */
export function couldHelp({ place, component }: LargestMatching, v: number, w: number): boolean {
  return place[v] !== INNER && place[w] !== INNER && component[v] !== component[w]
}
