import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'

/** The campaign's state and channel, its row locked until the transaction ends. @throws NotFound */
export async function lockCampaignForDecision(tx: DbOrTx, id: number): Promise<{ state: string; channel: string }> {
  const { rows } = await sql<{ state: string; channel: string }>`
    select state, channel from campaigns where id = ${id} for no key update`.execute(tx)
  if (!rows[0]) throw new NotFound(`Campaign ${id}`)
  return rows[0]
}

/** What a person must decide, locked; with the partnership that an introduction tells of. */
export async function lockUncertain(
  tx: DbOrTx,
  campaignId: number,
): Promise<{ id: number; partnership_id: number | null }[]> {
  const { rows } = await sql<{ id: number; partnership_id: number | null }>`
    select id, partnership_id from deliveries where campaign_id = ${campaignId} and state = 'uncertain' and not is_test
    order by id for no key update`.execute(tx)
  return rows
}

export async function recordDecisions(
  tx: DbOrTx,
  { ids, as, now }: { ids: readonly number[]; as: 'accepted' | 'resend'; now: Date },
): Promise<void> {
  const decided =
    as === 'accepted'
      ? sql`state = 'accepted', accepted_at = ${now}`
      : sql`state = 'queued', due_at = greatest(due_at, ${now})`
  // Who was erased has no address that it could go to again: theirs stays uncertain.
  const whom = as === 'resend' ? sql`and address is not null` : sql``
  await sql`update deliveries set updated_at = clock_timestamp(), ${decided}
    where id = any(${ids}::bigint[]) and state = 'uncertain' ${whom}`.execute(tx)
}
