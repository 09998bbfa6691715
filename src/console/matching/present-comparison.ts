import type { MatchingRun } from '../../features/matching/index.ts'
import { formatCount } from '../present/numbers.ts'
import { percent, signed, total, UNITS } from './words.ts'

/** How it stands now, beside what one gets by taking the best pair first, again and again. */
export function presentComparison(run: MatchingRun) {
  const { id, greedy, mode, now, unmatched_count, people } = run
  if (!greedy || !now) return { comparison: [] }
  const { cardinality, total_score, worst_score, mean_score } = now
  const greedyMean = greedy.cardinality === 0 ? null : greedy.total_score / greedy.cardinality
  const unit = UNITS[mode][1]
  const score = (value: number | null) => (value === null ? 'none' : percent(value))
  const apart = (one: number | null, other: number | null) =>
    one === null || other === null ? '' : `${signed((one - other) / 100, '')} percentage points`
  return {
    comparison: [
      {
        name: `${unit.charAt(0).toUpperCase()}${unit.slice(1)}`,
        ours: formatCount(cardinality),
        href: '#proposals',
        theirs: formatCount(greedy.cardinality),
        apart: signed(cardinality - greedy.cardinality, '', 0),
      },
      {
        name: `Left over, of ${formatCount(people)} people`,
        ours: formatCount(unmatched_count),
        href: unmatched_count > 0 ? '#left-over' : '',
        theirs: formatCount(greedy.unmatched),
        apart: signed(unmatched_count - greedy.unmatched, '', 0),
      },
      {
        name: `Total of all ${unit}`,
        ours: total(total_score),
        href: '',
        theirs: total(greedy.total_score),
        apart:
          greedy.total_score === 0 ? '' : signed(((total_score - greedy.total_score) * 100) / greedy.total_score, ' %'),
      },
      {
        name: `Mean of all ${unit}`,
        ours: score(mean_score),
        href: '',
        theirs: score(greedyMean),
        apart: apart(mean_score, greedyMean),
      },
      {
        name: `Weakest of all ${unit}`,
        ours: score(worst_score),
        // The weakest stands first, unless another order was chosen.
        href: worst_score === null ? '' : `/console/matching/${id}#proposals`,
        theirs: score(greedy.worst_score),
        apart: apart(worst_score, greedy.worst_score),
      },
    ],
  }
}
