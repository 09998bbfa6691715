/**
 * The ledger: one row per (campaign, person), every attempt, and the runs that hand messages over.
 *
 * Guarantees (each has its test or is shown by `npm run proof`):
 * - nobody twice: the intent is written before the dialogue, and a dialogue whose end is unknown makes the delivery
 *   uncertain, which no machine sends again;
 * - nobody lost: whatever a lost process held comes back, and recipients are always the sum over the states;
 * - no rolling window of the limits is ever exceeded, over all processes and restarts (budget-queries.ts);
 * - a paused or cancelled campaign and a suppressed address stop what has not begun;
 * - introductions go to all of those they introduce to one another or to nobody (features/partnerships tells how far):
 *   one after the other, and before the first of them the server is asked about the addresses of the others.
 *
 * Not here: who is a recipient and what the message says (features/campaigns), replies and bounces.
 */

export {
  countDeliveries,
  countDeliveriesByState,
  countDeliveriesOf,
  countSkipped,
  DELIVERY_STATES,
  type DeliveryCounts,
  type DeliveryState,
  getDelivery,
  queueTest,
} from './delivery-queries.ts'
export { forecastCampaign, forecastDraft, forecastLastDeparture, type Outlook } from './forecast-queries.ts'
export { type HeldReason, holdLateCampaign, holdRestored, LATE_SECONDS, releaseHeld } from './hold-queries.ts'
export type { ClaimedDelivery } from './ledger-queries.ts'
export type { LimitUse } from './limit-queries.ts'
export { type DeliveryOfPerson, listDeliveryPeople, listTests } from './people-queries.ts'
export { listDeliveriesOfPerson, type MailOfPerson } from './person-queries.ts'
export { closeAccountOf, stopRefusingDomain } from './refusal-queries.ts'
export { resolveDelivery, resolveUncertain } from './resolve.ts'
export { addDeliveryRoutes } from './routes.ts'
export { sendDue } from './send-due.ts'
export { ensureSender, findSender } from './sender-queries.ts'
export { changeLimits, listLimitUse, measureSender, releaseDomain } from './sender-service.ts'
export type { Compose, Composed, SendDeps } from './sending-run.ts'
export { countHeld, readSecondsSinceSweep } from './standstill-queries.ts'
export { sweepLedger } from './sweep.ts'
export { findSendingTrouble, type SendingTrouble } from './trouble.ts'
export { BY_EMAIL, resubscribe, unsubscribe } from './unsubscribe.ts'
export { addUnsubscribeRoutes } from './unsubscribe-routes.ts'
