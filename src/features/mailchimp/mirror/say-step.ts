import type { PlanKind } from './drift.ts'
import { FIELD_NAMES, FIELDS } from './fields.ts'
import type { Step } from './plan.ts'

/** What is to be done about a contact, in words for staff: what differs, never an address. */
export function sayStep(step: Step, kind: PlanKind): string {
  const { decision, member, moves } = step
  if (kind === 'tagged') return [...signed('+', decision.tags_add), ...signed('−', decision.tags_remove)].join(', ')
  if (kind === 'taken' && decision.stop !== null) return `They are ${decision.stop} there.`
  if (kind === 'taken') return Object.keys(decision.take).map(nameOf).join(', ')
  if (kind === 'clashes') return decision.clashes.map(({ field }) => nameOf(field)).join(', ')
  if (kind === 'for_person') return decision.trouble?.replaceAll('_', ' ') ?? ''
  if (kind !== 'changed') return ''
  const differing = FIELDS.filter((field) => decision.fields[field] !== member?.fields[field]).map(nameOf)
  return [...(moves ? ['Address'] : []), ...differing].join(', ')
}

const signed = (sign: string, tags: readonly string[]) => tags.map((tag) => `${sign}${tag}`)
const nameOf = (field: string) => (FIELD_NAMES as Record<string, string>)[field] ?? field
