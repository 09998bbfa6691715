import { Upstream } from '../../../lib/errors.ts'
import { within } from '../../../platform/http/time-limit.ts'
import type { Mailchimp, Member } from '../../../platform/mailchimp/index.ts'
import type { AudienceRow } from '../connection/audience-queries.ts'
import type { MailchimpDeps } from '../deps.ts'

/** Who waits for a stop of their mail does not wait for every try of a call: then Mailchimp cannot be asked. */
const PATIENCE_MS = 20_000

/** Asks about contacts of one audience, for one run. */
export interface Asking {
  audience: AudienceRow
  /** The contact as it is there; 'none' when it is not, undefined when Mailchimp cannot be asked now. */
  ask(hash: string): Promise<Member | 'none' | undefined>
}

/** After one call that failed nothing more is asked in this run: what stops mail is not kept waiting by each. */
export function openAsking(
  { mailchimp, log }: Pick<MailchimpDeps, 'mailchimp' | 'log'>,
  audience: AudienceRow,
): Asking {
  let isAway = mailchimp === undefined
  return {
    audience,
    async ask(hash) {
      if (isAway) return undefined
      try {
        return (await within(PATIENCE_MS, (mailchimp as Mailchimp).findMember(audience.list_id, hash))) ?? 'none'
      } catch (error) {
        isAway = true
        log.warn({ code: error instanceof Upstream ? error.code : 'none' }, 'Mailchimp cannot be asked about a contact')
        return undefined
      }
    },
  }
}
