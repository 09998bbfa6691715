import type { Step } from './plan.ts'
import type { Present } from './rules.ts'
import { digestOf } from './rules.ts'
import type { Written } from './written-queries.ts'

/** What came of writing. */
export interface Outcome {
  /** Names of contacts that are there now as they were wanted. */
  there: Set<string>
  /** Whom to look at once more at once: what is there is not what was known. */
  again: Set<number>
  /** Of whom Mailchimp said nothing: the next sync does them. */
  left: Set<number>
}

export const newOutcome = (): Outcome => ({ there: new Set(), again: new Set(), left: new Set() })

/** A step of somebody who is to be there. */
export type PresentStep = Step & { desired: Present; person_id: number }

export const isPresent = (step: Step): step is PresentStep => step.desired.want === 'there' && step.person_id !== null

/** The row as it stands once it was taken. */
export function writtenOf({ desired, person_id, decision }: PresentStep): Written {
  const { hash, address } = desired
  return { hash, person_id, address, fields: decision.fields, digest: digestOf(desired) }
}
