import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { insertCheckIn, isPartner, isRepeated, lockPartnership, type NewCheckIn } from './answer-queries.ts'
import { type CheckIn, getCheckIn } from './list.ts'
import type { CheckInAnswer } from './rules.ts'

/** Why an answer was not recorded. */
type Refusal = 'unknown' | 'not_introduced' | 'ended' | 'not_partner'

/** Keeps an answer about a partnership that stands. Said again by the same click or person, it changes nothing. */
async function record(tx: DbOrTx, answer: NewCheckIn): Promise<Refusal | undefined> {
  const partnership = await lockPartnership(tx, answer.partnership_id)
  if (!partnership) return 'unknown'
  if (partnership.ended_at !== null) return 'ended'
  if (partnership.introduced_at === null) return 'not_introduced'
  if (!(await isPartner(tx, answer))) return 'not_partner'
  if (!(await isRepeated(tx, answer))) await insertCheckIn(tx, answer)
  return undefined
}

/**
 * What a reader's click does. @param answer.said_at when the request arrived
 * @returns false when nothing was recorded because the partnership does not stand, or is not theirs: the page says why
 */
export async function recordByLink(
  { db, clock }: { db: Db; clock: Clock },
  answer: { partnership_id: number; person_id: number; delivery_id: number; answer: CheckInAnswer; said_at: Date },
): Promise<boolean> {
  const kept = { ...answer, source: 'link', recorded_by: null, recorded_at: clock.now() } as const
  return (await db.transaction().execute((tx) => record(tx, kept))) === undefined
}

/**
 * Records what a partner told staff by reply or telephone; the last answer of a person counts, whoever recorded it.
 * @param input.by who records it, such as "staff 3"
 * @throws NotFound, Conflict `partnership_ended` or `not_introduced`, InvalidInput for `person_id`
 */
export async function recordCheckIn(
  { db, clock }: { db: Db; clock: Clock },
  { id, person_id, answer, by }: { id: number; person_id: number; answer: CheckInAnswer; by: string | null },
): Promise<CheckIn> {
  const now = clock.now()
  const how = { source: 'staff', delivery_id: null, recorded_by: by, said_at: now, recorded_at: now } as const
  const refused = await db.transaction().execute((tx) => record(tx, { partnership_id: id, person_id, answer, ...how }))
  if (refused !== undefined) throw errorOf(refused, { id, person_id })
  return getCheckIn(db, id)
}

function errorOf(refused: Refusal, { id, person_id }: { id: number; person_id: number }): Error {
  switch (refused) {
    case 'unknown':
      return new NotFound(`Partnership ${id}`)
    case 'ended':
      return new Conflict(
        'partnership_ended',
        `Partnership ${id} has ended: there is nothing to tell about it any more.`,
      )
    case 'not_introduced':
      return new Conflict('not_introduced', `The partners of partnership ${id} have not been introduced yet.`)
    case 'not_partner':
      return new InvalidInput([
        {
          field: 'person_id',
          message: `Person ${person_id} is no partner of partnership ${id}, or has left the round.`,
        },
      ])
  }
}
