import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { findRound, findRoundForUpdate, type RoundRow, updateRoundRow } from './queries.ts'
import { faultsOfTimetable, type Timetable } from './rules.ts'

/** A date of the round that moves with its start. */
export interface DateMove {
  field: keyof Timetable
  from: string
  to: string
}

export interface TimetableMove {
  /** So many days later; negative: earlier. */
  days: number
  timetable: Timetable
  moved: DateMove[]
  /** Dates that come before the start and stay. */
  staying: { field: keyof Timetable; on: string }[]
}

const BEFORE_START = ['applications_open_on', 'applications_close_on', 'confirm_by'] as const
const FROM_START = ['starts_on', 'ends_on'] as const
const DAY_MS = 86_400_000
const MOST_DAYS = 366

/**
 * What becomes of a timetable when its start moves: the start and what comes after it by the same number of days.
 * @param today `YYYY-MM-DD` @throws InvalidInput at `starts_on`, Conflict `round_ended`
 */
export function planTimetableMove(before: Timetable, starts_on: string, today: string): TimetableMove {
  if (before.ends_on !== null && before.ends_on < today)
    throw new Conflict('round_ended', `The round ended on ${before.ends_on}: its start can no longer be moved.`)
  if (before.starts_on === null) throw fault('The round has no start yet: set it in the timetable.')
  const [impossible] = faultsOfTimetable({ ...EMPTY, starts_on })
  if (impossible) throw fault(impossible.message)
  const days = Math.round((Date.parse(starts_on) - Date.parse(before.starts_on)) / DAY_MS)
  if (days === 0) throw fault(`The round starts on ${starts_on} already.`)
  if (Math.abs(days) > MOST_DAYS) throw fault('This is more than a year away from the present start.')
  const moved = FROM_START.flatMap((field): DateMove[] => {
    const from = before[field]
    return from === null ? [] : [{ field, from, to: shiftDay(from, days) }]
  })
  const timetable = { ...before, ...Object.fromEntries(moved.map(({ field, to }) => [field, to])) }
  const [disorder] = faultsOfTimetable(timetable)
  if (disorder) throw fault(disorder.message)
  const staying = BEFORE_START.flatMap((field) => {
    const on = before[field]
    return on === null ? [] : [{ field, on }]
  })
  return { days, timetable, moved, staying }
}

/** @param day `YYYY-MM-DD` */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The round, locked until the transaction ends when asked for: nobody changes its timetable meanwhile. @throws NotFound */
export async function getRoundToMove(db: DbOrTx, code: string, lock: boolean): Promise<RoundRow> {
  const row = await (lock ? findRoundForUpdate(db, code) : findRound(db, code))
  if (!row) throw new NotFound(`Round ${code}`)
  return row
}

export async function recordTimetable(tx: DbOrTx, round: RoundRow, timetable: Timetable): Promise<void> {
  const { name, country_cap_percent } = round
  const { applications_open_on, applications_close_on, confirm_by, starts_on, ends_on } = timetable
  const dates = { applications_open_on, applications_close_on, confirm_by, starts_on, ends_on }
  await updateRoundRow(tx, round.id, { name, country_cap_percent, ...dates })
}

const EMPTY: Timetable = {
  applications_open_on: null,
  applications_close_on: null,
  confirm_by: null,
  starts_on: null,
  ends_on: null,
}

const fault = (message: string) => new InvalidInput([{ field: 'starts_on', message }])
