import { countryName } from '../../../lib/countries.ts'
import type { RoundRow } from '../../rounds/index.ts'
import type { AsOf } from '../as-of.ts'
import type { Row, Section } from '../report.ts'
import { baseOf, FUNNEL_COLUMNS, STATE_COLUMNS, STEP_COLUMNS } from './columns.ts'
import type { RoundFigures } from './figures.ts'
import { countCountries, knownSteps, shownOf } from './known.ts'
import { DIMENSIONS, type Dimension, NOT_SAID, OTHER, STEPS, type Step, TOTAL } from './person-queries.ts'

/** The sections in which a step has a column, each row a value of one dimension. */
export const BY_DIMENSION: readonly {
  key: Exclude<Dimension, 'state'>
  name: string
  row_name: string
  others: string
  note: string
}[] = [
  { key: 'country', name: 'By country', row_name: 'Country', others: '', note: 'The country of the application.' },
  {
    key: 'sector',
    name: 'By sector',
    row_name: 'Sector',
    others: 'Other sectors',
    note: 'As people wrote it. The 40 with the most applicants have a row of their own.',
  },
  {
    key: 'career_stage',
    name: 'By career stage',
    row_name: 'Career stage',
    others: 'Other career stages',
    note: 'As people wrote it. The 40 with the most applicants have a row of their own.',
  },
  {
    key: 'pathway',
    name: 'By pathway',
    row_name: 'Pathway',
    others: 'Other pathways',
    note: 'How they came: through an association, or directly. The 40 with the most applicants have a row of their own.',
  },
  {
    key: 'experience',
    name: 'New and returning',
    row_name: 'Experience',
    others: '',
    note: 'Returning: with a confirmed application in an earlier round.',
  },
]

const STEP_NAMES: Record<Step, string> = {
  applicants: 'Applicants',
  participants: 'Participants',
  matched: 'Matched',
  in_touch: 'In touch',
  completed: 'Completed',
}

/** In the order of how it usually goes. */
export const NOT_CONFIRMED: Readonly<Record<string, string>> = {
  applied: 'Still open',
  waitlisted: 'On the waiting list',
  declined: 'Declined',
  lapsed: 'Lapsed without an answer',
  withdrawn: 'Withdrawn',
  removed: 'Removed',
}

const EMPTY = 'Applicants stand here once there are any: import their forms, or open the application form of the round.'

/**
 * A row for each step with its people (`people`), the people of the step that it is a part of (`base`: applicants of
 * participants, participants of matched, matched of in touch and of completed), and in how many countries they are.
 */
export function funnelOf(figures: RoundFigures, known: Record<Step, boolean>): Section {
  const counts = shownOf(figures.total, known)
  const rows = STEPS.map((step) => ({
    key: step,
    name: STEP_NAMES[step],
    counts: {
      people: counts[step],
      base: counts[baseOf(step)],
      countries: known[step] ? countCountries(figures, step) : ('unknown' as const),
    },
  }))
  return {
    key: 'funnel',
    name: 'From application to completion',
    row_name: 'Step',
    columns: [...FUNNEL_COLUMNS],
    rows,
    total: null,
    note: 'Each step is a part of the one before; completed, as in touch, is a part of matched.',
    empty: EMPTY,
    chart: { kind: 'bars', column: 'people' },
    has_people: true,
  }
}

/** Applicants who are no participants, by the state of their application. */
export function statesOf({ groups, total }: RoundFigures): Section {
  const base = total.applicants
  const rows = Object.entries(NOT_CONFIRMED).map(([key, name]) => ({
    key,
    name,
    counts: { people: groups.state.find((row) => row.key === key)?.applicants ?? 0, base },
  }))
  return {
    key: 'states',
    name: 'Not confirmed',
    row_name: 'Application',
    columns: [...STATE_COLUMNS],
    rows: base === 0 ? [] : rows,
    total: { key: TOTAL, name: 'All not confirmed', counts: { people: base - total.participants, base } },
    note: '',
    empty: EMPTY,
    chart: { kind: 'bars', column: 'people' },
    has_people: true,
  }
}

/** A row for each value of one dimension, those with the most participants first; its total is the same in each. */
function dimensionOf(
  dimension: (typeof BY_DIMENSION)[number],
  figures: RoundFigures,
  known: Record<Step, boolean>,
): Section {
  const { key, name, row_name, note, others } = dimension
  const named = figures.groups[key].map((row) => ({ ...row, name: nameOf(key, row.key, others) }))
  const rows: Row[] = named
    .toSorted(
      (a, b) =>
        rank(a.key) - rank(b.key) ||
        b.participants - a.participants ||
        b.applicants - a.applicants ||
        (a.name < b.name ? -1 : 1),
    )
    .map((row) => ({ key: row.key, name: row.name, counts: shownOf(row, known) }))
  return {
    key,
    name,
    row_name,
    columns: [...STEP_COLUMNS],
    rows,
    total: { key: TOTAL, name: 'All', counts: shownOf(figures.total, known) },
    note,
    empty: EMPTY,
    chart: { kind: 'bars', column: 'participants' },
    has_people: true,
  }
}

/** The tables by these dimensions, in this order; all of them when none are named. */
export function dimensionSections(
  round: RoundRow,
  figures: RoundFigures,
  as_of: AsOf,
  keys: readonly Dimension[] = DIMENSIONS,
): Section[] {
  const known = knownSteps(round, figures, as_of)
  const wanted = BY_DIMENSION.filter(({ key }) => keys.includes(key))
  return wanted.map((dimension) => dimensionOf(dimension, figures, known))
}

/** Rows that are no value come last. */
const rank = (key: string) => [OTHER, NOT_SAID].indexOf(key)

function nameOf(dimension: Dimension, key: string, others: string): string {
  if (dimension === 'country') return countryName(key)
  if (dimension === 'experience') return key === 'new' ? 'New' : 'Returning'
  if (key === NOT_SAID) return 'Not said'
  if (key === OTHER) return others
  // what is written like a key of ours has one before it
  return key.startsWith('~') ? key.slice(1) : key
}
