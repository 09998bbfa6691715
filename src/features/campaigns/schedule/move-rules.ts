import { createHash } from 'node:crypto'
import { IANAZone } from 'luxon'
import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import { instantAtLocalTime } from '../../../lib/time-zones.ts'
import { shiftDay } from '../../rounds/index.ts'
import type { DuePlace, MovableCampaign } from './move-queries.ts'
import { type PlaceTime, planSchedule, zoneOf } from './schedule-rules.ts'

/** One campaign that moves with the start of its round. */
export interface CampaignMove {
  id: number
  /** Empty when it has no subject yet. */
  subject: string
  kind: string
  /** draft: it is planned; scheduled or paused: its recipients are frozen. */
  state: string
  from: Date
  to: Date
  /** With an hour of each recipient's own clock: that hour, and its days. Null for one moment for all. */
  local_time: string | null
  from_day: string | null
  to_day: string | null
}

/** One that stays where it is, and why. */
export interface StayingCampaign {
  id: number
  subject: string
  kind: string
  why: 'sending' | 'done' | 'past'
  at: Date | null
}

/** What is written when the move is made. */
export interface CampaignChanges {
  campaigns: { id: number; planned_at: Date | null; send_at: Date | null; starts_at: Date | null }[]
  places: (PlaceTime & { campaign_id: number })[]
  /** Those that leave at one moment for all. */
  moments: { campaign_id: number; due_at: Date }[]
}

export interface MovePlan {
  moves: CampaignMove[]
  staying: StayingCampaign[]
  changes: CampaignChanges
}

const MINUTE_MS = 60_000

/**
 * Moves everything that has not begun by so many days. Clocks keep their hour: 09:00 stays 09:00 in `zone`, also over
 * a change of daylight saving; what goes by the reader's clock keeps the hour there.
 * @throws InvalidInput at `starts_on` naming each scheduled campaign that would have to leave in the past, or that
 * Mailchimp has: it is taken back by a person, who sees that it is
 */
export function planCampaignMoves(
  rows: readonly MovableCampaign[],
  places: readonly DuePlace[],
  { days, zone, now }: { days: number; zone: string; now: Date },
): MovePlan {
  const plan: MovePlan = { moves: [], staying: [], changes: { campaigns: [], places: [], moments: [] } }
  const faults: FieldFault[] = []
  for (const row of rows) {
    const { id, subject, kind, state } = row
    const planned_at = row.planned_at && shiftWallClock(row.planned_at, days, zone)
    const why = whyStaying(row, planned_at, now)
    if (why) {
      plan.staying.push({ id, subject, kind, why, at: row.started_at ?? row.starts_at ?? row.planned_at })
    } else if (state === 'draft') {
      const [from, to] = [row.planned_at as Date, planned_at as Date]
      plan.moves.push({ id, subject, kind, state, from, to, local_time: null, from_day: null, to_day: null })
      plan.changes.campaigns.push({ id, planned_at, send_at: row.send_at, starts_at: row.starts_at })
    } else {
      const moved = moveScheduled(
        row,
        places.filter((place) => place.campaign_id === id),
        { days, zone, now },
      )
      if ('fault' in moved) faults.push({ field: 'starts_on', message: moved.fault })
      else {
        plan.moves.push(moved.move)
        plan.changes.campaigns.push({ id, planned_at, send_at: moved.send_at, starts_at: moved.move.to })
        plan.changes.places.push(...moved.places)
        if (moved.places.length === 0) plan.changes.moments.push({ campaign_id: id, due_at: moved.send_at })
      }
    }
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  return plan
}

function whyStaying(row: MovableCampaign, planned: Date | null, now: Date): StayingCampaign['why'] | undefined {
  if (row.state === 'done') return 'done'
  if (row.started_at !== null) return 'sending'
  // A plan that was missed moves to where it can still be kept; where it would be missed again, it stays.
  if (row.state === 'draft' && (row.planned_at as Date) < now && (planned as Date) < now) return 'past'
  return undefined
}

interface Moved {
  move: CampaignMove
  send_at: Date
  places: CampaignChanges['places']
}

/** Through the rules that scheduled it. What is left of its hold goes on. */
function moveScheduled(
  row: MovableCampaign,
  places: readonly DuePlace[],
  { days, zone, now }: { days: number; zone: string; now: Date },
): Moved | { fault: string } {
  const { id, subject, kind, state, local_time } = row
  const called = subject === '' ? `Campaign ${id}` : `“${subject}”`
  if (row.channel === 'mailchimp')
    return { fault: `${called} is handed over to Mailchimp with its time. Cancel it, then move the round.` }
  const from = row.starts_at as Date
  const left = row.hold_until ? Math.ceil((row.hold_until.getTime() - now.getTime()) / 1000) : 0
  const hold = left > 0 ? { hold_seconds: left } : {}
  const from_day = local_time === null ? null : firstDay(row, places)
  const to_day = from_day && shiftDay(from_day, days)
  const wish = shiftWallClock(row.send_at as Date, days, zone)
  const at = to_day ? `${to_day}T${local_time}:00Z` : wish.toISOString()
  try {
    const plan = planSchedule({ at, ...(local_time === null ? {} : { local_time }), ...hold }, places, now)
    const move = { id, subject, kind, state, from, to: plan.starts_at, local_time, from_day, to_day }
    return { move, send_at: plan.send_at, places: plan.places.map((place) => ({ ...place, campaign_id: id })) }
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    const trouble = wish < now ? 'that is past' : 'that is more than a year away'
    return {
      fault: `${called} would leave on ${at.slice(0, 10)}: ${trouble}.`,
    }
  }
}

/**
 * The day whose local hour was wished for: the earliest on which some recipient's clock shows it. (Where the hour was
 * over already when it was scheduled, they were put off to the day after.)
 */
function firstDay(row: MovableCampaign, places: readonly DuePlace[]): string {
  const days = places.flatMap((place) => {
    const { day, time } = wallClockOf(place.due_at, zoneOf(place))
    return time === row.local_time ? [day] : []
  })
  return days.sort()[0] ?? (row.send_at as Date).toISOString().slice(0, 10)
}

/** The same hour and minute on clocks of `zone`, so many days on. */
function shiftWallClock(at: Date, days: number, zone: string): Date {
  const { day, time } = wallClockOf(at, zone)
  return new Date(instantAtLocalTime(shiftDay(day, days), time, zone).getTime() + (at.getTime() % MINUTE_MS))
}

function wallClockOf(at: Date, zone: string): { day: string; time: string } {
  const wall = new Date(at.getTime() + IANAZone.create(zone).offset(at.getTime()) * MINUTE_MS).toISOString()
  return { day: wall.slice(0, 10), time: wall.slice(11, 16) }
}

/** Differs when anything that the plan was made from, or what it would do, is different. */
export function fingerprintOf(of: unknown): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 32)
}
