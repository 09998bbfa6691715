import type { Db } from '../../platform/db/open.ts'
import { disableFailing } from './endpoint-queries.ts'
import { forgetMessages } from './message-queries.ts'
import { FAILING_MS, KEPT_MS, MOST_TRIES, TRIED_FOR_MS } from './rules.ts'

const WHY = 'It has taken no message for 5 days.'

/** The handler of 'sweep-webhooks': disables endpoints that fail for days, and forgets old messages. */
export async function sweepWebhooks({ db }: { db: Db }): Promise<void> {
  await disableFailing(db, { tries: MOST_TRIES, triedForMs: TRIED_FOR_MS, failingMs: FAILING_MS, why: WHY })
  await forgetMessages(db, KEPT_MS)
}
