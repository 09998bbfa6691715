import type { DbOrTx } from '../../platform/db/open.ts'
import { listPartnershipRows, type PartnershipRow, type PartnershipState } from './partnership-queries.ts'

export interface Partnership extends PartnershipRow {
  state: PartnershipState
}

export const stateOf = ({ introduced_at, ended_at }: PartnershipRow): PartnershipState =>
  ended_at !== null ? 'ended' : introduced_at !== null ? 'introduced' : 'approved'

const PAGE = 100

/** A page of a round's partnerships by id; `next` is passed as `after` for the following ones. */
export async function listPartnerships(
  { db }: { db: DbOrTx },
  wanted: {
    round_id: number
    state?: PartnershipState | undefined
    after?: number | undefined
    limit?: number | undefined
  },
): Promise<{ items: Partnership[]; next: number | null }> {
  const { round_id, state, after = 0, limit = PAGE } = wanted
  // one more tells whether there is a next page
  const rows = await listPartnershipRows(db, { round_id, state, after, limit: limit + 1 })
  const items = rows.slice(0, limit).map((row) => ({ ...row, state: stateOf(row) }))
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
