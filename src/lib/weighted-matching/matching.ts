// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Graph } from './graph.ts'

/**
 * What outlives a search: the matching, its dual solution and its blossoms. Vertices are 0 … n - 1; blossoms take the
 * ids from n on, and a vertex counts as a blossom of one.
 *
 * Edmonds (1965, "Maximum matching and a polyhedron with 0,1-vertices"): with a dual u for every vertex and z ≥ 0 for
 * every odd set B,
 *
 *     slack(v, w) = u(v) + u(w) + Σ z(B: v and w in B) - 4·weight(v, w) ≥ 0  for every allowed pair
 *
 * proves that a matching of everybody is worth at most (Σ u + Σ z(B)·(|B| - 1)/2)/4; one of pairs with slack 0 which
 * fills every B with z > 0 is worth exactly that. The solver keeps the inequalities true all the time and works towards
 * the equality. Where somebody must be left over, one more dual, λ, comes in (optimise.ts).
 */
export interface Matching {
  n: number
  graph: Graph
  /** The partner, or -1 while the vertex is exposed. */
  mate: Int32Array
  /** u */
  dual: Float64Array
  /** z, by blossom id; always even */
  blossomDual: Float64Array
  /** The outermost blossom a vertex lies in: itself where it lies in none. */
  top: Int32Array
  /** The blossom a blossom (or vertex) lies in directly, or -1. */
  parent: Int32Array
  /** The one vertex of a blossom that is not matched inside of it. */
  base: Int32Array
  /** By blossom id; null for vertices and for ids not in use. */
  cycle: (Cycle | null)[]
  /** Blossom ids not in use, the next one last. */
  spare: number[]
  /**
   * λ, the dual of being left over: the dual of every exposed vertex that has come to rest, below no vertex's dual
   * (exposure.ts). -Infinity where nobody need be left over.
   */
  exposure: number
  counts: Counts
  scratch: Scratch
}

/**
 * The odd cycle a blossom was shrunk from: child i and the next one (cyclic) are joined by the tight pair from[i] –
 * to[i], from[i] inside of child i. Child 0 holds the base; the pairs 1, 3, 5, … are the matched ones.
 */
export interface Cycle {
  children: number[]
  from: number[]
  to: number[]
}

/** What was done, in steps that repeat exactly on every machine: the performance guard of the tests reads them. */
export interface Counts {
  /** Searches of the jump start, and the vertices scanned in them */
  searches: number
  searchScans: number
  /** Trees that the forest started from, vertices scanned in it, events pushed to its heap */
  roots: number
  scans: number
  pushes: number
  /** Least slacks found anew after trees were taken out */
  rescans: number
  blossoms: number
  expands: number
  augments: number
}

interface Scratch {
  stack: Int32Array
  leaves: Int32Array
  mark: Int32Array
  lastMark: number
}

/** An empty matching with zero duals; a laminar family of odd sets of three and more has at most (n - 1)/2 members. */
export function openMatching(graph: Graph): Matching {
  const { n } = graph
  const ids = n + (n >> 1) + 1
  const itself = Int32Array.from({ length: n }, (_, v) => v)
  const base = new Int32Array(ids).fill(-1)
  base.set(itself)
  return {
    n,
    graph,
    mate: new Int32Array(n).fill(-1),
    dual: new Float64Array(n),
    blossomDual: new Float64Array(ids),
    top: itself,
    parent: new Int32Array(ids).fill(-1),
    base,
    cycle: new Array<Cycle | null>(ids).fill(null),
    spare: Array.from({ length: ids - n }, (_, i) => ids - 1 - i),
    exposure: Number.NEGATIVE_INFINITY,
    counts: noCounts(),
    scratch: {
      stack: new Int32Array(ids),
      leaves: new Int32Array(n),
      mark: new Int32Array(ids),
      lastMark: 0,
    },
  }
}

function noCounts(): Counts {
  return {
    searches: 0,
    searchScans: 0,
    roots: 0,
    scans: 0,
    pushes: 0,
    rescans: 0,
    blossoms: 0,
    expands: 0,
    augments: 0,
  }
}
