// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { flipToRoot, settleTree, takeOut } from './augment.ts'
import { dropEarliest, EXPAND, EXPOSE, REACH } from './event-heap.ts'
import { expand } from './expand.ts'
import { clearForest, type Forest, FREE, INNER, makeInner, makeOuter, OUTER, scan } from './forest.ts'
import type { Matching } from './matching.ts'
import { shrink } from './shrink.ts'

export interface SearchFrom {
  roots: readonly number[]
  leave: number
  mayExpose: boolean
}

/**
 * One search of the multi-tree primal-dual method: grows the forest from these exposed roots, event by event, until no
 * more than `leave` of them are without a mate. The rules of each event:
 *
 * - an outer vertex reaches a free blossom: it becomes inner and its mate outer; if it is exposed, augment;
 * - a pair between two outer blossoms gets tight: augment if they are of two trees, shrink if of one;
 * - an inner blossom's dual gets 0: expand;
 * - an outer vertex's dual falls to λ (only with `mayExpose`): it may be left over in its root's place.
 *
 * A graph that has such a matching never runs out of events; that it has is known before (cardinality.ts).
 */
export function search(matching: Matching, forest: Forest, from: SearchFrom): void {
  const { roots, leave } = from
  const { mate, top, base, dual, parent, blossomDual } = matching
  const { to, weight4 } = matching.graph
  const { heap, label, since, root, reachAt, reachFrom, delay, queue } = forest
  clearForest(forest)
  forest.mayExpose = from.mayExpose
  for (const v of roots) makeOuter(matching, forest, top[v]!, -1, -1, v)
  matching.counts.roots += roots.length

  forest.wanting = roots.length - leave
  while (forest.wanting > 0) {
    while (forest.queued > 0) scan(matching, forest, queue[--forest.queued]!)
    if (heap.size === 0) throw new Error('The forest ran out of events.')
    const at = heap.at[0]!
    const subject = heap.subject[0]!
    const kind = heap.kind[0]!
    dropEarliest(heap)
    const blossom = kind === EXPAND ? subject : top[subject]!
    // Each branch first asks whether the event is stale: whether what it announced is true at this moment, exactly.
    if (kind === REACH) {
      if (label[blossom] !== FREE || reachAt[subject]! + delay[subject]! !== at) continue
      forest.clock = at
      const from = reachFrom[subject]!
      const tree = root[top[from]!]!
      const exit = base[blossom]!
      if (mate[exit]! < 0) {
        forest.entryFrom[blossom] = -1
        flipToRoot(matching, forest, subject, from)
        flipToRoot(matching, forest, from, subject)
        matching.counts.augments++
        forest.wanting--
        takeOut(matching, forest, [tree])
        continue
      }
      makeInner(matching, forest, blossom, from, subject, tree)
      makeOuter(matching, forest, top[mate[exit]!]!, exit, mate[exit]!, tree)
    } else if (kind === EXPAND) {
      if (label[blossom] !== INNER || parent[blossom]! >= 0 || matching.cycle[blossom] === null) continue
      if (since[blossom]! + blossomDual[blossom]! / 2 !== at) continue
      forest.clock = at
      expand(matching, forest, blossom)
    } else if (kind === EXPOSE) {
      if (label[blossom] !== OUTER || dual[subject]! - (at - since[blossom]!) !== matching.exposure) continue
      forest.clock = at
      const tree = root[blossom]!
      flipToRoot(matching, forest, subject, -1)
      forest.wanting--
      takeOut(matching, forest, [tree])
    } else {
      const other = to[kind]!
      const otherBlossom = top[other]!
      if (blossom === otherBlossom || label[blossom] !== OUTER || label[otherBlossom] !== OUTER) continue
      const fallen = at - since[blossom]! + (at - since[otherBlossom]!)
      if (dual[subject]! + dual[other]! - fallen !== weight4[kind]!) continue
      forest.clock = at
      const one = root[blossom]!
      const two = root[otherBlossom]!
      if (one === two) {
        shrink(matching, forest, subject, other)
        continue
      }
      flipToRoot(matching, forest, subject, other)
      flipToRoot(matching, forest, other, subject)
      matching.counts.augments++
      forest.wanting -= 2
      takeOut(matching, forest, [one, two])
    }
  }
  if (leave > 0) for (const v of roots) settleTree(matching, forest, v, [], [])
  matching.counts.pushes += heap.pushed
  heap.pushed = 0
}
