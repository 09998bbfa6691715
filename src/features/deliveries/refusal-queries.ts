import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** Gmail's daily limit opens again bit by bit: asking every hour costs nothing (mail.md, 4). */
const CLOSE_MINUTES = 60
/** Bounces of a domain within the hour, of so many deliveries, after which nothing more goes there until a person looks. */
const REFUSALS = 5

/**
 * The provider said "enough" in a bounce: nothing leaves by the account for an hour. A report speaks for its own
 * delivery once, and for the hour after that was accepted: an old or repeated one closes nothing.
 */
export async function closeAccountOf(
  tx: DbOrTx,
  input: { delivery_id: number; words: string; at: Date },
): Promise<void> {
  const { delivery_id, words, at } = input
  await sql`
    update senders s set closed_until = clock_timestamp() + make_interval(mins => ${CLOSE_MINUTES}), closed_words = ${words}
    from deliveries d join attempts a on a.id = d.attempt_id
    where d.id = ${delivery_id} and s.id = a.sender_id
      and d.accepted_at > ${at}::timestamptz - make_interval(mins => ${CLOSE_MINUTES})
      and (s.closed_until is null or s.closed_until < clock_timestamp())`.execute(tx)
}

/**
 * A bounce says that the domain will not have mail from us. Behind a relay every handover is accepted and the refusals come
 * as bounces: they are counted over deliveries and not in a row, since others are accepted in between.
 */
export async function stopRefusingDomain(
  tx: DbOrTx,
  input: { delivery_id: number; words: string; at: Date },
): Promise<void> {
  const { delivery_id, words, at } = input
  await sql`
    insert into domain_stops as s (sender_id, domain, refusals_in_row, words, stopped_at)
    select a.sender_id, d.domain, ${REFUSALS}, ${words}, clock_timestamp()
    from deliveries d join attempts a on a.id = d.attempt_id
    where d.id = ${delivery_id} and d.domain is not null and ${REFUSALS} <= (
      select count(distinct other.id) from delivery_events e join deliveries other on other.id = e.delivery_id
      where e.kind = 'bounce' and e.class = 'blocked' and e.at > ${at}::timestamptz - interval '1 hour'
        and other.domain = d.domain and not other.is_test)
    on conflict on constraint domain_stops_pk do update set
      stopped_at = coalesce(s.stopped_at, excluded.stopped_at), words = excluded.words`.execute(tx)
}
