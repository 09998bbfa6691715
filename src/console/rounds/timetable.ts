import type { ListedCampaign } from '../../features/campaigns/index.ts'
import type { DeliveryCounts } from '../../features/deliveries/index.ts'
import type { RoundRow, Timetable } from '../../features/rounds/index.ts'
import { presentListRow } from '../campaigns/present-list.ts'
import { presentDay } from '../present/time.ts'

export const DATES: [keyof Timetable, string][] = [
  ['applications_open_on', 'Applications open'],
  ['applications_close_on', 'Last day of applications'],
  ['confirm_by', 'Last day to confirm'],
  ['starts_on', 'The round starts'],
  ['ends_on', 'Last day of the round'],
]

export interface TimetableEntry {
  iso: string
  day: string
  over: boolean
  /** A date of the round; '' for a campaign. */
  text: string
  campaign: ReturnType<typeof presentListRow> | null
}

type Counted = ListedCampaign & { counts: DeliveryCounts | undefined }

/** The dates of a round with its campaigns between them, in the order of time; and campaigns that have none. */
export function presentTimetable(
  round: RoundRow,
  campaigns: readonly Counted[],
  { zone, writes, now }: { zone: string; writes: boolean; now: Date },
): { entries: TimetableEntry[]; undated: ReturnType<typeof presentListRow>[] } {
  const today = now.toISOString().slice(0, 10)
  const entries = DATES.flatMap(([field, text]): TimetableEntry[] => {
    const day = round[field]
    return day === null ? [] : [{ iso: day, day: presentDay(day), over: day < today, text, campaign: null }]
  })
  const undated: ReturnType<typeof presentListRow>[] = []
  for (const campaign of campaigns) {
    const at = timeOf(campaign)
    const view = presentListRow(campaign, campaign.counts, { zone, writes })
    if (at === null) undated.push(view)
    else entries.push({ iso: at.toISOString(), day: '', over: at < now, text: '', campaign: view })
  }
  // A date stands before the moments of its day.
  entries.sort((a, b) => (a.iso < b.iso ? -1 : a.iso > b.iso ? 1 : 0))
  return { entries, undated }
}

function timeOf({ state, planned_at, starts_at, started_at, finished_at }: ListedCampaign): Date | null {
  if (state === 'draft') return planned_at
  return started_at ?? (state === 'cancelled' ? finished_at : starts_at)
}
