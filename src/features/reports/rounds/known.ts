import type { RoundRow } from '../../rounds/index.ts'
import type { AsOf } from '../as-of.ts'
import type { Count } from '../report.ts'
import type { RoundFigures, StepCounts } from './figures.ts'
import { STEPS, type Step } from './person-queries.ts'

const DAY_MS = 86_400_000

/** Whether a step can be told yet: nobody is asked at first, and nobody has completed what is not over. */
export function isKnown(step: Step, round: RoundRow, figures: RoundFigures, as_of: AsOf): boolean {
  if (step === 'in_touch') return figures.check_ins > 0
  if (step === 'completed') return isOver(round, as_of)
  return true
}

/** Whether the last day of the round is past, in UTC. */
function isOver({ ends_on }: RoundRow, { over_at }: AsOf): boolean {
  return ends_on !== null && Date.parse(`${ends_on}T00:00:00Z`) + DAY_MS <= over_at.getTime()
}

/** Counts as they are shown: what cannot be told yet is unknown. */
export function shownOf(counts: StepCounts, known: Record<Step, boolean>): Record<Step, Count> {
  return Object.fromEntries(STEPS.map((step) => [step, known[step] ? counts[step] : 'unknown'])) as Record<Step, Count>
}

export function knownSteps(round: RoundRow, figures: RoundFigures, as_of: AsOf): Record<Step, boolean> {
  return Object.fromEntries(STEPS.map((step) => [step, isKnown(step, round, figures, as_of)])) as Record<Step, boolean>
}

/** Of how many countries the people at a step are. */
export const countCountries = (figures: RoundFigures, step: Step): number =>
  figures.groups.country.filter((row) => row[step] > 0).length

/** How many of all came to each step, as it is shown. */
export const stepsShown = (round: RoundRow, figures: RoundFigures, as_of: AsOf): Record<Step, Count> =>
  shownOf(figures.total, knownSteps(round, figures, as_of))
