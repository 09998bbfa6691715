import { Conflict } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { countPool, countPoolCountries } from './pool-queries.ts'

/** Why somebody who applied is not matched. The first that holds counts. */
type LeftOut = 'removed' | 'not_confirmed' | 'no_conduct' | 'no_address'

const WORDS: Record<LeftOut, string> = {
  removed: 'removed under the code of conduct',
  not_confirmed: 'not confirmed',
  no_conduct: 'did not agree to the code of conduct',
  no_address: 'without an email address',
}

export interface Pool {
  people: number
  countries: number
  left_out: { reason: LeftOut; people: number; words: string }[]
}

/** Who of a round is matched, and why others are not. @throws NotFound */
export async function measurePool({ db }: { db: Db }, { code }: { code: string }): Promise<Pool> {
  const round = await getRoundRow({ db }, { code })
  const [counts, countries] = await Promise.all([countPool(db, round.id), countPoolCountries(db, round.id)])
  const people = (fate: string) => counts.find((found) => found.fate === fate)?.people ?? 0
  const reasons = Object.keys(WORDS) as LeftOut[]
  return {
    people: people('matched'),
    countries,
    left_out: reasons
      .map((reason) => ({ reason, people: people(reason), words: WORDS[reason] }))
      .filter((left) => left.people > 0),
  }
}

/** @throws Conflict `nobody_to_match` when a round has no two people to match, in words that say what to do */
export function refuseTooFew(code: string, people: number): void {
  if (people === 0)
    throw new Conflict(
      'nobody_to_match',
      `Nobody of round ${code} is confirmed yet, so there is nobody to match. Confirm applicants first.`,
    )
  if (people === 1)
    throw new Conflict(
      'nobody_to_match',
      `Only one person of round ${code} is confirmed, and a pair needs two. Confirm more applicants first.`,
    )
}
