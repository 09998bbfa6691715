import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { ReportKey } from './report-queries.ts'

/**
 * Mailchimp mailed these: what was held for it is accepted. What we took for left out or stopped is too: it has left all
 * the same, and nobody is told otherwise. Returns how many are accepted now that were not.
 */
export async function recordAccepted(
  tx: DbOrTx,
  { delivery_ids, accepted_at }: { delivery_ids: readonly number[]; accepted_at: Date },
): Promise<number> {
  if (delivery_ids.length === 0) return 0
  const { numAffectedRows } = await sql`
    update deliveries d set state = 'accepted', accepted_at = ${accepted_at}, held_reason = null, skipped_reason = null,
      updated_at = clock_timestamp()
    from (
      select id from deliveries where id = any(${delivery_ids}::bigint[])
        and ((state = 'held' and held_reason = 'mailchimp') or state in ('skipped', 'cancelled', 'uncertain'))
      order by id for no key update
    ) told
    where d.id = told.id`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

export interface ToldBounce {
  delivery_id: number
  class: 'hard' | 'soft'
}

/** Each once; of one that was soft and is hard by now the hard one stays. Returns how many are other than before. */
export async function recordBounces(
  tx: DbOrTx,
  { bounces, now }: { bounces: readonly ToldBounce[]; now: Date },
): Promise<number> {
  if (bounces.length === 0) return 0
  const { numAffectedRows } = await sql`
    insert into delivery_events (delivery_id, kind, class, words, at)
    select t.delivery_id, 'bounce', t.class, 'Mailchimp: ' || t.class || ' bounce', ${now}
    from unnest(${bounces.map(({ delivery_id }) => delivery_id)}::bigint[], ${bounces.map((one) => one.class)}::text[])
      as t (delivery_id, class)
    order by t.delivery_id
    on conflict (delivery_id) where kind = 'bounce' and incoming_id is null
      do update set class = excluded.class, words = excluded.words
      where delivery_events.class = 'soft' and excluded.class = 'hard'`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** How many recipients are known to have been mailed, of those whose address is still known. */
export async function countMailed(db: DbOrTx, { campaign_id, language }: ReportKey): Promise<number> {
  const { rows } = await sql<{ mailed: number }>`
    select count(*) as mailed from deliveries
    where campaign_id = ${campaign_id} and language = ${language} and state = 'accepted' and not is_test
      and address is not null`.execute(db)
  return rows[0]?.mailed ?? 0
}

/** Whoever still waits, or was not known of, was not mailed. Returns how many. */
export async function skipLeftOut(tx: DbOrTx, { campaign_id, language }: ReportKey): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set state = 'skipped', skipped_reason = 'not_in_mailchimp', held_reason = null,
      updated_at = clock_timestamp()
    where campaign_id = ${campaign_id} and language = ${language} and not is_test
      and ((state = 'held' and held_reason = 'mailchimp') or state = 'uncertain')`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Of whoever still waits nobody will ever know. Returns how many. */
export async function recordUnknown(tx: DbOrTx, { campaign_id, language }: ReportKey): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set state = 'uncertain', held_reason = null, updated_at = clock_timestamp()
    where campaign_id = ${campaign_id} and language = ${language} and state = 'held' and held_reason = 'mailchimp'
      and not is_test`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Who keeps figures of the campaign makes them anew: no trigger tells of changed deliveries, nor of a changed bounce. */
export async function noteChange(tx: DbOrTx, campaignId: number, now: Date): Promise<void> {
  await sql`insert into report_changes (campaign_id) values (${campaignId})`.execute(tx)
  await sql`update campaigns set updated_at = greatest(${now}, updated_at + interval '1 millisecond')
    where id = ${campaignId}`.execute(tx)
}
