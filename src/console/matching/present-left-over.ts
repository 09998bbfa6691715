import type { MatchingRun } from '../../features/matching/index.ts'
import { formatCount } from '../present/numbers.ts'
import { people, presentPerson } from './words.ts'

/** More of them have a page of their own. */
const SHOWN = 50

/** Who is left over and why, with the ways to a partner. @param may whether who looks may change it now */
export function presentLeftOver(
  run: Pick<MatchingRun, 'id' | 'unmatched' | 'unmatched_count'>,
  { sees, may }: { sees: boolean; may: boolean },
  { from, to } = { from: 0, to: SHOWN },
) {
  const own = `/console/matching/${run.id}`
  const seen = run.unmatched.slice(from, to).map(({ words, possible_partners, ...person }) => ({
    ...presentPerson(person, sees),
    why: words,
    partners: formatCount(possible_partners),
    swap_href: possible_partners > 0 && may ? `${own}/swap?person=${person.person_id}` : '',
  }))
  return {
    count: people(run.unmatched_count),
    any: run.unmatched_count > 0,
    pairs: may && seen.length > 1,
    people: seen,
    more_href: run.unmatched_count > to ? `${own}/left-over` : '',
  }
}
