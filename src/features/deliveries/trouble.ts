import type { Db } from '../../platform/db/open.ts'
import { listStoppedDomains } from './limit-queries.ts'
import { findSender } from './sender-queries.ts'

/** What keeps mail from leaving. */
export interface SendingTrouble {
  /** The provider has closed the account until then. */
  closed: { until: Date; words: string } | undefined
  /** The mail server cannot be used. */
  trouble: { since: Date; words: string; next_try_at: Date | null } | undefined
  /** Domains that refuse us and wait for a person, at most 100. */
  stopped_domains: { domain: string; stopped_at: Date; words: string }[]
}

/** The same as measureSender says, without counting how much of the limits is used. */
export async function findSendingTrouble(db: Db): Promise<SendingTrouble> {
  const sender = await findSender(db)
  if (!sender) return { closed: undefined, trouble: undefined, stopped_domains: [] }
  const { closed_until, closed_words, trouble_since, trouble_words, next_try_at } = sender
  return {
    // The database's times: a clock that is a little off only says it a little longer or shorter.
    closed:
      closed_until && closed_until.getTime() > Date.now()
        ? { until: closed_until, words: closed_words ?? '' }
        : undefined,
    trouble: trouble_since ? { since: trouble_since, words: trouble_words ?? '', next_try_at } : undefined,
    stopped_domains: await listStoppedDomains(db, sender.id),
  }
}
