import { describeHierarchy, type Hierarchy } from '../../features/matching/index.ts'
import { formatCount } from '../present/numbers.ts'

/** What decides, in words and as bars: the hard rules, then what counts and how much. */
export function presentHierarchy(hierarchy: Hierarchy) {
  const { rules, criteria } = describeHierarchy(hierarchy)
  const counting = criteria.filter(({ weight }) => weight > 0)
  const sum = counting.reduce((total, { weight }) => total + weight, 0)
  const most = Math.max(1, ...counting.map(({ weight }) => weight))
  return {
    rules,
    sum: formatCount(sum),
    criteria: counting.map(({ label, weight, words }) => ({
      label,
      words,
      weight: formatCount(weight),
      bar: ((weight * 100) / most).toFixed(1),
    })),
    off: criteria.filter(({ weight }) => weight === 0).map(({ label }) => label),
  }
}
