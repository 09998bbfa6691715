/**
 * The programme's audience in Mailchimp. Owns the tables mailchimp_*.
 *
 * Guarantees (test/features/mailchimp):
 * - Pairpost is the truth about rounds and people. Of what is changed there, names and language are taken over, and what
 *   stops mail; a clash is kept for a person to see.
 * - Nobody is unsubscribed by us and nobody who left is brought back: a contact that is there is never sent a status. Who
 *   must not be mailed is archived; of contacts that others made our tags alone are taken off, as long as they may be mailed.
 * - Everything is recomputed from rows: killed anywhere, the next sync does what is left, and one with nothing to do writes
 *   nothing. What is noted as written was answered.
 * - One sync at a time, over all processes.
 *
 * Not here: the calls themselves, their limits and retries (platform/mailchimp), who may be mailed (features/people).
 */

export type { ClashRow } from './back/clash-queries.ts'
export { keepSide, listClashes } from './back/clashes.ts'
export type { TroubleRow } from './back/contact-queries.ts'
export type { EventRow } from './back/event-queries.ts'
export { settleMailchimpEvents } from './back/events.ts'
export { listMailchimpEvents } from './back/list-events.ts'
export { decideTrouble, listTroubles } from './back/troubles.ts'
export { addMailchimpWebhookRoutes } from './back/webhook-routes.ts'
export type { Handed } from './campaigns/handed-queries.ts'
export { handOverAgain, listHandedOver } from './campaigns/service.ts'
export {
  type AudienceChoice,
  type Connection,
  changeAudience,
  connectAudience,
  listLists,
  readConnection,
} from './connection/connection.ts'
export { disconnectAudience } from './connection/disconnect.ts'
export type { MailchimpDeps } from './deps.ts'
export { type Drift, measureDrift, type Plan, type PlanItem, type PlanKind, planSync } from './mirror/drift.ts'
export { startSync } from './mirror/start-sync.ts'
export type { SyncResult } from './mirror/sync.ts'
export { syncPeople } from './mirror/sync-people.ts'
export { type MailchimpNeeds, MOST_TROUBLES, readMailchimpNeeds } from './needs-queries.ts'
export { addMailchimpRoutes } from './routes.ts'
export { sweepMailchimp } from './sweep.ts'
export { mailchimpWork } from './work.ts'
