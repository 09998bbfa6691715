import type { Timetable } from '../../rounds/index.ts'

/** `undecided`: nobody has said yet when applications open. */
export type Period = 'undecided' | 'planned' | 'open' | 'closed'

export interface FormPeriod {
  period: Period
  opens_at: Date | null
  /** The last moment at which a form can be sent. */
  closes_at: Date | null
}

/**
 * When the form of a round can be filled in. It opens with its day in UTC, as the stage of the round does, and closes
 * with the end of its day everywhere on earth: at 12:00 UTC of the next. A round that has begun takes nobody any more.
 */
export function periodOf(timetable: Timetable, now: Date): FormPeriod {
  const { applications_open_on, applications_close_on, starts_on } = timetable
  const opens_at = applications_open_on === null ? null : dayStart(applications_open_on)
  const closes_at =
    applications_close_on !== null ? dayEnd(applications_close_on) : starts_on === null ? null : dayStart(starts_on)
  return { period: stand(opens_at, closes_at, now), opens_at, closes_at }
}

function stand(opens: Date | null, closes: Date | null, now: Date): Period {
  if (closes && now >= closes) return 'closed'
  if (!opens) return 'undecided'
  return now < opens ? 'planned' : 'open'
}

const HOUR_MS = 3_600_000

/** The moment at which those who wait are told that applications are open: noon in UTC, daylight for most. */
export function noticeAt(applications_open_on: string): Date {
  return new Date(dayStart(applications_open_on).getTime() + 12 * HOUR_MS)
}

const dayStart = (day: string) => new Date(`${day}T00:00:00Z`)
/** The day ends last at UTC-12. */
const dayEnd = (day: string) => new Date(dayStart(day).getTime() + 36 * HOUR_MS)

/** The round to speak of outside any: the one whose form is open, else that which opens next, else the newest. */
export function chooseRound<Row extends Timetable>(rounds: readonly Row[], now: Date): Row | undefined {
  const byOpening = rounds.toSorted((a, b) =>
    (a.applications_open_on ?? '9').localeCompare(b.applications_open_on ?? '9'),
  )
  const inPeriod = (period: Period) => byOpening.find((round) => periodOf(round, now).period === period)
  return inPeriod('open') ?? inPeriod('planned') ?? rounds[0]
}

export const LINK_DAYS = 7
const DAY_MS = 24 * HOUR_MS

/** A link to verify an address works for seven days; then the page offers a new one. */
export function isLinkOld(mailed_at: Date, now: Date): boolean {
  return now.getTime() - mailed_at.getTime() > LINK_DAYS * DAY_MS
}

/**
 * Whether the address of a form that was sent in time may still be verified: a week from its sending, or as long as
 * applications are open.
 */
export function mayVerify(submitted_at: Date, { closes_at }: Pick<FormPeriod, 'closes_at'>, now: Date): boolean {
  return closes_at === null || now < closes_at || now.getTime() - submitted_at.getTime() <= LINK_DAYS * DAY_MS
}
