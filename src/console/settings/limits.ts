import type { LimitUse } from '../../features/deliveries/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { parseSendLimits, type SendLimit } from '../../lib/send-limits.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'

/** The windows that have a field of their own; others are written as the environment writes them. */
export const WINDOWS = [
  { field: 'per_second', seconds: 1, unit: '1s', label: 'In any second' },
  { field: 'per_minute', seconds: 60, unit: '1m', label: 'In any minute' },
  { field: 'per_hour', seconds: 3600, unit: '1h', label: 'In any hour' },
  { field: 'per_day', seconds: 86_400, unit: '24h', label: 'In any 24 hours' },
] as const

export type LimitForm = Record<(typeof WINDOWS)[number]['field'] | 'limits' | 'automatic_reserve_percent', string>

/** The form of the limits as they are. */
export function limitFormOf(limits: readonly SendLimit[], reservePercent: number): LimitForm {
  const form = { limits: '', automatic_reserve_percent: String(reservePercent) } as LimitForm
  for (const { field, seconds } of WINDOWS) {
    const limit = limits.find((one) => one.seconds === seconds)
    form[field] = limit ? String(limit.count) : ''
  }
  const others = limits.filter(({ seconds }) => !WINDOWS.some((window) => window.seconds === seconds))
  form.limits = others.map(({ count, seconds }) => `${count}/${shortWindow(seconds)}`).join(', ')
  return form
}

/** What was typed, in one line for the service, with the faults of the fields that it does not know. */
export function readLimitForm(form: LimitForm): { limits: string; faults: FieldFault[] } {
  const faults: FieldFault[] = []
  const parts: string[] = []
  for (const { field, label, unit } of WINDOWS) {
    const count = form[field].replace(/[\s,]/g, '')
    if (count === '') continue
    if (/^[1-9]\d{0,8}$/.test(count)) parts.push(`${count}/${unit}`)
    else faults.push({ field, message: `${label}: write a whole number of at least 1, or nothing for no limit.` })
  }
  try {
    parseSendLimits(form.limits)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    faults.push({ field: 'limits', message: shortened(error.message) })
  }
  return { limits: [...parts, form.limits].join(','), faults }
}

/** Such as "1,204 of 2,000 in the last 24 hours, 796 left; the oldest leaves the window at 10:32". */
export function presentLimit(use: LimitUse, leftForCampaigns: number, { zone, now }: { zone: string; now: Date }) {
  const left = Math.max(0, use.count - use.used)
  const of = `${formatCount(use.used)} of ${formatCount(use.count)} in the last ${windowName(use.seconds)}`
  const oldest = use.oldest_leaves_at && use.seconds > 60 ? clockTime(use.oldest_leaves_at, { zone, now }) : ''
  const leaves = oldest && `; the oldest leaves the window at ${oldest}`
  const kept = leftForCampaigns < left ? `. Campaigns may use ${formatCount(leftForCampaigns)} of these` : ''
  return {
    id: `limit-${use.seconds}`,
    used: Math.min(use.used, use.count),
    count: use.count,
    text: `${of}, ${formatCount(left)} left${leaves}${kept}.`,
  }
}

/** The hour, with its day when that is another one. */
function clockTime(at: Date, { zone, now }: { zone: string; now: Date }): string {
  const { text } = presentTime(at, zone)
  const [day, time = ''] = text.split(', ')
  return presentTime(now, zone).text.startsWith(`${day},`) ? time : text
}

function windowName(seconds: number): string {
  if (seconds === 86_400) return '24 hours'
  for (const [size, unit] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const) {
    if (seconds % size !== 0) continue
    const count = seconds / size
    return count === 1 ? unit : `${count} ${unit}s`
  }
  return seconds === 1 ? 'second' : `${formatCount(seconds)} seconds`
}

function shortWindow(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

const shortened = (message: string) =>
  message.length > 200 ? `${message.slice(0, 160)}… is not a limit.` : `${message}.`
