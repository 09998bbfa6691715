import { firstAtLeast } from './list-counter.ts'
import type { Profiles } from './profiles.ts'

/** What stands for a score where a hard rule forbids the pair. */
export const FORBIDDEN = 65535

/**
 * Writes FORBIDDEN over a finished row where a hard rule forbids the pair: this costs what is forbidden, and nothing
 * for all other pairs. @param to where in `out` the score of `from` stands
 */
export function forbid(profiles: Profiles, i: number, out: Uint16Array, from: number, end: number, to: number): void {
  const { groupings, pairs, barred } = profiles.rules
  const shift = to - from
  if (i >= from && i < end) out[i + shift] = FORBIDDEN
  for (const { groupOf, starts, members } of groupings) {
    const group = groupOf[i] as number
    if (group >= 0) strike(members, starts[group] as number, starts[group + 1] as number, out, from, end, shift)
  }
  strike(pairs.others, pairs.starts[i] as number, pairs.starts[i + 1] as number, out, from, end, shift)
  const { people } = barred
  if (people.length === 0) return
  strike(people, 0, people.length, out, from, end, shift)
  if (people[firstAtLeast(people, 0, people.length, i)] === i) out.fill(FORBIDDEN, to, to + end - from)
}

function strike(
  people: Uint32Array,
  start: number,
  stop: number,
  out: Uint16Array,
  from: number,
  end: number,
  shift: number,
): void {
  let at = start
  if (at < stop && (people[at] as number) < from) at = firstAtLeast(people, start, stop, from)
  for (; at < stop; at++) {
    const person = people[at] as number
    if (person >= end) return
    out[person + shift] = FORBIDDEN
  }
}
