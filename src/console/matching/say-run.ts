import type { MatchingRun } from '../../features/matching/index.ts'
import { formatCount } from '../present/numbers.ts'
import { madeOf, people } from './words.ts'

/** How it stands now, such as "580 pairs and one group of three, of 1,163 people; nobody is left over." */
export function sayFound({ mode, people: all, cardinality, now, unmatched_count }: MatchingRun): string {
  const made = now?.cardinality ?? cardinality ?? 0
  const trios = mode === 'pairs' ? Math.max(0, all - unmatched_count - 2 * made) : 0
  const left =
    unmatched_count === 0
      ? 'nobody is left over'
      : `${people(unmatched_count)} ${unmatched_count === 1 ? 'is' : 'are'} left over`
  if (trios === 0) return `${madeOf(mode, made)} of ${people(all)}; ${left}.`
  const groups = trios === 1 ? 'one group of three' : `${formatCount(trios)} groups of three`
  return `${made === trios ? '' : `${madeOf(mode, made - trios)} and `}${groups}, of ${people(all)}; ${left}.`
}

/** What is known about how good it is, as the run found it. */
export function sayProof(run: MatchingRun): string {
  const { mode, policy, proven_optimal, gap } = run
  if (mode === 'groups') return sayBound(gap)
  if (!proven_optimal) {
    const off = gap === null ? '' : ` At most ${(gap * 100).toFixed(3)} % could still be gained.`
    return `Not proven to be the best.${off}`
  }
  const what = mode === 'mentors' ? 'arrangement' : 'pairing'
  switch (policy) {
    case 'floor':
      return `Proven: no other ${what} serves more people or, with as many, has a better worst pair, and among those none has a higher total.`
    case 'total':
      return `Proven: no other ${what} serves more people, and among those none has a higher total.`
    case 'balanced':
      return `Proven: no other ${what} serves more people, and among those none lifts weak pairs more for the total that it costs.`
  }
}

/** @param gap what is missing to the bound, as a part of what was found */
function sayBound(gap: number | null): string {
  const words = 'The best groups cannot be proven'
  return gap === null
    ? `${words}.`
    : `${words}; no other grouping can be better by more than ${(gap * 100).toFixed(1)} %.`
}

/** What staff's changes have made of it; empty when there are none. */
export function sayByHand({ now, total_score }: MatchingRun): string {
  if (!now || now.edits === 0 || !total_score) return ''
  const lost = total_score - now.total_score
  const one = now.edits === 1
  const share = `${(Math.abs(lost * 100) / total_score).toFixed(2)} % of the total that the run found`
  const subject = one ? 'One change by hand: it' : `${formatCount(now.edits)} changes by hand: they`
  if (lost === 0) return `${subject} ${one ? 'leaves' : 'leave'} the total as it was.`
  return `${subject} ${lost > 0 ? (one ? 'costs' : 'cost') : one ? 'adds' : 'add'} ${share}.`
}
