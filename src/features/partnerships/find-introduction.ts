import type { DbOrTx } from '../../platform/db/open.ts'
import { countIntroducedBy, findScheduled, readIntroduction } from './introduction-queries.ts'

/** Where the introduction of a round stands. */
export type Introduction =
  /** It waits for `introduce`; `campaign_id` is its draft, null before somebody asked for one. */
  | { scheduled: false; round_id: number; campaign_id: number | null; partnerships: number }
  /** It was scheduled, and nobody has prepared another since. `waiting` are those whom it did not introduce. */
  | {
      scheduled: true
      round_id: number
      campaign_id: number
      state: string
      starts_at: Date
      partnerships: number
      waiting: number
    }

/** Undefined while there is nobody to introduce. */
export async function findIntroduction(
  { db }: { db: DbOrTx },
  { round_id }: { round_id: number },
): Promise<Introduction | undefined> {
  const { draft_id, last_id, waiting } = await readIntroduction(db, round_id)
  if (waiting > 0 && (draft_id !== null || last_id === null))
    return { scheduled: false, round_id, campaign_id: draft_id, partnerships: waiting }
  const scheduled = last_id === null ? undefined : await findScheduled(db, last_id)
  if (last_id === null || !scheduled) return undefined
  return {
    scheduled: true,
    round_id,
    campaign_id: last_id,
    ...scheduled,
    partnerships: await countIntroducedBy(db, last_id),
    waiting,
  }
}
