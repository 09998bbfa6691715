import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { keepMessages } from './receive.ts'

interface CaughtReply {
  mail_from: string
  rcpt_to: string
  raw: Buffer
}

/** For the built-in mailbox: takes over its messages to the programme, in the transaction that stores them. */
export function createMailboxReader({ clock, ring }: { clock: Clock; ring: Ring }) {
  return {
    keep: (tx: DbOrTx, messages: readonly CaughtReply[]): Promise<number[]> =>
      keepMessages(
        tx,
        messages.map(({ mail_from, rcpt_to, raw }) => ({ mail_from, rcpt_to, raw, source: 'mailbox' })),
        clock.now(),
      ),
    notify(ids: readonly number[]): void {
      for (const incoming_id of ids) void ring('read-incoming', { incoming_id })
    },
  }
}
