import type { FieldFault } from '../../lib/errors.ts'

/** The timetable of a round: dates as `YYYY-MM-DD`, null while not decided. */
export interface Timetable {
  applications_open_on: string | null
  applications_close_on: string | null
  confirm_by: string | null
  starts_on: string | null
  ends_on: string | null
}

export type Stage = 'planned' | 'applications' | 'confirmation' | 'matching' | 'running' | 'ended'

/**
 * Where a round stands on a day. Each date opens or closes its own stage, so a timetable with gaps still tells: the
 * latest date that has passed decides. The days named belong to their stage: applications close after that day.
 * @param today `YYYY-MM-DD`, in UTC
 */
export function stageOf(timetable: Timetable, today: string): Stage {
  const { applications_open_on, applications_close_on, confirm_by, starts_on, ends_on } = timetable
  if (ends_on !== null && today > ends_on) return 'ended'
  if (starts_on !== null && today >= starts_on) return 'running'
  if (confirm_by !== null && today > confirm_by) return 'matching'
  if (applications_close_on !== null && today > applications_close_on) return 'confirmation'
  if (applications_open_on !== null && today >= applications_open_on) return 'applications'
  return 'planned'
}

const ORDER = [
  ['applications_open_on', 'the opening of applications'],
  ['applications_close_on', 'the close of applications'],
  ['confirm_by', 'the confirmation deadline'],
  ['starts_on', 'the start'],
  ['ends_on', 'the end'],
] as const satisfies [keyof Timetable, string][]

/** What is wrong with a timetable: dates that do not exist or stand in the wrong order. */
export function faultsOfTimetable(timetable: Timetable): FieldFault[] {
  const faults: FieldFault[] = []
  let before: { date: string; words: string } | undefined
  for (const [field, words] of ORDER) {
    const date = timetable[field]
    if (date === null) continue
    if (!isDate(date)) {
      faults.push({ field, message: `"${date}" is not a date such as 2016-01-31.` })
      continue
    }
    if (before && date < before.date)
      faults.push({ field, message: `${sentence(words)} cannot be before ${before.words} (${before.date}).` })
    else if (before && field === 'ends_on' && date === before.date && timetable.starts_on === date)
      faults.push({ field, message: 'The end must be after the start.' })
    before = { date, words }
  }
  return faults
}

export interface CountryShare {
  country: string
  applicants: number
  /** Of all applicants, one decimal. */
  percent: number
}

/** Countries with more than their share (product.md: over 20 % is capped), the largest first. */
export function listOverCap(
  by_country: readonly { country_code: string; applicants: number }[],
  capPercent: number,
): CountryShare[] {
  const total = by_country.reduce((sum, { applicants }) => sum + applicants, 0)
  return by_country
    .filter(({ applicants }) => applicants * 100 > capPercent * total)
    .sort((a, b) => b.applicants - a.applicants || (a.country_code < b.country_code ? -1 : 1))
    .map(({ country_code, applicants }) => ({
      country: country_code,
      applicants,
      percent: Math.round((applicants * 1000) / total) / 10,
    }))
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function isDate(text: string): boolean {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // 30 February would be read as 1 March
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text)
}
