import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { type Partnership, stateOf } from './list.ts'
import { findPartnershipRow, type PartnershipRow, recordEnded } from './partnership-queries.ts'

const LONGEST_REASON = 500

/**
 * Ends a partnership: its people are free for another. An introduction of it that has not left does not leave any more.
 * @throws NotFound, Conflict `partnership_ended`, InvalidInput for `reason`
 */
export async function endPartnership(
  { db, clock }: { db: Db; clock: Clock },
  input: { id: number; reason: string },
): Promise<Partnership> {
  const { id } = input
  const reason = input.reason.trim()
  if (reason === '' || reason.length > LONGEST_REASON || reason.includes('\0'))
    throw new InvalidInput([{ field: 'reason', message: `Say why in up to ${LONGEST_REASON} characters.` }])
  const ended = await recordEnded(db, { id, reason, now: clock.now() })
  const row = await findPartnershipRow(db, id)
  if (!row) throw new NotFound(`Partnership ${id}`)
  if (!ended) throw new Conflict('partnership_ended', sayEnded(row))
  return { ...row, state: stateOf(row) }
}

function sayEnded({ id, ended_at, end_reason }: PartnershipRow): string {
  const because = end_reason ? `: ${end_reason}` : '.'
  return `Partnership ${id} ended on ${ended_at?.toISOString().slice(0, 10)} already${because}`
}
