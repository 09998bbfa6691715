import { type Json, listOf, objectOf, textOf } from './answers.ts'
import { isFault } from './faults.ts'
import type { Mailchimp, MailchimpWebhook } from './shapes.ts'
import type { Vendor } from './vendor.ts'

const EVENTS = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true }
/** What we do by the API ourselves is no news. */
const SOURCES = { user: true, admin: true, api: false }

/** Where Mailchimp tells what happens in an audience. */
export function webhookCalls({ lists }: Vendor) {
  async function listWebhooks(list_id: string): Promise<MailchimpWebhook[]> {
    const answer = objectOf(await lists.getListWebhooks(list_id), 'webhooks')
    return listOf(answer.webhooks, 'webhooks').map(readWebhook)
  }

  return {
    listWebhooks,
    createWebhook: async (list_id, url) => {
      try {
        const body = { url, events: EVENTS, sources: SOURCES }
        return readWebhook(objectOf(await lists.createListWebhook(list_id, body), 'webhook'))
      } catch (error) {
        if (!isFault(error, 'mailchimp_refused')) throw error
        const found = (await listWebhooks(list_id)).find((webhook) => webhook.url === url)
        if (!found) throw error
        return found
      }
    },
    removeWebhook: async (list_id, webhook_id) => {
      try {
        await lists.deleteListWebhook(list_id, webhook_id)
      } catch (error) {
        if (!isFault(error, 'mailchimp_missing')) throw error
      }
    },
  } satisfies Partial<Mailchimp>
}

function readWebhook(row: Json): MailchimpWebhook {
  return { id: textOf(row.id, 'id of a webhook'), url: textOf(row.url, 'address of a webhook') }
}
