import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { PastBounce } from './bounce-score.ts'

export interface NewEvent {
  delivery_id: number
  incoming_id: number
  kind: 'bounce' | 'complaint' | 'reply' | 'auto_reply' | 'unsubscribe'
  class?: string | null
  status?: string | null
  words?: string | null
  address?: string
  at: Date
}

/** Recorded twice it is there once. */
export async function recordEvents(tx: DbOrTx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx
    .insertInto('delivery_events')
    .values([...events])
    .onConflict((conflict) => conflict.constraint('delivery_events_once').doNothing())
    .execute()
}

/** The bounces of an address since a moment, of mail that counts. */
export async function listBouncesOf(tx: DbOrTx, { address, since }: { address: string; since: Date }) {
  const { rows } = await sql<PastBounce>`
    select e.class, e.at from delivery_events e join deliveries d on d.id = e.delivery_id
    where e.kind = 'bounce' and e.address = ${address} and e.at >= ${since} and not d.is_test order by e.at`.execute(tx)
  return rows
}

/** Stops mail to these addresses; what stands already stays. */
export async function suppressAddresses(
  tx: DbOrTx,
  input: {
    addresses: readonly string[]
    /** 'campaigns' leaves the automatic email about the reader's own participation. */
    scope: 'all' | 'campaigns'
    reason: 'hard_bounce' | 'complaint' | 'unsubscribed'
    source: string
  },
): Promise<void> {
  await sql`insert into suppressions (address, scope, reason, source)
    select distinct address, ${input.scope}, ${input.reason}, ${input.source}
    from unnest(${input.addresses}::text[]) as address
    on conflict (address, scope, reason) where lifted_at is null do nothing`.execute(tx)
}
