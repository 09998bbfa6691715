// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Matching } from './matching.ts'

/**
 * Writes the vertices of a blossom to `scratch.leaves` and returns how many they are. With a stack of its own: nests
 * may be deeper than the language's call stack.
 */
export function leavesOf(matching: Matching, blossom: number): number {
  const { n, cycle, scratch } = matching
  const { stack, leaves } = scratch
  if (blossom < n) {
    leaves[0] = blossom
    return 1
  }
  let depth = 0
  let count = 0
  stack[depth++] = blossom
  while (depth > 0) {
    const inner = stack[--depth]!
    if (inner < n) {
      leaves[count++] = inner
      continue
    }
    const { children } = cycle[inner]!
    for (let i = 0; i < children.length; i++) stack[depth++] = children[i]!
  }
  return count
}

/** Opens an outermost blossom: its children become outermost, its id is free again. Returns the children. */
export function openBlossom(matching: Matching, blossom: number): number[] {
  const { parent, top, base, blossomDual, cycle, spare, scratch } = matching
  const { children } = cycle[blossom]!
  for (const child of children) {
    parent[child] = -1
    const count = leavesOf(matching, child)
    for (let i = 0; i < count; i++) top[scratch.leaves[i]!] = child
  }
  cycle[blossom] = null
  base[blossom] = -1
  blossomDual[blossom] = 0
  spare.push(blossom)
  return children
}

/** Σ z of the blossoms that hold both vertices. */
export function sharedDual(matching: Matching, v: number, w: number): number {
  const { top, parent, blossomDual, scratch } = matching
  if (v === w || top[v] !== top[w] || top[v] === v) return 0
  const { mark } = scratch
  const id = ++scratch.lastMark
  for (let x = v; x >= 0; x = parent[x]!) mark[x] = id
  let sum = 0
  for (let x = w; x >= 0; x = parent[x]!) if (mark[x] === id) sum += blossomDual[x]!
  return sum
}

/**
 * Makes v the base of the blossom: the even way round the cycle from v's child to the old base's child changes matched
 * and unmatched, and so in every blossom on that way. The mate of v itself is the caller's to set.
 */
export function rebase(matching: Matching, blossom: number, v: number): void {
  const { n, parent, base, cycle, mate } = matching
  const blossoms = [blossom]
  const bases = [v]
  while (blossoms.length > 0) {
    const at = blossoms.pop()!
    const to = bases.pop()!
    let child = to
    while (parent[child] !== at) child = parent[child]!
    const ring = cycle[at]!
    const { children, from, to: into } = ring
    const size = children.length
    const place = children.indexOf(child)
    const enter = (inner: number, vertex: number) => {
      if (inner < n) return
      blossoms.push(inner)
      bases.push(vertex)
    }
    enter(child, to)
    // The pairs of the even way, every second one from the child's neighbour on, become the matched ones.
    const step = (pair: number) => {
      const x = from[pair]!
      const y = into[pair]!
      enter(children[pair]!, x)
      enter(children[(pair + 1) % size]!, y)
      mate[x] = y
      mate[y] = x
    }
    if (place & 1) for (let i = place + 1; i < size; i += 2) step(i)
    else for (let i = place - 2; i >= 0; i -= 2) step(i)
    if (place > 0) {
      ring.children = rotated(children, place)
      ring.from = rotated(from, place)
      ring.to = rotated(into, place)
    }
    base[at] = to
  }
}

function rotated(ring: number[], first: number): number[] {
  return ring.slice(first).concat(ring.slice(0, first))
}
