import type { ListedCampaign } from '../../features/campaigns/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { dayIn, type Month, type MonthDay } from './month.ts'
import { CAMPAIGN_STATES, subjectOf } from './wording.ts'

interface CalendarEntry {
  href: string
  /** Such as "09:00"; '' for a whole day. */
  time: string
  text: string
  lang: string
  /** Its state in words; '' for a date of the round. */
  state: string
}

interface CalendarDay extends MonthDay {
  entries: CalendarEntry[]
}

const DATES = {
  applications_open_on: 'Applications open',
  applications_close_on: 'Applications close',
  confirm_by: 'Last day to confirm',
  starts_on: 'The round starts',
  ends_on: 'The round ends',
} as const

/** The weeks of the table, and the days of the list that phones show: only those with something on them. */
export function presentCalendar(
  month: Month,
  round: RoundRow,
  campaigns: (ListedCampaign & { at: Date })[],
  { zone, writes }: { zone: string; writes: boolean },
): { weeks: { days: CalendarDay[] }[]; agenda: CalendarDay[] } {
  const entries = new Map<string, CalendarEntry[]>()
  const add = (day: string, entry: CalendarEntry) => entries.set(day, [...(entries.get(day) ?? []), entry])
  for (const [field, text] of Object.entries(DATES) as [keyof typeof DATES, string][]) {
    const day = round[field]
    if (day)
      add(day, { href: `/console/rounds/${encodeURIComponent(round.code)}`, time: '', text, lang: 'en', state: '' })
  }
  for (const campaign of campaigns) {
    const { day, time } = dayIn(campaign.at, zone)
    const isDraft = campaign.state === 'draft'
    add(day, {
      href: `/console/campaigns/${campaign.id}${isDraft && writes ? '' : '/report'}`,
      time,
      text: subjectOf(campaign.subject),
      lang: campaign.subject === '' ? 'en' : campaign.language,
      state: isDraft ? 'planned, still a draft' : (CAMPAIGN_STATES[campaign.state]?.text ?? campaign.state),
    })
  }
  const weeks = month.weeks.map((week) => ({
    days: week.map((day) => ({ ...day, entries: entries.get(day.day) ?? [] })),
  }))
  const agenda = weeks.flatMap(({ days }) => days).filter((day) => !day.outside && day.entries.length > 0)
  return { weeks, agenda }
}
