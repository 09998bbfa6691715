import type { PairJudge } from '../runs/pair-judge.ts'

/** A proposal as the plan needs it: who is in it, and what it is worth (basis points). */
export interface Together {
  people: readonly number[]
  score: number
}

/** What stands when a person has been given another partner. */
export interface SwapPlan {
  pair: Together
  /** The former partner in the place of the new one, or who stays together without them. */
  other: Together | undefined
  /** Who has nobody then. */
  left_over: number[]
  /** Basis points by which the total falls; negative where it rises. */
  cost: number
}

export interface Swap {
  /** Whose partner changes. */
  person_id: number
  /** Their proposal of two; undefined when they are left over. */
  from: Together | undefined
  with_person_id: number
  /** Where the new partner is now; undefined when they are left over. */
  to: Together | undefined
}

/**
 * The exchange of two partners: A gets C, and A's partner B takes the place that C leaves, where that is allowed; else B
 * and whom C leaves alone are left over. Undefined when A and C may not be partners.
 */
export function planSwap(
  judge: Pick<PairJudge, 'score' | 'scoreTogether'>,
  { person_id, from, with_person_id, to }: Swap,
): SwapPlan | undefined {
  const score = judge.score(person_id, with_person_id)
  if (score === undefined) return undefined
  const freed = (from?.people ?? []).filter((id) => id !== person_id)
  const left = (to?.people ?? []).filter((id) => id !== with_person_id)
  const other = regroup(judge, freed, left)
  const placed = new Set(other?.people)
  const before = (from?.score ?? 0) + (to?.score ?? 0)
  return {
    pair: { people: [person_id, with_person_id], score },
    other,
    left_over: [...freed, ...left].filter((id) => !placed.has(id)),
    cost: before - score - (other?.score ?? 0),
  }
}

function regroup(judge: Pick<PairJudge, 'scoreTogether'>, freed: number[], left: number[]): Together | undefined {
  // Together with whom C leaves, else those alone: of a trio two stay a pair.
  for (const people of [[...freed, ...left], left]) {
    if (people.length < 2 || left.length === 0) continue
    const score = judge.scoreTogether(people)
    if (score !== undefined) return { people, score }
  }
  return undefined
}
