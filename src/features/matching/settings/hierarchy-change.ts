import { InvalidInput } from '../../../lib/errors.ts'
import type { Criterion, Hierarchy } from '../scores/index.ts'

/** A change of a decision hierarchy as programs send it; not looked at yet. */
export interface HierarchyChange {
  /** All criteria anew, or new weights for some of those there are, by their keys. */
  criteria?: Criterion[] | Record<string, number> | undefined
  /** Hard rules; what is not given stays. */
  rules?: Partial<Hierarchy['rules']> | undefined
}

/** The hierarchy with the change; whether it can be used is for checkHierarchy. @throws InvalidInput for an unknown key */
export function changeHierarchy(hierarchy: Hierarchy, { criteria, rules }: HierarchyChange): Hierarchy {
  return {
    rules: { ...hierarchy.rules, ...rules },
    criteria: Array.isArray(criteria) ? criteria : reweigh(hierarchy.criteria, criteria ?? {}),
  }
}

function reweigh(criteria: Criterion[], weights: Record<string, number>): Criterion[] {
  const keys = criteria.map(({ key }) => key)
  const faults = Object.keys(weights)
    .filter((key) => !keys.includes(key))
    .map((key) => ({ field: `criteria.${key}`, message: `There is no such criterion; there are ${keys.join(', ')}.` }))
  if (faults.length > 0) throw new InvalidInput(faults)
  return criteria.map((criterion) => ({ ...criterion, weight: weights[criterion.key] ?? criterion.weight }))
}
