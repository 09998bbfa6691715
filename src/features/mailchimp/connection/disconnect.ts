import { Upstream } from '../../../lib/errors.ts'
import type { MailchimpDeps } from '../deps.ts'
import { getAudience } from './audience.ts'
import { type AudienceRow, deleteAudience } from './audience-queries.ts'
import { whileNoSync } from './while-no-sync.ts'

/**
 * Forgets the audience, with all that was known of it. Contacts there stay as they are; campaigns handed over keep their
 * reports. Where Mailchimp cannot be reached, or there is no key any more, its webhook stays and is not listened to.
 * @throws Conflict `mailchimp_not_connected`, `mailchimp_busy`
 */
export async function disconnectAudience(
  deps: Pick<MailchimpDeps, 'db' | 'log' | 'mailchimp'>,
  { waitMs }: { waitMs?: number } = {},
): Promise<void> {
  const { db } = deps
  const audience = await getAudience(db)
  await whileNoSync(
    db,
    async () => {
      await removeWebhook(deps, audience)
      await db.transaction().execute(deleteAudience)
    },
    waitMs,
  )
}

async function removeWebhook(
  { mailchimp, log }: Pick<MailchimpDeps, 'log' | 'mailchimp'>,
  { list_id, webhook_id }: AudienceRow,
): Promise<void> {
  if (!mailchimp || webhook_id === null) return
  try {
    await mailchimp.removeWebhook(list_id, webhook_id)
  } catch (error) {
    if (!(error instanceof Upstream)) throw error
    log.warn({ code: error.code }, 'the webhook could not be removed at Mailchimp')
  }
}
