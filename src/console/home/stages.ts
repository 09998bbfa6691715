import { type RoundRow, type Stage, shiftDay, stageOf, type Timetable } from '../../features/rounds/index.ts'
import { presentDay } from '../present/time.ts'

export interface StageMark {
  name: string
  /** When it is: "until 14 February 2016"; '' while not decided. */
  days: string
  state: 'done' | 'current' | 'to come'
  done: boolean
  current: boolean
}

const STAGES: { stage: Stage; name: string }[] = [
  { stage: 'planned', name: 'Planned' },
  { stage: 'applications', name: 'Applications' },
  { stage: 'confirmation', name: 'Confirmation' },
  { stage: 'matching', name: 'Matching' },
  { stage: 'running', name: 'Running' },
  { stage: 'ended', name: 'Ended' },
]

export const nameOfStage = (wanted: Stage) => STAGES.find(({ stage }) => stage === wanted)?.name ?? wanted

/** The six stages of a round with their dates, and where it stands. @param today `YYYY-MM-DD` */
export function presentStages(round: RoundRow, today: string): StageMark[] {
  const now = STAGES.findIndex(({ stage }) => stage === stageOf(round, today))
  return STAGES.map(({ stage, name }, at) => ({
    name,
    days: daysOf(stage, round),
    state: at < now ? 'done' : at === now ? 'current' : 'to come',
    done: at < now,
    current: at === now,
  }))
}

function daysOf(stage: Stage, round: Timetable): string {
  const { applications_open_on, applications_close_on, confirm_by, starts_on, ends_on } = round
  switch (stage) {
    case 'planned':
      return applications_open_on === null ? '' : `until ${presentDay(shiftDay(applications_open_on, -1))}`
    case 'applications':
      return span(applications_open_on, applications_close_on)
    case 'confirmation':
      return span(dayAfter(applications_close_on), confirm_by)
    case 'matching':
      return span(dayAfter(confirm_by), starts_on && shiftDay(starts_on, -1))
    case 'running':
      return span(starts_on, ends_on)
    case 'ended':
      return ends_on === null ? '' : `from ${presentDay(shiftDay(ends_on, 1))}`
  }
}

const dayAfter = (day: string | null) => day && shiftDay(day, 1)

function span(first: string | null, last: string | null): string {
  if (first === null) return last === null ? '' : `until ${presentDay(last)}`
  if (last === null) return `from ${presentDay(first)}`
  // Two dates that follow one another at once leave no day between.
  if (last < first) return ''
  return first === last ? presentDay(first) : `${presentDay(first)} to ${presentDay(last)}`
}
