import { DateTime } from 'luxon'

/** One month as a calendar shows it: whole weeks from Monday, on clocks of one zone. */
export interface Month {
  /** `YYYY-MM` */
  month: string
  name: string
  previous: string
  next: string
  /** The first and last moment that the table shows. */
  from: Date
  to: Date
  weeks: MonthDay[][]
}

export interface MonthDay {
  /** `YYYY-MM-DD` */
  day: string
  number: number
  /** Such as "Thursday 3 March". */
  name: string
  outside: boolean
  today: boolean
}

const FIRST = '1990-01'
const LAST = '2199-12'

/** @param asked `YYYY-MM`; whatever is none is the month of `now` */
export function monthOf(asked: string | undefined, { now, zone }: { now: Date; zone: string }): Month {
  const here = DateTime.fromJSDate(now, { zone }).setLocale('en-GB')
  const given = DateTime.fromFormat(asked ?? '', 'yyyy-MM', { zone }).setLocale('en-GB')
  const inReach = given.isValid && (asked as string) >= FIRST && (asked as string) <= LAST
  const start = (inReach ? given : here).startOf('month')
  const from = start.startOf('week')
  const to = start.endOf('month').endOf('week')
  const today = here.toISODate()
  const weeks: MonthDay[][] = []
  for (let day = from; day < to; day = day.plus({ days: 1 })) {
    if (day.weekday === 1) weeks.push([])
    weeks.at(-1)?.push({
      day: day.toISODate() as string,
      number: day.day,
      name: day.toFormat('cccc d LLLL'),
      outside: day.month !== start.month,
      today: day.toISODate() === today,
    })
  }
  return {
    month: start.toFormat('yyyy-MM'),
    name: start.toFormat('LLLL yyyy'),
    previous: start.minus({ months: 1 }).toFormat('yyyy-MM'),
    next: start.plus({ months: 1 }).toFormat('yyyy-MM'),
    from: from.toJSDate(),
    to: to.toJSDate(),
    weeks,
  }
}

/** The day on which a moment falls in a zone, `YYYY-MM-DD`, and its time there. */
export function dayIn(at: Date, zone: string): { day: string; time: string } {
  const there = DateTime.fromJSDate(at, { zone })
  return { day: there.toISODate() as string, time: there.toFormat('HH:mm') }
}
