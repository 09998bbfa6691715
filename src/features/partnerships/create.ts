import { Conflict } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { insertPartnerships, listPeopleWithPartners, takePartnershipIds } from './create-queries.ts'

export interface NewPartnership {
  person_ids: number[]
  /** Basis points. */
  score: number
  /** What the introduction says about why they were matched. */
  reasons: string
}

/**
 * Makes partnerships of an approved run; nobody is told of them yet. Those that share a person (a mentor of several) are
 * introduced together. Returns how many were made.
 * @param input.now when: figures of a past day count them from then on
 * @throws Conflict `has_partner` naming people who have a partner in the round already
 */
export async function createPartnerships(
  tx: DbOrTx,
  input: { round_id: number; run_id: number | null; partnerships: readonly NewPartnership[]; now: Date },
): Promise<number> {
  const { round_id, run_id, partnerships, now } = input
  if (partnerships.length === 0) return 0
  const taken = await listPeopleWithPartners(tx, round_id, [...new Set(partnerships.flatMap((one) => one.person_ids))])
  if (taken.length > 0) {
    const names = taken.map(({ given_name, family_name }) => `${given_name} ${family_name}`.trim())
    const have = taken.length === 1 ? 'has' : 'have'
    throw new Conflict('has_partner', `${list.format(names)} ${have} a partner in this round already.`)
  }
  const ids = await takePartnershipIds(tx, partnerships.length)
  const together = findTogether(partnerships.map(({ person_ids }) => person_ids))
  const rows = partnerships.map((partnership, at) => ({
    ...partnership,
    id: ids[at] as number,
    introduced_with: together[at] === at ? null : (ids[together[at] as number] as number),
  }))
  await insertPartnerships(tx, { round_id, run_id, now, rows })
  return rows.length
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** For each group of people the first that it shares somebody with, directly or through others; itself when there is none. */
function findTogether(groups: readonly number[][]): number[] {
  const first = groups.map((_, at) => at)
  const firstOf = (at: number): number => {
    let found = at
    while (first[found] !== found) found = first[found] as number
    return found
  }
  const seen = new Map<number, number>()
  for (const [at, people] of groups.entries()) {
    for (const person of people) {
      const other = seen.get(person)
      if (other === undefined) seen.set(person, at)
      else {
        const [a, b] = [firstOf(other), firstOf(at)]
        first[Math.max(a, b)] = Math.min(a, b)
      }
    }
  }
  return first.map((_, at) => firstOf(at))
}
