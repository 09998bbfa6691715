import type { Db } from '../../../platform/db/open.ts'

/** What became known about a delivery after it was accepted. */
export interface DeliveryEvent {
  delivery_id: number
  /** bounce, complaint, reply, auto_reply or unsubscribe. */
  kind: string
  /** Of a bounce: hard, soft, policy, full, blocked or unknown. */
  class: string | null
  /** The words of the server that refused it. */
  words: string | null
  at: Date
}

/** Events upon these deliveries, in the order in which they came. */
export function listEventsOf(db: Db, deliveryIds: readonly number[]): Promise<DeliveryEvent[]> {
  if (deliveryIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('delivery_events')
    .select(['delivery_id', 'kind', 'class', 'words', 'at'])
    .where('delivery_id', 'in', deliveryIds)
    .orderBy('id')
    .execute()
}
