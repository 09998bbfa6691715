import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
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
  return (await countDeliveriesOf(db, [campaignId])).get(campaignId) as DeliveryCounts
}

/** The same for several campaigns, in one query. Every campaign asked for has its figures. */
export async function countDeliveriesOf(
  db: DbOrTx,
  campaignIds: readonly number[],
): Promise<Map<number, DeliveryCounts>> {
  const none = () => Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as DeliveryCounts
  const counts = new Map(campaignIds.map((id) => [id, none()]))
  if (campaignIds.length === 0) return counts
  const { rows } = await sql<{ campaign_id: number; state: DeliveryState; count: number }>`
    select campaign_id, state, count(*) as count from deliveries
    where campaign_id = any(${campaignIds}::bigint[]) and not is_test group by campaign_id, state`.execute(db)
  for (const { campaign_id, state, count } of rows) (counts.get(campaign_id) as DeliveryCounts)[state] = count
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
  const { rows } = await sql<{
    state: string
    count: number
  }>`select state, count(*) as count from deliveries group by state`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

/** One page, by id. @param after the id of the last one seen @throws NotFound */
export async function listDeliveries(
  db: Db,
  input: { campaign_id: number; state: DeliveryState | undefined; after: number; limit: number },
) {
  const campaign = await db.selectFrom('campaigns').select('id').where('id', '=', input.campaign_id).executeTakeFirst()
  if (!campaign) throw new NotFound(`Campaign ${input.campaign_id}`)
  const rows = await db
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
    .limit(input.limit + 1)
    .execute()
  const items = rows.slice(0, input.limit)
  return { items, next: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null }
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

/** Where a delivery and its campaign stand, the campaign locked until the transaction ends. @throws NotFound */
export async function lockForDecision(tx: DbOrTx, id: number) {
  const { rows } = await sql<{
    state: DeliveryState
    held_reason: string | null
    is_test: boolean
    campaign_id: number
    campaign_state: string
    channel: string
    partnership_id: number | null
  }>`
    select d.state, d.held_reason, d.is_test, d.campaign_id, c.state as campaign_state, c.channel, d.partnership_id
    from deliveries d join campaigns c on c.id = d.campaign_id where d.id = ${id} for no key update of c`.execute(tx)
  if (!rows[0]) throw new NotFound(`Delivery ${id}`)
  return rows[0]
}

/** Returns whether there was something to decide. */
export async function recordDecision(
  tx: DbOrTx,
  { id, as, now }: { id: number; as: 'accepted' | 'resend'; now: Date },
): Promise<boolean> {
  const decided =
    as === 'accepted'
      ? sql`state = 'accepted', accepted_at = ${now} where state = 'uncertain'`
      : // who was erased has no address that it could go to again
        sql`state = 'queued', held_reason = null, due_at = greatest(due_at, ${now}) where state in ('uncertain', 'held') and held_reason is distinct from 'mailchimp' and address is not null`
  const { numAffectedRows } = await sql`
    update deliveries set updated_at = clock_timestamp(), ${decided} and id = ${id}`.execute(tx)
  return numAffectedRows === 1n
}

/** Those of these partnerships whose partners have all got their introduction by now are introduced. */
export async function recordIntroduced(tx: DbOrTx, partnershipIds: readonly number[], now: Date): Promise<void> {
  if (partnershipIds.length === 0) return
  // One after the other in one order: whoever else records them waits, and nobody for us.
  await sql`select record_introduced(id, ${now}) from (
    select distinct id from unnest(${partnershipIds}::bigint[]) as id order by id) ordered`.execute(tx)
}

/** A campaign that was done has something to do again. */
export async function reopenCampaign(tx: DbOrTx, id: number): Promise<void> {
  await sql`update campaigns set state = 'sending', finished_at = null where id = ${id} and state = 'done'`.execute(tx)
}

/** Its figures are others now: whoever keeps them by the campaign's last change reads them again. */
export async function touchCampaign(tx: DbOrTx, id: number, now: Date): Promise<void> {
  // Forward in any case: two decisions may come within one tick of the clock.
  await sql`update campaigns set updated_at = greatest(${now}, updated_at + interval '1 millisecond')
    where id = ${id}`.execute(tx)
}

/** A test email: through the ledger and its limits, but in nobody's figures. */
export async function queueTest(
  db: DbOrTx,
  input: {
    campaign_id: number
    version: number
    language: string
    person_id: number | null
    address: string
    domain: string
    now: Date
  },
): Promise<number> {
  const { now, ...row } = input
  const { id } = await db
    .insertInto('deliveries')
    .values({ ...row, is_test: true, lane: 'automatic', state: 'queued', due_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
