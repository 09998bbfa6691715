import { ASSOCIATION_DEFINITIONS } from './association/definitions.ts'
import { DELIVERY_DEFINITIONS } from './delivery/definitions.ts'
import { ENGAGEMENT_DEFINITIONS } from './engagement/definitions.ts'
import type { Column, Definition, Section } from './report.ts'
import { ROUND_DEFINITIONS } from './rounds/definitions.ts'

/**
 * What each figure is, in one place for each part: engagement, delivery and associations bring their own lists. A key
 * is used once.
 */
const DEFINITIONS: readonly Definition[] = [
  ...ROUND_DEFINITIONS,
  ...ENGAGEMENT_DEFINITIONS,
  ...DELIVERY_DEFINITIONS,
  ...ASSOCIATION_DEFINITIONS,
]

/** The definitions that these sections use, and those named, in the order of their first use. */
export function definitionsOf(sections: readonly Section[], named: readonly string[] = []): Definition[] {
  const used = new Set([
    ...named,
    ...sections.flatMap(({ columns }) => columns.map(({ definition }: Column) => definition)),
  ])
  return [...used].map(getDefinition)
}

function getDefinition(key: string): Definition {
  const found = DEFINITIONS.find((one) => one.key === key)
  if (!found) throw new Error(`no definition of ${key}`)
  return found
}
