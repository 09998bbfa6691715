import { NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { type CheckInRow, findCheckInRow, listCheckInRows } from './list-queries.ts'
import type { CheckInAnswer } from './rules.ts'

/** An introduced partnership with the last answer of each partner. */
export type CheckIn = CheckInRow

const PAGE = 100

/**
 * A page of a round's introduced partnerships by id; `next` is passed as `after` for the following ones. Those that have
 * ended are left out unless asked for. @throws NotFound for the round
 */
export async function listCheckIns(
  { db }: { db: DbOrTx },
  wanted: {
    code: string
    answer?: CheckInAnswer | 'none' | undefined
    with_ended?: boolean | undefined
    after?: number | undefined
    limit?: number | undefined
  },
): Promise<{ items: CheckIn[]; next: number | null }> {
  const { code, answer, with_ended = false, after = 0, limit = PAGE } = wanted
  const { id: round_id } = await getRoundRow({ db }, { code })
  // one more tells whether there is a next page
  const rows = await listCheckInRows(db, { round_id, answer, with_ended, after, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.partnership_id ?? null) : null }
}

/** @throws NotFound */
export async function getCheckIn(db: DbOrTx, id: number): Promise<CheckIn> {
  const row = await findCheckInRow(db, id)
  if (!row) throw new NotFound(`Partnership ${id}`)
  return row
}
