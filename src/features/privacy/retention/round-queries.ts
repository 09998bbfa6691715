import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** What a round still holds of people who stay, a group at a time: each is found until it is gone. */

interface Group {
  round_id: number
  limit: number
}

export async function listApplicationsWithAnswers(db: DbOrTx, { round_id, limit }: Group): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select a.id from applications a
    where a.round_id = ${round_id} and (a.special_request is not null or a.answers <> '{}'
      or exists (select from import_changes c where c.table_name = 'applications' and c.row_id = a.id)
      or exists (select from application_drafts f where f.application_id = a.id))
    order by a.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** With the imports' memory of them and the forms they came from. */
export async function deleteCopiesOfAnswers(tx: DbOrTx, applicationIds: readonly number[]): Promise<void> {
  await sql`
    delete from import_changes where table_name = 'applications' and row_id = any(${applicationIds}::bigint[])`.execute(
    tx,
  )
  await sql`delete from application_drafts where application_id = any(${applicationIds}::bigint[])`.execute(tx)
}

const OF_ROUND = (roundId: number) => sql`
  select d.id from deliveries d join campaigns c on c.id = d.campaign_id where c.round_id = ${roundId}`

export async function listIncomingWithText(db: DbOrTx, { round_id, limit }: Group): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select m.id from incoming_messages m
    where m.state <> 'received' and (m.round_id = ${round_id} or m.delivery_id in (${OF_ROUND(round_id)}))
      and (m.raw is not null or m.visible is not null or m.from_address is not null or m.mail_from is not null)
    order by m.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Deliveries of which a server's words or single clicks are kept, in no dialogue. */
export async function listDeliveriesWithTraces(db: DbOrTx, { round_id, limit }: Group): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select d.id from deliveries d join campaigns c on c.id = d.campaign_id
    where c.round_id = ${round_id} and d.state not in ('claimed', 'sending')
      and (exists (select from attempts t where t.delivery_id = d.id and t.words is not null)
        or exists (select from delivery_events e where e.delivery_id = d.id and e.words is not null)
        or exists (select from tracking_hits h where h.delivery_id = d.id))
    order by d.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Clicks that were counted: what was counted of them stays. */
export async function deleteCountedHits(tx: DbOrTx, deliveryIds: readonly number[]): Promise<void> {
  await sql`
    delete from tracking_hits h where h.delivery_id = any(${deliveryIds}::bigint[])
      and not exists (select from tracking_changes c where c.delivery_id = h.delivery_id)`.execute(tx)
}

export async function listRunsOf(db: DbOrTx, roundId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from matching_runs where round_id = ${roundId} order by id`.execute(db)
  return rows.map(({ id }) => id)
}

export async function listPartnershipsOf(db: DbOrTx, roundId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select id from partnerships where round_id = ${roundId}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Imports keep their figures, and lose what quotes a form: faults, what was cleaned, the file and its name. */
export async function eraseImportsOf(tx: DbOrTx, roundId: number): Promise<void> {
  const none = sql`'{"faulty": [], "cleaned": [], "notes": []}'::jsonb`
  await sql`
    update jobs j set result = j.result || ${none}, error = null
    from imports i where i.job_id = j.id and i.round_id = ${roundId} and jsonb_typeof(j.result) = 'object'`.execute(tx)
  await sql`
    update imports set result = case when jsonb_typeof(result) = 'object' then result || ${none} end, faults = '[]',
      content = null, header = null, kept_until = null, file_name = null
    where round_id = ${roundId}`.execute(tx)
}
