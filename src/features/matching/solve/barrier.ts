// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Barrier } from '../../../lib/weighted-matching/index.ts'

/** People of whom some must be left over, and how many partners they have between them. Persons of the pool. */
export interface PoolBarrier {
  people: number[]
  partners: number
}

/**
 * What a barrier (Tutte-Berge) says in words: of people who may only be paired with a few others, more are left over than
 * these can take. Mostly they are parts of one person each, such as everybody of a large country. Where larger odd parts
 * are needed for the proof, their people have each other beside the partners counted.
 * @param isAlone people who have no partner at all are told by themselves
 */
export function describeBarrier(barrier: Barrier, isAlone: (person: number) => boolean): PoolBarrier | null {
  const size = new Int32Array(barrier.parts)
  for (const part of barrier.part) if (part >= 0) size[part]!++
  const inParts = [...barrier.part.keys()].filter((person) => barrier.part[person]! >= 0 && !isAlone(person))
  const singles = inParts.filter((person) => size[barrier.part[person]!] === 1)
  const people = singles.length > barrier.inner.length ? singles : inParts
  return people.length === 0 ? null : { people, partners: barrier.inner.length }
}
