import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** That these emails made their readers stop: once each, however they said so. Returns those of whom it is new. */
export async function recordUnsubscribed(
  tx: DbOrTx,
  told: readonly { delivery_id: number; at: Date }[],
): Promise<Set<number>> {
  if (told.length === 0) return new Set()
  const { rows } = await sql<{ delivery_id: number }>`
    insert into delivery_events (delivery_id, kind, at)
    select t.delivery_id, 'unsubscribe', t.at
    from unnest(${told.map(({ delivery_id }) => delivery_id)}::bigint[], ${told.map(({ at }) => at)}::timestamptz[])
      as t (delivery_id, at)
    where not exists (select from delivery_events e where e.delivery_id = t.delivery_id and e.kind = 'unsubscribe')
    order by t.delivery_id
    on conflict (delivery_id) where kind = 'unsubscribe' and incoming_id is null do nothing
    returning delivery_id`.execute(tx)
  return new Set(rows.map(({ delivery_id }) => delivery_id))
}
