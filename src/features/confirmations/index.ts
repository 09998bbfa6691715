/**
 * Confirmations: who takes part. Owns the way of an application from applied to confirmed, declined or lapsed as staff
 * record it. Guarantees that nobody is confirmed who did not agree to the code of conduct, that who has left
 * (withdrawn, removed) stays out, and that many answers are recorded as a whole or, with every fault named, not at all.
 * Asking by email and reading replies are not here yet.
 */
export { addConfirmationRoutes } from './routes.ts'
export { ANSWERS, type Answer, type RecordedAnswers, recordAnswers } from './service.ts'
