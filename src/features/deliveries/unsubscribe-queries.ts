import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

export interface Unsubscription {
  delivery_id: number
  /** The language that the reader prefers. */
  language: string
  programme_mail_stopped: boolean
  /** The reader stopped every email of ours. */
  everything_stopped: boolean
}

/** 'campaigns' leaves the automatic email about the reader's own participation. */
export type StopScope = 'campaigns' | 'all'

/**
 * The addresses that a reader's wish is about: the one the email went to and, since the wish is the person's, every
 * other one of theirs. A test email speaks for nobody but the address it went to.
 */
const ADDRESSES = (deliveryId: number) => sql`
  select d.address from deliveries d where d.id = ${deliveryId} and d.address is not null
  union
  select a.address from deliveries d join addresses a on a.person_id = d.person_id
  where d.id = ${deliveryId} and d.address is not null and not d.is_test`

export async function findStopped(db: DbOrTx, deliveryId: number): Promise<Unsubscription | undefined> {
  const { rows } = await sql<Unsubscription>`
    select ${deliveryId}::bigint as delivery_id,
      coalesce(bool_or(s.scope = 'campaigns'), false) as programme_mail_stopped,
      coalesce(bool_or(s.scope = 'all'), false) as everything_stopped,
      (select case when d.is_test or p.id is null then d.language else p.language end
        from deliveries d left join people p on p.id = d.person_id where d.id = ${deliveryId}) as language
    from (${ADDRESSES(deliveryId)}) own left join suppressions s on s.address = own.address
      and s.reason = 'unsubscribed' and s.lifted_at is null
    having count(*) > 0`.execute(db)
  return rows[0]
}

/** Whose wish it is; undefined for a test email, a contact, and a person of whom nothing is left. */
export async function findWisher(db: DbOrTx, deliveryId: number): Promise<number | undefined> {
  const { rows } = await sql<{ person_id: number }>`
    select d.person_id from deliveries d join people p on p.id = d.person_id
    where d.id = ${deliveryId} and not d.is_test and d.address is not null and p.erased_at is null`.execute(db)
  return rows[0]?.person_id
}

/** That this email made its reader stop, by the button of a mail program or a page: once, however it is asked again. */
export async function recordUnsubscribeEvent(tx: DbOrTx, deliveryId: number, at: Date): Promise<void> {
  await sql`
    insert into delivery_events (delivery_id, kind, at)
    select ${deliveryId}, 'unsubscribe', ${at}
    where not exists (select from delivery_events where delivery_id = ${deliveryId} and kind = 'unsubscribe')
    on conflict (delivery_id) where kind = 'unsubscribe' and incoming_id is null do nothing`.execute(tx)
}

/** Asked twice, or by two at once, it changes nothing more. */
export async function recordUnsubscribed(db: DbOrTx, deliveryId: number, scope: StopScope): Promise<void> {
  await sql`insert into suppressions (address, scope, reason, source)
    select own.address, ${scope}, 'unsubscribed', ${`delivery ${deliveryId}`} from (${ADDRESSES(deliveryId)}) own
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(db)
}

export async function recordResubscribed(db: DbOrTx, deliveryId: number, scope: StopScope): Promise<void> {
  await sql`update suppressions set lifted_at = clock_timestamp()
    where address in (${ADDRESSES(deliveryId)}) and scope = ${scope} and reason = 'unsubscribed' and lifted_at is null`.execute(
    db,
  )
}
