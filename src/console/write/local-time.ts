import { DateTime } from 'luxon'
import { InvalidInput } from '../../lib/errors.ts'
import { instantAtLocalTime } from '../../lib/time-zones.ts'

/** As an input of type datetime-local has it, on the clock of `zone`; empty for no time. */
export function localOf(at: Date | null, zone: string): string {
  return at === null ? '' : DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")
}

/** The instant of such a text; null for none. @throws InvalidInput */
export function instantOf(local: string, zone: string): Date | null {
  if (local === '') return null
  const [date = '', time = ''] = local.split('T')
  try {
    return instantAtLocalTime(date, time.slice(0, 5), zone)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const message = `"${local}" is not a date and a time such as 2016-03-03T09:00.`
    throw new InvalidInput([{ field: 'planned_at', message }])
  }
}
