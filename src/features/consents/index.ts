/**
 * What people agreed to: programme mail, news, individual tracking. Owns consents, which are only ever added to.
 *
 * Guarantees (test/features/consents): every decision is kept with its time, the words that were read, their language
 * and how it came; the last one of a purpose is how it stands, and without one the default; the same decision in the
 * same words, said twice or by two at once, is kept once; nothing is recorded of a person who was erased.
 *
 * Not here: the reader's own page (features/preferences), the links and addresses that unsubscribe (features/deliveries),
 * who is mailed in the end, which suppressions decide (features/people).
 */
export { type Consents, decideConsent, listConsents, readStandingConsents, type StandingConsents } from './consents.ts'
export { type Decided, PURPOSES, type Purpose } from './purposes.ts'
export type { ConsentRow } from './queries.ts'
export { type NewConsent, recordConsent, recordDecision } from './record.ts'
export { addConsentRoutes } from './routes.ts'
