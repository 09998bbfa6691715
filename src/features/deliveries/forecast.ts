import type { SendLimit } from '../../lib/send-limits.ts'

export type Lane = 'automatic' | 'campaign'

/** A limit with the share that campaigns may use of it. */
export interface ForecastLimit extends SendLimit {
  campaign_count: number
}

/** When mail that waits will leave, at best: a forecast from the limits, what they have used, and what is due when. */
export interface ForecastInput {
  limits: readonly ForecastLimit[]
  now: Date
  /** When past messages left, within the longest window. */
  used: Readonly<Record<Lane, readonly Date[]>>
  /** When the mail that waits is due, by lane. */
  due: Readonly<Record<Lane, readonly Date[]>>
  /** What the server takes without limits, messages a second: measured, else an assumption. */
  per_second: number
  /** Stops when the last of this lane has left: what comes after it stands in nobody's way. */
  until: Lane
}

/** When each message leaves, in the order in which they leave. */
export interface Departures extends Record<Lane, number[]> {
  last: Date | undefined
}

/**
 * Lets everything leave in order of its due time, automatic email first where both could go, each at the first moment
 * at which it is due, the server is free, and every window has room: `count` messages back must be a window's length
 * ago, and for a campaign `campaign_count` of campaigns too (lib/send-limits.ts).
 */
export function forecastDepartures(input: ForecastInput): Departures {
  const { limits, until } = input
  const lanes = {
    automatic: openLane(input.used.automatic, input.due.automatic),
    campaign: openLane(input.used.campaign, input.due.campaign),
  }
  const all = [...lanes.automatic.times, ...lanes.campaign.times].sort(byTime)
  const gap = 1000 / input.per_second
  let free = input.now.getTime()

  const earliest = (lane: Lane): number => {
    const wanted = lanes[lane].due[lanes[lane].next]
    if (wanted === undefined) return Number.POSITIVE_INFINITY
    let at = Math.max(free, wanted)
    for (const { count, campaign_count, seconds } of limits) {
      at = Math.max(at, leavesWindow(all, count, seconds))
      if (lane === 'campaign') at = Math.max(at, leavesWindow(lanes.campaign.times, campaign_count, seconds))
    }
    return at
  }

  let last: number | undefined
  while (lanes[until].next < lanes[until].due.length) {
    const automatic = earliest('automatic')
    const campaign = earliest('campaign')
    const lane = automatic <= campaign ? 'automatic' : 'campaign'
    const at = Math.min(automatic, campaign)
    lanes[lane].next++
    lanes[lane].times.push(at)
    all.push(at)
    free = at + gap
    if (lane === until) last = at
  }
  return {
    automatic: lanes.automatic.times.slice(lanes.automatic.used),
    campaign: lanes.campaign.times.slice(lanes.campaign.used),
    last: last === undefined ? undefined : new Date(last),
  }
}

function openLane(used: readonly Date[], due: readonly Date[]) {
  const times = used.map((date) => date.getTime()).sort(byTime)
  return { times, used: times.length, due: due.map((date) => date.getTime()).sort(byTime), next: 0 }
}

/** When the message `count` back has left the window, so that there is room for one more. */
function leavesWindow(times: readonly number[], count: number, seconds: number): number {
  const before = times[times.length - count]
  return before === undefined ? Number.NEGATIVE_INFINITY : before + seconds * 1000
}

const byTime = (a: number, b: number) => a - b
