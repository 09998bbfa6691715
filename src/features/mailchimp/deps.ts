import type { Logger } from 'pino'
import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict } from '../../lib/errors.ts'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Mailchimp } from '../../platform/mailchimp/shapes.ts'

/** What everything about Mailchimp runs on. */
export interface MailchimpDeps {
  db: Db
  clock: Clock
  /** Never fails: a doorbell that cannot be rung now is rung again by a sweep. */
  ring: Ring
  log: Logger
  keys: TokenKeys
  config: {
    publicUrl: string
    mailFrom: string
    mailchimp: { listId: string | undefined; webhookSecret: string | undefined } | undefined
  }
  /** The account of the configured key; undefined: there is no key. */
  mailchimp: Mailchimp | undefined
}

/** @throws Conflict `mailchimp_off` when there is no key */
export function mailchimpOf({ mailchimp }: Pick<MailchimpDeps, 'mailchimp'>): Mailchimp {
  if (mailchimp) return mailchimp
  throw new Conflict('mailchimp_off', 'There is no Mailchimp key. Set MAILCHIMP_API_KEY, then start again.')
}
