import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** The made-up round. While `demo_loaded_at` is set it is this one: codes never change, and loading wants no rounds. */
export const DEMO_ROUND = '2016A'
/** Who added its pictures and wrote its texts. */
export const DEMO_AUTHOR = 'demo data'

export interface DemoState {
  demo_loaded_at: Date | null
  has_rounds: boolean
}

export async function readDemoState(db: DbOrTx, { lock = false } = {}): Promise<DemoState> {
  const { rows } = await sql<DemoState>`
    select demo_loaded_at, exists (select from rounds) as has_rounds
    from programme ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0] as DemoState
}

export async function recordDemoLoaded(tx: DbOrTx, at: Date | null): Promise<void> {
  await tx.updateTable('programme').set({ demo_loaded_at: at }).execute()
}

export async function findDemoRoundId(db: DbOrTx): Promise<number | undefined> {
  const row = await db.selectFrom('rounds').select('id').where('code', '=', DEMO_ROUND).executeTakeFirst()
  return row?.id
}

/** Whether its applicants are there. */
export async function isDemoImported(db: DbOrTx): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`select exists (
    select from imports i join rounds r on r.id = i.round_id
    where r.code = ${DEMO_ROUND} and i.job_id is null and not i.dry_run and i.finished_at is not null) as done`.execute(
    db,
  )
  return rows[0]?.done === true
}

/** Ids of its topics, in the order in which they were made. */
export async function listDemoTopics(db: DbOrTx): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c join rounds r on r.id = c.round_id
    where r.code = ${DEMO_ROUND} and c.kind = 'topic' order by c.id`.execute(db)
  return rows.map(({ id }) => id)
}

/** What goes when the demo data go. */
export interface DemoCounts {
  people: number
  applications: number
  campaigns: number
  deliveries: number
}

/**
 * People whom the demo's own import made (the first into its round, and without a job of its own) and who take part in no other round. Whoever was
 * imported later, or has got mail of another round, stays.
 */
const PEOPLE = (roundId: number) => sql`
  select change.row_id as id from import_changes change
  where change.import_id = (
      select min(i.id) from imports i where i.round_id = ${roundId} and i.job_id is null and not i.dry_run and i.finished_at is not null)
    and change.table_name = 'people' and change.before is null
    and not exists (select from applications a where a.person_id = change.row_id and a.round_id <> ${roundId})
    and not exists (
      select from deliveries d join campaigns c on c.id = d.campaign_id
      where d.person_id = change.row_id and c.round_id is distinct from ${roundId})`

export async function countDemo(db: DbOrTx, roundId: number): Promise<DemoCounts> {
  const { rows } = await sql<DemoCounts>`
    select (select count(*) from (${PEOPLE(roundId)}) gone) as people,
      (select count(*) from applications where round_id = ${roundId}) as applications,
      (select count(*) from campaigns where round_id = ${roundId}) as campaigns,
      (select count(*) from deliveries d join campaigns c on c.id = d.campaign_id
        where c.round_id = ${roundId} and not d.is_test) as deliveries`.execute(db)
  return rows[0] as DemoCounts
}

/** Campaigns of the round, locked so that none of them starts; and whether anything of it is in a dialogue. */
export async function lockDemoCampaigns(tx: DbOrTx, roundId: number) {
  await sql`select id from campaigns where round_id = ${roundId} order by id for update`.execute(tx)
  const { rows } = await sql<{ sending: string | null; in_dialogue: boolean }>`
    select (select coalesce(nullif(v.subject, ''), 'campaign ' || c.id) from campaigns c
        left join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
        where c.round_id = ${roundId} and c.state = 'sending' order by c.id limit 1) as sending,
      exists (select from deliveries d join campaigns c on c.id = d.campaign_id
        where c.round_id = ${roundId} and d.state in ('claimed', 'sending')) as in_dialogue`.execute(tx)
  return rows[0] as { sending: string | null; in_dialogue: boolean }
}

/** When the last of the demo's messages stops counting against the limits; null when none does. */
export async function findLimitEnd(tx: DbOrTx, roundId: number): Promise<Date | null> {
  const { rows } = await sql<{ ends: Date | null }>`
    select max(a.ended_at + make_interval(secs => (select max(seconds) from sender_limits))) as ends
    from attempts a join deliveries d on d.id = a.delivery_id join campaigns c on c.id = d.campaign_id
    where c.round_id = ${roundId} and a.counted
      and a.ended_at > clock_timestamp() - make_interval(secs => (select max(seconds) from sender_limits))`.execute(tx)
  return rows[0]?.ends ?? null
}

/** Deletes the round with everything in it, and the people it came with. In the order that foreign keys ask for. */
export async function deleteDemo(tx: DbOrTx, roundId: number): Promise<void> {
  const deliveries = sql`select d.id from deliveries d join campaigns c on c.id = d.campaign_id where c.round_id = ${roundId}`
  await sql`create temporary table demo_people on commit drop as ${PEOPLE(roundId)}`.execute(tx)
  await sql`create temporary table demo_addresses on commit drop as
    select a.address from addresses a join demo_people p on p.id = a.person_id`.execute(tx)
  await sql`analyze demo_people`.execute(tx)
  await sql`analyze demo_addresses`.execute(tx)
  // The fence knows the last attempt: an older copy of the database would look just like this one without it.
  await sql`update installation set removed_attempt = greatest(removed_attempt, (select max(id) from attempts))`.execute(
    tx,
  )
  await deleteAnswers(tx, roundId)
  await sql`delete from preference_changes where delivery_id in (${deliveries})`.execute(tx)
  // Unsubscriptions by a page came with no message.
  await sql`delete from delivery_events where delivery_id in (${deliveries})`.execute(tx)
  await sql`delete from deliveries where id in (${deliveries})`.execute(tx)
  await sql`delete from campaigns where round_id = ${roundId}`.execute(tx)
  await sql`delete from imports where round_id = ${roundId}`.execute(tx)
  await sql`delete from partnerships where round_id = ${roundId}`.execute(tx)
  await sql`delete from application_drafts where round_id = ${roundId}`.execute(tx)
  await sql`delete from applications where round_id = ${roundId}`.execute(tx)
  await sql`delete from suppressions where address in (select address from demo_addresses)`.execute(tx)
  await sql`delete from mailbox_messages
    where lower(rcpt_to) in (select address from demo_addresses) or lower(mail_from) in (select address from demo_addresses)`.execute(
    tx,
  )
  await sql`delete from people where id in (select id from demo_people)`.execute(tx)
  await sql`delete from rounds where id = ${roundId}`.execute(tx)
  await sql`delete from pictures p where p.uploaded_by = ${DEMO_AUTHOR} and not exists (
    select from campaign_variants v
    where v.body_markdown like '%' || p.digest || '%' or v.extras::text like '%' || p.digest || '%')`.execute(tx)
}

/** What came back about the round's mail, and what was made of it. */
async function deleteAnswers(tx: DbOrTx, roundId: number): Promise<void> {
  await sql`create temporary table demo_incoming on commit drop as
    select m.id from incoming_messages m
    where m.round_id = ${roundId} or m.from_address in (select address from demo_addresses)
      or m.delivery_id in (select d.id from deliveries d join campaigns c on c.id = d.campaign_id where c.round_id = ${roundId})`.execute(
    tx,
  )
  await sql`analyze demo_incoming`.execute(tx)
  const incoming = sql`select id from demo_incoming`
  await sql`delete from inbox_replies where item_id in (select id from inbox_items where incoming_id in (${incoming}))`.execute(
    tx,
  )
  await sql`delete from inbox_items where incoming_id in (${incoming})`.execute(tx)
  await sql`delete from delivery_events where incoming_id in (${incoming})`.execute(tx)
  await sql`delete from confirmation_answers where incoming_id in (${incoming})
    or application_id in (select id from applications where round_id = ${roundId})`.execute(tx)
  await sql`delete from incoming_messages where id in (${incoming})`.execute(tx)
}
