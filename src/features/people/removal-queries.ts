import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/**
 * Holds the rounds that a person takes part in until the transaction ends. An approval locks its round: it makes their
 * partnership before this, or never.
 */
export async function holdRoundsOf(tx: DbOrTx, personId: number): Promise<void> {
  await sql`
    select from rounds where id in (select round_id from applications where person_id = ${personId})
    order by id for share`.execute(tx)
}

/** Applications that still stand, in rounds that have not ended. @param input.today `YYYY-MM-DD` */
export async function removeApplications(
  tx: DbOrTx,
  { person_id, today, now }: { person_id: number; today: string; now: Date },
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ state: 'removed', state_changed_at: now })
    .where('person_id', '=', person_id)
    .where('state', 'in', ['applied', 'waitlisted', 'confirmed'])
    .where('round_id', 'in', (is) =>
      is
        .selectFrom('rounds')
        .select('id')
        .where((or) => or.or([or('ends_on', 'is', null), or('ends_on', '>=', today)])),
    )
    .execute()
}

const REMOVED = 'One of the partners was removed from the programme.'

/**
 * Ends the partnerships that stand in rounds that have not ended: the partner is free for another. Two and more who are
 * left of a larger one stay together, in a new one that is as well known to them as the old one was.
 * @param input.round_id in this round alone
 */
export async function endPartnershipsOf(
  tx: DbOrTx,
  input: { person_id: number; today: string; now: Date; reason?: string; round_id?: number },
): Promise<void> {
  const { person_id, today, now, reason = REMOVED, round_id = null } = input
  const stands = sql`s.ended_at is null
    and s.id in (select partnership_id from partnership_members where person_id = ${person_id})
    and s.round_id in (select id from rounds where ends_on is null or ends_on >= ${today})
    and (${round_id}::bigint is null or s.round_id = ${round_id})`
  let isAnyLeft = true
  // Who left the same one a moment before has put this person into a new one, which only the next statement sees.
  while (isAnyLeft) {
    const { rows: ended } = await sql<{ id: number }>`
      update partnerships s set ended_at = ${now}, end_reason = ${reason} where ${stands} returning s.id`.execute(tx)
    await keepOthersTogether(tx, { ids: ended.map(({ id }) => id), without: person_id })
    const { rows } = await sql`select from partnerships s where ${stands} limit 1`.execute(tx)
    isAnyLeft = rows.length > 0
  }
}

async function keepOthersTogether(tx: DbOrTx, { ids, without }: { ids: number[]; without: number }): Promise<void> {
  if (ids.length === 0) return
  await sql`
    with left_over as (
      select s.*, nextval(pg_get_serial_sequence('partnerships', 'id')) as new_id from partnerships s
      where s.id = any(${ids}::bigint[])
        and (select count(*) from partnership_members m where m.partnership_id = s.id) > 2
    ), made as (
      insert into partnerships (id, round_id, run_id, score, reasons, introduced_at) overriding system value
      select new_id, round_id, run_id, score, reasons, introduced_at from left_over
    )
    insert into partnership_members (partnership_id, person_id)
    select l.new_id, m.person_id from left_over l
    join partnership_members m on m.partnership_id = l.id and m.person_id <> ${without}`.execute(tx)
}
