import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import { isTimeZone } from '../../../lib/time-zones.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import {
  type DateMove,
  getRoundToMove,
  planTimetableMove,
  recordTimetable,
  refuseErasing,
  type Timetable,
} from '../../rounds/index.ts'
import { listDuePlaces, listMovableCampaigns, recordMoves } from './move-queries.ts'
import { type CampaignMove, fingerprintOf, planCampaignMoves, type StayingCampaign } from './move-rules.ts'

interface Deps {
  db: Db
  clock: Clock
}

export interface MoveInput {
  /** Code of the round. */
  code: string
  /** The new start, `YYYY-MM-DD`. */
  starts_on: string
  /** Whose clock keeps its hour for campaigns that leave at one moment for all (UTC). */
  time_zone?: string | undefined
}

/** What moves with the start of a round, and what stays. */
export interface RoundMove {
  round: string
  /** So many days later; negative: earlier. */
  days: number
  dates: DateMove[]
  dates_staying: { field: keyof Timetable; on: string }[]
  campaigns: CampaignMove[]
  campaigns_staying: StayingCampaign[]
  /** Given back to `moveRound`, it makes sure that what was looked at is what is done. */
  fingerprint: string
}

/** Shows what `moveRound` would do. @throws NotFound, InvalidInput at `starts_on`, Conflict `round_ended` */
export async function previewMove(deps: Deps, input: MoveInput): Promise<RoundMove> {
  return (await planMove(deps.db, deps.clock.now(), input, false)).move
}

/**
 * Moves the start of a round with everything after it: dates, plans, scheduled campaigns and when their deliveries are
 * due. One transaction: a crash leaves all of it or nothing.
 * @param input.fingerprint of the preview that a person agreed to
 * @throws as previewMove, and Conflict `changed_since_preview`
 */
export async function moveRound(
  deps: Deps,
  input: MoveInput & { fingerprint?: string | undefined },
): Promise<RoundMove> {
  const now = deps.clock.now()
  return deps.db.transaction().execute(async (tx) => {
    const { move, apply } = await planMove(tx, now, input, true)
    if (input.fingerprint !== undefined && input.fingerprint !== move.fingerprint) {
      throw new Conflict(
        'changed_since_preview',
        'The round or one of its campaigns has changed since you looked. Nothing was moved: look again.',
      )
    }
    await apply(tx)
    return move
  })
}

async function planMove(db: DbOrTx, now: Date, input: MoveInput, lock: boolean) {
  const zone = input.time_zone ?? 'UTC'
  if (!isTimeZone(zone)) throw new InvalidInput([{ field: 'time_zone', message: `"${zone}" is not a time zone.` }])
  const round = await getRoundToMove(db, input.code, lock)
  const plan = planTimetableMove(round, input.starts_on, now.toISOString().slice(0, 10))
  const { days, timetable, moved, staying } = plan
  const rows = await listMovableCampaigns(db, round.id, lock)
  const byLocalClock = rows.filter(
    ({ state, local_time, started_at }) => state !== 'draft' && local_time !== null && started_at === null,
  )
  const places = await listDuePlaces(
    db,
    byLocalClock.map(({ id }) => id),
  )
  const { moves, staying: campaignsStaying, changes } = planCampaignMoves(rows, places, { days, zone, now })
  const moving = moves.map(({ id }) => id)
  const move: RoundMove = {
    round: round.code,
    days,
    dates: moved,
    dates_staying: staying,
    campaigns: moves,
    campaigns_staying: campaignsStaying,
    fingerprint: fingerprintOf({ round: round.id, staying, moved, zone, rows, moving }),
  }
  const apply = async (tx: DbOrTx) => {
    await refuseErasing(tx, { ...round, ends_on: timetable.ends_on, now }, 'starts_on')
    await recordTimetable(tx, round, timetable)
    await recordMoves(tx, changes, now)
  }
  return { move, apply }
}
