import { DateTime } from 'luxon'
import { presentZone } from '../present/time.ts'
import { type ProgressFacts, waitingOf } from './progress.ts'

/** When it goes on and when it ends, as far as anybody knows. */
export function outlookOf(facts: ProgressFacts, { zone, now }: { zone: string; now: Date }): string {
  const { campaign, starts_at, outlook, seconds_since_sweep, sender, counts } = facts
  if (campaign.state === 'paused') return 'Paused: nothing leaves until it is resumed.'
  if (campaign.state === 'scheduled' && starts_at && starts_at > now) {
    const last = outlook ? ` The last one leaves ${momentOf(outlook.last, { zone, now })} at the earliest.` : ''
    return `Nothing has left yet. It leaves ${momentOf(starts_at, { zone, now, seconds: true })}.${last}`
  }
  if (waitingOf(counts) === 0) return ''
  const halted = sender.trouble || sender.closed || seconds_since_sweep === null || seconds_since_sweep > ASLEEP_SECONDS
  if (halted || !outlook) return 'How long it will take cannot be told now.'
  return `${leftOf(outlook.last.getTime() - now.getTime(), outlook.last, { zone, now })}.`
}

/** A worker sweeps every two seconds. */
export const ASLEEP_SECONDS = 30
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function leftOf(ms: number, last: Date, on: { zone: string; now: Date }): string {
  if (ms < MINUTE) return 'Less than a minute left'
  if (ms < 90 * MINUTE) {
    const minutes = Math.round(ms / MINUTE)
    return `About ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left`
  }
  if (ms < 20 * HOUR) return `About ${Math.round(ms / HOUR)} hours left: the last one leaves ${momentOf(last, on)}`
  return `The last one leaves ${momentOf(last, on)} at the earliest`
}

/** Such as "at 09:02:10 UTC", or "on 4 March, 09:00 UTC" when it is another day. */
export function momentOf(at: Date, { zone, now, seconds }: { zone: string; now: Date; seconds?: boolean }): string {
  const there = DateTime.fromJSDate(at, { zone }).setLocale('en-GB')
  const today = DateTime.fromJSDate(now, { zone })
  const time = there.toFormat(seconds && at.getTime() - now.getTime() < HOUR ? 'HH:mm:ss' : 'HH:mm')
  const where = presentZone(zone, at)
  return there.hasSame(today, 'day') ? `at ${time} ${where}` : `on ${there.toFormat('d LLLL')}, ${time} ${where}`
}
