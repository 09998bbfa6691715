import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Somebody whose place lapses. */
export interface LapsingRow {
  application_id: number
  person_id: number
  round_id: number
  deadline: Date
}

/** As confirmationDeadline (rules.ts) has it. */
const DEADLINE = sql`((r.confirm_by + 1)::timestamp + interval '12 hours') at time zone 'UTC'`
/** A mailbox that cannot be read for longer holds nobody up: staff have been told. */
const TROUBLE_COUNTS = sql`interval '14 days'`

/**
 * Between the last day and now. What seems to lie in the future is of a made-up round, which lives in the past while the
 * database does not: it says nothing.
 */
const sinceDeadline = (at: RawBuilder<unknown>, now: Date) =>
  sql`(${at} >= over.deadline and ${at} < ${now}::timestamptz + interval '1 hour')`

/**
 * Applicants whom a request reached before the last day was over and of whom nothing was heard, locked until the
 * transaction ends. Left alone: of whom something waits to be decided, whom staff put back after the last day, and
 * everybody while a message that came before it is unread, or a mailbox that may hold one cannot be read.
 * Of two sweeps at once each takes what the other has not.
 */
export async function claimLapsing(tx: DbOrTx, now: Date, limit: number): Promise<LapsingRow[]> {
  const { rows } = await sql<LapsingRow>`
    with over as (
      select r.id, ${DEADLINE} as deadline from rounds r
      where r.confirm_by is not null and ${DEADLINE} <= ${now} and coalesce(r.ends_on >= (${now}::timestamptz at time zone 'UTC')::date, true)
        and not exists (select from incoming_messages m where m.state = 'received' and m.received_at < ${DEADLINE})
        and not exists (select from imap_mailboxes b where b.trouble_since > ${now}::timestamptz - ${TROUBLE_COUNTS})
    )
    select a.id as application_id, a.person_id, a.round_id, over.deadline
    from over join applications a on a.round_id = over.id
    where a.state = 'applied' and not ${sinceDeadline(sql`a.state_changed_at`, now)}
      and exists (
        select from deliveries d join campaigns c on c.id = d.campaign_id
        where d.person_id = a.person_id and not d.is_test and c.round_id = a.round_id and c.kind = 'confirmation'
          and d.state = 'accepted' and d.due_at < over.deadline and not ${sinceDeadline(sql`d.accepted_at`, now)})
      and not exists (
        select from inbox_items i where i.person_id = a.person_id and i.state = 'open'
          and coalesce(i.round_id, a.round_id) = a.round_id)
    order by a.id limit ${limit} for update of a skip locked`.execute(tx)
  return rows
}

export async function recordLapsed(tx: DbOrTx, rows: readonly LapsingRow[], now: Date): Promise<void> {
  const given = JSON.stringify(rows.map(({ application_id, deadline }) => ({ application_id, deadline })))
  await sql`
    with given as (select * from jsonb_to_recordset(${given}::jsonb) as g(application_id bigint, deadline timestamptz)),
    lapsed as (
      update applications a set state = 'lapsed', state_changed_at = ${now} from given where a.id = given.application_id
    )
    insert into confirmation_answers (application_id, before, answer, source, said_at, recorded_at)
    select application_id, 'applied', 'lapsed', 'deadline', deadline, ${now} from given order by application_id`.execute(
    tx,
  )
}

/** Reminders that the last day has overtaken, because it was moved: they go no more by themselves. */
export async function stopLateReminders(tx: DbOrTx, now: Date): Promise<void> {
  await sql`update campaigns c set sends_itself = false, updated_at = ${now} from rounds r
    where c.sends_itself and c.state = 'draft' and c.kind = 'reminder' and c.audience ->> 'asked' = 'true'
      and r.id = c.round_id and c.planned_at >= ${DEADLINE}`.execute(tx)
}
