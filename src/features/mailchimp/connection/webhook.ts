import { Upstream } from '../../../lib/errors.ts'
import { webhookUrl } from '../back/secret.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { recordWebhook } from './audience-queries.ts'

/**
 * Has Mailchimp tell us what others do there. Made before, it is found again. Mailchimp asks the address
 * at once whether it answers, and makes none where it cannot reach us: nobody is stopped by that from connecting.
 */
export async function registerWebhook(
  deps: Pick<MailchimpDeps, 'db' | 'log' | 'keys' | 'config' | 'mailchimp'>,
  list_id: string,
): Promise<void> {
  const mailchimp = mailchimpOf(deps)
  const url = webhookUrl(deps)
  try {
    const there = (await mailchimp.listWebhooks(list_id)).find((webhook) => webhook.url === url)
    const { id } = there ?? (await mailchimp.createWebhook(list_id, url))
    await recordWebhook(deps.db, list_id, id)
  } catch (error) {
    if (!(error instanceof Upstream)) throw error
    // Its code alone: the words may quote the address, which holds the secret.
    deps.log.warn({ code: error.code }, 'Mailchimp could not register its webhook: what it does is read once a night')
  }
}
