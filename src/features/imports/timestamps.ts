/** Which of the two numbers before the year is the day. */
export type DateOrder = 'month_first' | 'day_first'

const SLASHED = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([ap])\.?m\.?)?)?$/i
/** ISO 8601, and what Google Forms downloads: `2013/01/14 12:20:34 am GMT+11`. */
const YEAR_FIRST =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: *([ap])\.?m\.?)?)?(?: *(Z|UTC|GMT)?([+-]\d{1,2}(?::?\d{2})?)?)?$/i

/**
 * Both kinds of export write the month first unless the form's owner has set another locale: a first number above
 * twelve, anywhere in the file, says that the day is first.
 */
export function guessDateOrder(cells: Iterable<string>): DateOrder {
  for (const cell of cells) {
    const match = SLASHED.exec(cell.trim())
    if (!match) continue
    if (Number(match[1]) > 12) return 'day_first'
    if (Number(match[2]) > 12) return 'month_first'
  }
  return 'month_first'
}

/**
 * The instant a form was sent, as ISO text; undefined when it cannot be read. A time without a zone is taken for UTC:
 * exports do not say, and only the order of one person's forms depends on it.
 */
export function parseSubmittedAt(cell: string, order: DateOrder): string | undefined {
  const text = cell.trim()
  const slashed = SLASHED.exec(text)
  if (slashed) {
    const [, first, second, year, hour = '0', minute = '0', seconds = '0', half] = slashed
    const [month, day] = order === 'month_first' ? [first, second] : [second, first]
    return instantOf([year, month, day, half ? fullHour(hour, half) : hour, minute, seconds].map(Number))
  }
  const yearFirst = YEAR_FIRST.exec(text)
  if (!yearFirst) return undefined
  const [, year, , month, day, hour = '0', minute = '0', seconds = '0', half, , offset = ''] = yearFirst
  const parts = [year, month, day, half ? fullHour(hour, half) : hour, minute, seconds].map(Number)
  const instant = instantOf(parts)
  return instant && shiftByOffset(instant, offset)
}

/** 12 am is 0 h, 12 pm is 12 h. @param half a or p */
function fullHour(hour: string, half: string): number {
  const number = Number(hour)
  if (number < 1 || number > 12) return Number.NaN
  return (number % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

function instantOf(parts: number[]): string | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // What does not come back the same is no date: 30 February, 25 o'clock.
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  return same && year >= 1990 && year < 2200 ? date.toISOString() : undefined
}

function shiftByOffset(instant: string, offset: string): string {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset)
  if (!match) return instant
  const minutes = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * (match[1] === '-' ? -1 : 1)
  return new Date(Date.parse(instant) - minutes * 60_000).toISOString()
}
