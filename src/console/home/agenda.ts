import { DateTime } from 'luxon'
import type { ListedCampaign } from '../../features/campaigns/index.ts'
import type { RoundRow, Timetable } from '../../features/rounds/index.ts'
import { presentDay } from '../present/time.ts'

export interface AgendaItem {
  /** "09:00", or '' for a whole day. */
  time: string
  /** A campaign's subject, or ''. */
  subject: string
  text: string
  href: string
}

export interface AgendaDay {
  iso: string
  name: string
  items: AgendaItem[]
}

const DATES: Record<keyof Timetable, string> = {
  applications_open_on: 'Applications open',
  applications_close_on: 'Last day of applications',
  confirm_by: 'Last day to confirm',
  starts_on: 'The round starts',
  ends_on: 'The round ends',
}

const STATES: Record<string, string> = {
  draft: 'planned, still a draft',
  scheduled: 'scheduled',
  sending: 'sending',
  paused: 'paused',
  done: 'done',
}

/**
 * Campaigns and dates of a round from today on, day by day on clocks of `zone`; a day without anything is left out.
 * @param by_itself drafts that nobody has to schedule
 */
export function presentAgenda(
  round: RoundRow,
  campaigns: readonly (ListedCampaign & { at: Date })[],
  { now, zone, days, by_itself }: { now: Date; zone: string; days: number; by_itself: readonly number[] },
): AgendaDay[] {
  const first = DateTime.fromJSDate(now, { zone })
  const today = first.toISODate() ?? ''
  const last = first.plus({ days: days - 1 }).toISODate() ?? ''
  const found: { day: string; item: AgendaItem }[] = []
  for (const [field, text] of Object.entries(DATES) as [keyof Timetable, string][]) {
    const day = round[field]
    if (day !== null && day >= today && day <= last)
      found.push({ day, item: { time: '', subject: '', text, href: `/console/rounds/${round.code}` } })
  }
  for (const { id, subject, state, at, local_time } of campaigns) {
    const there = DateTime.fromJSDate(at, { zone })
    const clock = local_time === null ? '' : `, at ${local_time} on each reader's own clock`
    found.push({
      day: there.toISODate() ?? '',
      item: {
        time: there.toFormat('HH:mm'),
        subject: subject || 'A campaign without a subject',
        text: `${by_itself.includes(id) ? 'leaves by itself' : (STATES[state] ?? state)}${clock}`,
        href: `/console/campaigns/${id}${state === 'draft' ? '' : '/report'}`,
      },
    })
  }
  const byDay = Map.groupBy(found, ({ day }) => day)
  return [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([iso, items]) => ({
      iso,
      name: iso === today ? `Today, ${presentDay(iso)}` : presentDay(iso),
      items: items.map(({ item }) => item),
    }))
}
