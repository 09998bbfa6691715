/**
 * Outgoing webhooks: other services are told of deliveries, bounces and confirmations, as the Standard Webhooks
 * specification has it (https://github.com/standard-webhooks/standard-webhooks). Owns webhook_endpoints and
 * webhook_messages; the messages are written by triggers, in the transaction of what they tell of
 * (migrations/0027_webhooks.sql).
 *
 * Guarantees (test/features/webhooks):
 * - What was committed is told at least once, whatever dies in between, and always under the same webhook-id: a receiver
 *   that keeps ids acts once. What was rolled back is never told. In no promised order.
 * - Nobody but the holder of the secret and we can sign: the secret is shown once and stands nowhere; after a change of
 *   our key the older ones sign too, as long as SECRET_KEY lists them. Who takes one out of it gives those receivers a
 *   new webhook first.
 * - Nothing is sent to a private network, whatever an address or its name turns into; redirects are not followed
 *   (reachable.ts has the one rule).
 * - A message holds ids and states: no name, no address, no text.
 * - Two processes never send one message at the same time, as long as a try ends within its minute; at most 4 messages
 *   to one endpoint are under way in each process, so that a slow one holds up nobody else.
 * - Ten tries over at least three days; an endpoint that answers 410 or takes nothing for 5 days is disabled, and says
 *   why. Disabled, it is told nothing new; what waited goes on when it is enabled. After 30 days a message is forgotten.
 *
 * Not here: Mailchimp's webhooks, which come in.
 */

export type { EndpointRow as Webhook } from './endpoint-queries.ts'
export {
  createWebhook,
  getWebhook,
  listDisabledWebhooks,
  listWebhooks,
  removeWebhook,
  updateWebhook,
} from './endpoints.ts'
export type { MessageRow as WebhookMessage } from './message-queries.ts'
export { listWebhookMessages, resendWebhookMessage, testWebhook } from './messages.ts'
export { addWebhookRoutes } from './routes.ts'
export { NEWS, type News } from './rules.ts'
export { sendWebhooks } from './send.ts'
export { sweepWebhooks } from './sweep.ts'
