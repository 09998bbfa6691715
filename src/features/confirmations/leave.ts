import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { endPartnershipsOf, holdRoundsOf } from '../people/index.ts'
import { insertAnswer } from './answer-queries.ts'
import { findRoundToLeave, listPlaceRows, type PlaceRow } from './leave-queries.ts'
import { lockStanding } from './standing-queries.ts'

export type { PlaceRow } from './leave-queries.ts'

interface LeaveDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/** Where an applicant still has something to leave; a place that was declined or has lapsed is left already. */
const LEAVABLE = ['applied', 'waitlisted', 'confirmed']

const LEFT = 'One of the partners left the round.'

/** The rounds that are not over and that a person takes part in or waits for, the newest first. */
export function listPlaces({ db, clock }: Pick<LeaveDeps, 'db' | 'clock'>, { person_id }: { person_id: number }) {
  return listPlaceRows(db, { person_id, states: [...LEAVABLE, 'withdrawn'], today: dayOf(clock.now()) })
}

/** Whether a place can still be left. */
export const mayLeave = ({ state }: Pick<PlaceRow, 'state'>) => LEAVABLE.includes(state)

/**
 * An applicant leaves a round by their own word, at any time before it is over, also after the last day to answer and when
 * they have met their partner: the application is withdrawn, and the partner is free for another; of a larger partnership
 * those who are left stay together. What of the round still waits for them is left out when its turn comes. Nothing else
 * that they decided changes. Left twice, or by two clicks at once, it is left once.
 * @returns false when there is no such place
 */
export async function leaveRound(
  { db, clock, ring }: LeaveDeps,
  { person_id, code, delivery_id, said_at }: { person_id: number; code: string; delivery_id: number; said_at: Date },
): Promise<boolean> {
  const now = clock.now()
  const today = dayOf(now)
  const done = await db.transaction().execute(async (tx): Promise<'left' | 'before' | 'nothing'> => {
    const round_id = await findRoundToLeave(tx, { code, today })
    if (round_id === undefined) return 'nothing'
    // An approval that is under way makes their partnership before this, or never.
    await holdRoundsOf(tx, person_id)
    const standing = await lockStanding(tx, { round_id, person_id })
    if (standing?.state === 'withdrawn') return 'before'
    if (!standing || !mayLeave(standing)) return 'nothing'
    const { application_id, state: before } = standing
    const answer = { application_id, before, answer: 'withdrawn', said_at, recorded_at: now } as const
    await insertAnswer(tx, { ...answer, source: 'link', incoming_id: null, delivery_id, recorded_by: null })
    await endPartnershipsOf(tx, { person_id, round_id, reason: LEFT, today, now })
    return 'left'
  })
  if (done === 'left') await ring('sweep-deliveries', {})
  return done !== 'nothing'
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)
