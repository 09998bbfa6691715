import { sql } from 'kysely'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'

export const DELIVERY_STATES = [
  'queued',
  'claimed',
  'sending',
  'accepted',
  'deferred',
  'rejected',
  'uncertain',
  'skipped',
  'held',
  'cancelled',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]
export type DeliveryCounts = Record<DeliveryState, number>

/** One figure per state; together they are everybody the audience picked. */
export async function countDeliveries(db: DbOrTx, campaignId: number): Promise<DeliveryCounts> {
  const { rows } = await sql<{ state: DeliveryState; count: number }>`
    select state, count(*) as count from deliveries where campaign_id = ${campaignId} and not is_test group by state`.execute(db)
  const counts = Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as DeliveryCounts
  for (const { state, count } of rows) counts[state] = count
  return counts
}

export async function countSkipped(db: DbOrTx, campaignId: number): Promise<Record<string, number>> {
  const { rows } = await sql<{ skipped_reason: string; count: number }>`
    select skipped_reason, count(*) as count from deliveries
    where campaign_id = ${campaignId} and not is_test and state = 'skipped' group by skipped_reason`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.skipped_reason, row.count]))
}

/** Deliveries by state over everything, for /metrics. */
export async function countDeliveriesByState(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`select state, count(*) as count from deliveries group by state`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

/** One page, by id. @param after the id of the last one seen */
export async function listDeliveries(
  db: Db,
  input: { campaign_id: number; state: DeliveryState | undefined; after: number; limit: number },
) {
  return db
    .selectFrom('deliveries')
    .leftJoin('people', 'people.id', 'deliveries.person_id')
    .select([
      'deliveries.id',
      'deliveries.person_id',
      'people.given_name',
      'people.family_name',
      'deliveries.address',
      'deliveries.language',
      'deliveries.state',
      'deliveries.skipped_reason',
      'deliveries.held_reason',
      'deliveries.due_at',
      'deliveries.tries',
      'deliveries.accepted_at',
    ])
    .where('deliveries.campaign_id', '=', input.campaign_id)
    .where('is_test', '=', false)
    .$if(input.state !== undefined, (query) => query.where('deliveries.state', '=', input.state as string))
    .where('deliveries.id', '>', input.after)
    .orderBy('deliveries.id')
    .limit(input.limit)
    .execute()
}

/** One delivery with every attempt and the server's words. @throws NotFound */
export async function getDelivery(db: Db, id: number) {
  const delivery = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
  if (!delivery) throw new NotFound(`Delivery ${id}`)
  const attempts = await db
    .selectFrom('attempts')
    .select(['id', 'address', 'taken_at', 'ended_at', 'outcome', 'code', 'enhanced_code', 'words'])
    .where('delivery_id', '=', id)
    .orderBy('id')
    .execute()
  return { ...delivery, attempts }
}

/**
 * A person decides what we could not know (or releases what was held): it was accepted after all, or it goes again
 * with the same Message-ID. @throws NotFound, Conflict when there is nothing to decide
 */
export async function resolveDelivery(db: Db, input: { id: number; as: 'accepted' | 'resend'; now: Date }) {
  const decided = await db.transaction().execute(async (tx) => {
    const changed = await recordDecision(tx, input)
    // A campaign that was done has something to do again.
    if (changed && input.as === 'resend') {
      await sql`update campaigns c set state = 'sending', finished_at = null from deliveries d
        where d.id = ${input.id} and c.id = d.campaign_id and c.state = 'done'`.execute(tx)
    }
    return changed
  })
  const delivery = await getDelivery(db, input.id)
  if (!decided) throw new Conflict('nothing_to_decide', `Delivery ${input.id} is ${delivery.state}: there is nothing to decide.`)
  return delivery
}

async function recordDecision(tx: DbOrTx, input: { id: number; as: 'accepted' | 'resend'; now: Date }): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set(
      input.as === 'accepted'
        ? { state: 'accepted', accepted_at: input.now, updated_at: input.now }
        : { state: 'queued', held_reason: null, due_at: input.now, updated_at: input.now },
    )
    .where('id', '=', input.id)
    .where('state', 'in', input.as === 'accepted' ? ['uncertain'] : ['uncertain', 'held'])
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A test email: through the ledger and its limits, but in nobody's figures. */
export async function queueTest(
  db: Db,
  input: { campaign_id: number; version: number; language: string; person_id: number | null; address: string; domain: string; now: Date },
): Promise<number> {
  const { now, ...row } = input
  const { id } = await db
    .insertInto('deliveries')
    .values({ ...row, is_test: true, lane: 'automatic', state: 'queued', due_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
