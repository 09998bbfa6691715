import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { holdRoundsOf, lockNewPeople } from '../../people/index.ts'
import type { Traces } from './trace-queries.ts'

/** How long is waited for whoever changes the same people: then the caller is told to try again. */
const WAIT_MS = 3000

/**
 * Holds these people and what they take part in until the transaction ends, in the order of everybody who takes several of
 * these: their forms, imports and other makers of people, rounds, applications, people. Whoever queues email to them,
 * records an answer or imports a form of theirs does it before this, or finds nobody. The key of their rows is locked
 * too: a delivery that is being made for them waits. Returns those that there are.
 */
export async function holdPeople(
  tx: DbOrTx,
  personIds: readonly number[],
): Promise<{ id: number; erased_at: Date | null }[]> {
  await sql`select set_config('lock_timeout', ${`${WAIT_MS}ms`}, true)`.execute(tx)
  await sql`
    select f.id from application_drafts f
    where f.application_id in (select id from applications where person_id = any(${personIds}::bigint[]))
      or f.contact_id in (
        select o.id from contacts o join addresses a on a.address = o.address where a.person_id = any(${personIds}::bigint[]))
    order by f.id for update`.execute(tx)
  await lockNewPeople(tx)
  for (const id of personIds) await holdRoundsOf(tx, id)
  await sql`select id from applications where person_id = any(${personIds}::bigint[]) order by id for update`.execute(
    tx,
  )
  const { rows } = await sql<{ id: number; erased_at: Date | null }>`
    select id, erased_at from people where id = any(${personIds}::bigint[]) order by id for update`.execute(tx)
  return rows
}

/**
 * Locks what was and will be handed over, and waits for nobody: who sends has it in another order. Returns whose email is
 * on its way this moment, or is locked by who is about to take it.
 */
export async function lockDeliveries(tx: DbOrTx, { delivery_ids }: Traces): Promise<{ is_busy: boolean }> {
  const { rows } = await sql<{ state: string }>`
    select state from deliveries where id = any(${delivery_ids}::bigint[]) order by id for update skip locked`.execute(
    tx,
  )
  const attempts = await sql<{ had: number; locked: number }>`
    with locked as (
      select id from attempts where delivery_id = any(${delivery_ids}::bigint[]) order by id for update skip locked)
    select (select count(*) from attempts where delivery_id = any(${delivery_ids}::bigint[])) as had,
      (select count(*) from locked) as locked`.execute(tx)
  const { had = 0, locked = 0 } = attempts.rows[0] ?? {}
  const is_busy =
    rows.length < delivery_ids.length ||
    locked < had ||
    rows.some(({ state }) => state === 'claimed' || state === 'sending')
  return { is_busy }
}

/** Whether a click of theirs waits to be counted. Under `lockDeliveries` no other comes. */
export async function hasUncountedHits(tx: DbOrTx, { delivery_ids }: Traces): Promise<boolean> {
  const { rows } = await sql`
    select from tracking_changes where delivery_id = any(${delivery_ids}::bigint[]) limit 1`.execute(tx)
  return rows.length > 0
}

/** What is being made of their data this moment, in words; undefined when nothing is. */
export async function findWorkUnderWay(tx: DbOrTx, traces: Traces): Promise<string | undefined> {
  const { rows } = await sql<{ what: string }>`
    select 'a matching run of their round is under way' as what
    from matching_runs r join jobs j on j.id = r.job_id
    where r.id = any(${traces.run_ids}::bigint[]) and r.finished_at is null and j.state in ('waiting', 'running')
    union all
    select 'an import is being read'
    from imports i join jobs j on j.id = i.job_id where i.content is not null and j.state in ('waiting', 'running')
    union all
    select 'a message from them is being read'
    from incoming_messages m where m.state = 'received' and (
      m.id = any(${traces.incoming_ids}::bigint[])
      or exists (select from unnest(${traces.addresses}::text[]) as own(address)
        where position(convert_to(own.address, 'UTF8') in m.raw) > 0))
    limit 1`.execute(tx)
  return rows[0]?.what
}
