import type { Clock } from '../../lib/clock.ts'
import { InvalidInput } from '../../lib/errors.ts'

/** What a report tells about: things as they stand, or as they stood at the end of a day in UTC. */
export interface AsOf {
  /** `YYYY-MM-DD`; null: as things stand. */
  day: string | null
  /** What was recorded before this counts; null: everything. */
  before: Date | null
  /** The moment for which the figures hold: the last of a past day, or now. */
  data_at: Date
  /** What is over by then is over: the end of a past day, or now. */
  over_at: Date
}

const DAY_MS = 86_400_000
/** Earlier than any programme; what is before it was mistyped. */
const FIRST_YEAR = 1970

/** @throws InvalidInput for `as_of`: not a day, or one that has not begun */
export function parseAsOf(clock: Clock, text: string | undefined): AsOf {
  const now = clock.now()
  if (text === undefined) return { day: null, before: null, data_at: now, over_at: now }
  const start = startOf(text)
  if (start === undefined) throw fault(`"${text.slice(0, 40)}" is not a day. Write it like 2016-03-31.`)
  if (start > now.getTime())
    throw fault(`${text} has not begun: today is ${now.toISOString().slice(0, 10)} in UTC. Ask for a day until then.`)
  const before = new Date(start + DAY_MS)
  const isOver = before <= now
  return { day: text, before, data_at: isOver ? new Date(+before - 1) : now, over_at: isOver ? before : now }
}

/** The first moment of a day in UTC; undefined when there is no such day. */
function startOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number(text.slice(0, 4)) < FIRST_YEAR) return undefined
  const start = Date.parse(`${text}T00:00:00Z`)
  // the 31st of June is read as the 1st of July
  return Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text ? undefined : start
}

const fault = (message: string) => new InvalidInput([{ field: 'as_of', message }])
