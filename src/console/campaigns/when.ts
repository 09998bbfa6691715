import { DateTime } from 'luxon'
import type { Campaign } from '../../features/campaigns/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { instantAtLocalTime } from '../../lib/time-zones.ts'

/** How the review asks when a campaign should leave: at once, as planned, at another time, or at everybody's own hour. */
export type WhenChoice = 'now' | 'planned' | 'at' | 'local'

/** The fields of the form as they come in. Day and time are on the clock of who fills it in. */
export interface WhenFields {
  when?: string | undefined
  day?: string | undefined
  time?: string | undefined
}

export interface When {
  choice: WhenChoice
  day: string
  time: string
  /** What to schedule; undefined while the fields do not say it. */
  schedule: { at: string; local_time?: string; hold_seconds?: number } | undefined
  /**
   * The choice in one word. A button carries it: when the form says something else by the time it is pressed, the
   * button is not believed.
   */
  said: string
  faults: FieldFault[]
}

/** "Now" leaves after this, so that it can be taken back. */
const HOLD_SECONDS = 120
const USUAL_TIME = '09:00'

interface Clocks {
  planned_at: Date | null
  /** Mailchimp knows one moment for everybody. */
  channel?: Campaign['channel']
  zone: string
  now: Date
}

/** Reads the form, or what it begins with: as planned, else tomorrow morning. */
export function readWhen(fields: WhenFields, { planned_at, channel, zone, now }: Clocks): When {
  const planned = planned_at && planned_at > now ? planned_at : null
  const start = suggestStart(planned, zone, now)
  const day = fields.day?.trim() ?? start.day
  const time = fields.time?.trim() ?? start.time
  const asked = fields.when === 'local' && channel === 'mailchimp' ? 'at' : fields.when
  const choice = chosen(asked, planned)
  const when = { choice, day, time, faults: [] }
  if (choice === 'now') return { ...when, schedule: { at: 'now', hold_seconds: HOLD_SECONDS }, said: 'now' }
  if (choice === 'planned' && planned) {
    return { ...when, schedule: { at: planned.toISOString() }, said: planned.toISOString() }
  }
  const faults = faultsOf(day, time)
  if (faults.length > 0) return { ...when, schedule: undefined, said: '', faults }
  if (choice === 'local') {
    // Only the date counts; noon is on that date whatever is made of it.
    return { ...when, schedule: { at: `${day}T12:00:00Z`, local_time: time }, said: `${day} ${time}` }
  }
  const at = instantAtLocalTime(day, time, zone).toISOString()
  return { ...when, schedule: { at }, said: at }
}

function chosen(asked: string | undefined, planned: Date | null): WhenChoice {
  if (asked === 'now' || asked === 'at' || asked === 'local') return asked
  return planned ? 'planned' : 'at'
}

function suggestStart(planned: Date | null, zone: string, now: Date): { day: string; time: string } {
  const here = (at: Date) => DateTime.fromJSDate(at, { zone })
  if (planned) return { day: here(planned).toISODate() as string, time: here(planned).toFormat('HH:mm') }
  return { day: here(now).plus({ days: 1 }).toISODate() as string, time: USUAL_TIME }
}

function faultsOf(day: string, time: string): FieldFault[] {
  const faults: FieldFault[] = []
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !DateTime.fromISO(day).isValid)
    faults.push({ field: 'day', message: 'Write the day as in 2016-03-31.' })
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) faults.push({ field: 'time', message: 'Write the time as in 09:00.' })
  return faults
}
