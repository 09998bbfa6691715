import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

export interface Unsubscription {
  delivery_id: number
  programme_mail_stopped: boolean
}

/**
 * The addresses that a reader's wish is about: the one the email went to and, since the wish is the person's, every
 * other one of theirs. A test email speaks for nobody but the address it went to.
 */
const ADDRESSES = (deliveryId: number) => sql`
  select d.address from deliveries d where d.id = ${deliveryId} and d.address is not null
  union
  select a.address from deliveries d join addresses a on a.person_id = d.person_id
  where d.id = ${deliveryId} and d.address is not null and not d.is_test`

export async function findStopped(db: Db, deliveryId: number): Promise<Unsubscription | undefined> {
  const { rows } = await sql<Unsubscription>`
    select ${deliveryId}::bigint as delivery_id, bool_or(s.id is not null) as programme_mail_stopped
    from (${ADDRESSES(deliveryId)}) own left join suppressions s on s.address = own.address
      and s.scope = 'campaigns' and s.reason = 'unsubscribed' and s.lifted_at is null
    having count(*) > 0`.execute(db)
  return rows[0]
}

/** Asked twice, or by two at once, it changes nothing more. */
export async function recordUnsubscribed(db: Db, deliveryId: number): Promise<void> {
  await sql`insert into suppressions (address, scope, reason, source)
    select own.address, 'campaigns', 'unsubscribed', ${`delivery ${deliveryId}`} from (${ADDRESSES(deliveryId)}) own
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(db)
}

export async function recordResubscribed(db: Db, deliveryId: number): Promise<void> {
  await sql`update suppressions set lifted_at = clock_timestamp()
    where address in (${ADDRESSES(deliveryId)}) and scope = 'campaigns' and reason = 'unsubscribed' and lifted_at is null`.execute(
    db,
  )
}
