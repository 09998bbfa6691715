import type { Column } from '../report.ts'
import type { Step } from './person-queries.ts'

const people = { unit: 'people', is_estimate: false } as const

/** The steps as columns, each with the step that it is a part of: completed is a part of matched, not of in touch. */
export const STEP_COLUMNS: readonly (Column & { key: Step })[] = [
  { ...people, key: 'applicants', name: 'Applicants', of: null, definition: 'applicants' },
  { ...people, key: 'participants', name: 'Participants', of: 'applicants', definition: 'participants' },
  { ...people, key: 'matched', name: 'Matched', of: 'participants', definition: 'matched' },
  { ...people, key: 'in_touch', name: 'In touch', of: 'matched', definition: 'in_touch' },
  { ...people, key: 'completed', name: 'Completed', of: 'matched', definition: 'completed' },
]

export const COUNTRIES: Column = {
  key: 'countries',
  name: 'Countries',
  unit: 'countries',
  of: null,
  definition: 'countries',
  is_estimate: false,
}

export const RETURNING: Column = {
  ...people,
  key: 'returning',
  name: 'Returning',
  of: 'participants',
  definition: 'returning',
}

const BASE: Column = { ...people, key: 'base', name: 'Of', of: null, definition: 'base' }
export const FUNNEL_COLUMNS: readonly Column[] = [
  { ...people, key: 'people', name: 'People', of: 'base', definition: 'step' },
  BASE,
  COUNTRIES,
]
export const STATE_COLUMNS: readonly Column[] = [
  { ...people, key: 'people', name: 'People', of: 'base', definition: 'not_confirmed' },
  BASE,
]

/** The step before, of which a step's people are a part. Applicants are all there are. */
export const baseOf = (step: Step): Step => (STEP_COLUMNS.find(({ key }) => key === step)?.of as Step | null) ?? step
