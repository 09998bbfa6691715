// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction

/**
 * What may happen next in the forest, earliest first: a heap with four children a node (half as deep as a binary one,
 * and the four lie in one cache line). Nothing is ever taken out or moved when it is overtaken by events; whoever
 * takes the earliest one recognises that it is stale.
 */
export interface EventHeap {
  size: number
  /** Events pushed so far */
  pushed: number
  at: Float64Array
  subject: Int32Array
  kind: Int32Array
}

/** An outer vertex gets a tight pair to a free one: `subject` is the free vertex. */
export const REACH = -1
/** The dual of an inner blossom falls to 0: `subject` is the blossom. */
export const EXPAND = -2
/** The dual of an outer vertex falls to that of being left over: `subject` is the vertex. */
export const EXPOSE = -3
// A kind ≥ 0 is a pair between two outer vertices that gets tight: its place in the row of `subject`.

/** @param room events it has room for at first; it grows */
export function openHeap(room: number): EventHeap {
  return { size: 0, pushed: 0, at: new Float64Array(room), subject: new Int32Array(room), kind: new Int32Array(room) }
}

export function pushEvent(heap: EventHeap, at: number, subject: number, kind: number): void {
  heap.pushed++
  let place = heap.size++
  if (place === heap.at.length) enlarge(heap)
  const times = heap.at
  const subjects = heap.subject
  const kinds = heap.kind
  while (place > 0) {
    const above = (place - 1) >> 2
    if (times[above]! <= at) break
    times[place] = times[above]!
    subjects[place] = subjects[above]!
    kinds[place] = kinds[above]!
    place = above
  }
  times[place] = at
  subjects[place] = subject
  kinds[place] = kind
}

/** Takes out the earliest event, which the caller has read at place 0. */
export function dropEarliest(heap: EventHeap): void {
  const size = --heap.size
  if (size === 0) return
  const times = heap.at
  const subjects = heap.subject
  const kinds = heap.kind
  const at = times[size]!
  let place = 0
  for (;;) {
    let child = (place << 2) + 1
    if (child >= size) break
    const end = child + 4 < size ? child + 4 : size
    let least = child
    let leastAt = times[child]!
    for (child++; child < end; child++) {
      if (times[child]! < leastAt) {
        leastAt = times[child]!
        least = child
      }
    }
    if (leastAt >= at) break
    times[place] = leastAt
    subjects[place] = subjects[least]!
    kinds[place] = kinds[least]!
    place = least
  }
  times[place] = at
  subjects[place] = subjects[size]!
  kinds[place] = kinds[size]!
}

function enlarge(heap: EventHeap): void {
  const room = 2 * heap.at.length
  const at = new Float64Array(room)
  const subject = new Int32Array(room)
  const kind = new Int32Array(room)
  at.set(heap.at)
  subject.set(heap.subject)
  kind.set(heap.kind)
  Object.assign(heap, { at, subject, kind })
}
