import type { CampaignMove, RoundMove, StayingCampaign } from '../../features/campaigns/index.ts'
import { presentDay, presentTime } from '../present/time.ts'
import { DATES } from './timetable.ts'

const WHY: Record<StayingCampaign['why'], string> = {
  sending: 'it is being sent',
  done: 'it is done',
  past: 'its time is past, and would be past then too',
}

const STATES: Record<string, string> = { draft: 'planned', scheduled: 'scheduled', paused: 'paused' }

/** What moves and what stays, in words; times on clocks of `zone`. */
export function presentMove(move: RoundMove, zone: string) {
  const { days } = move
  const count = Math.abs(days)
  return {
    by: `${count} ${count === 1 ? 'day' : 'days'} ${days > 0 ? 'later' : 'earlier'}`,
    dates: move.dates.map(({ field, from, to }) => ({
      name: nameOf(field),
      from: presentDay(from),
      to: presentDay(to),
    })),
    campaigns: move.campaigns.map((campaign) => ({
      href: `/console/campaigns/${campaign.id}`,
      subject: campaign.subject || '(no subject yet)',
      state: STATES[campaign.state] ?? campaign.state,
      ...timesOf(campaign, zone),
    })),
    staying: [
      ...move.dates_staying.map(({ field, on }) => ({
        href: '',
        text: nameOf(field),
        why: `${presentDay(on)}: it comes before the start`,
      })),
      ...move.campaigns_staying.map(({ id, subject, why, at }) => ({
        href: `/console/campaigns/${id}${why === 'past' ? '' : '/report'}`,
        text: subject || '(no subject yet)',
        why: `${at ? `${presentTime(at, zone).text}: ` : ''}${WHY[why]}`,
      })),
    ],
    fingerprint: move.fingerprint,
  }
}

const nameOf = (wanted: string) => DATES.find(([field]) => field === wanted)?.[1] ?? wanted

function timesOf({ from, to, local_time, from_day, to_day }: CampaignMove, zone: string) {
  if (local_time !== null && from_day !== null && to_day !== null) {
    const clock = `${local_time} on each reader's own clock`
    return { from: `${presentDay(from_day)}, ${clock}`, to: `${presentDay(to_day)}, ${clock}` }
  }
  return { from: presentTime(from, zone).text, to: presentTime(to, zone).text }
}
