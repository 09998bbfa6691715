/**
 * Confirmations: who takes part. Owns the table confirmation_answers and the way of an application from applied to
 * confirmed, declined, lapsed or withdrawn: asking by email, reminders, answers by reply, by the page behind a link and by staff,
 * the last day.
 *
 * Guarantees (test/features/confirmations):
 * - Nobody is confirmed who did not agree to the code of conduct; who has left (withdrawn, removed) stays out; who was
 *   introduced to a partner declines by a person only.
 * - What was said before the last day was over counts whenever it is read, and nothing after it does by itself; what was
 *   said first never undoes what was said later.
 * - Looking at a link changes nothing. Saying the same again changes nothing and sends nothing.
 * - Every answer is kept with how it came. An answer and its notice are recorded together or not at all.
 * - Who leaves a round by their own word frees their partner in the same moment, and nothing else changes.
 * - Nobody is asked twice by two clicks, and nobody's place lapses while something of theirs is unread or undecided.
 * - Answers that staff bring together are recorded as a whole or, with every fault named, not at all.
 *
 * Not here: what a reply says and whether it may act (features/inbox), the waiting list and the country cap
 * (features/applications), the texts and their recipients (features/campaigns).
 */
export { type Answering, type Recorded, recordReplyAnswer } from './answer.ts'
export { type KeptAnswer, listAnswersOfPerson } from './answer-queries.ts'
export { leaveRound, listPlaces, mayLeave, type PlaceRow } from './leave.ts'
export { addConfirmPages } from './page-routes.ts'
export { type Reminded, type Reminding, remindSilent } from './remind.ts'
export type { PlannedReminder } from './reminders.ts'
export { type Asked, type Asking, requestConfirmations } from './request.ts'
export { ensureConfirmationDraft } from './request-draft.ts'
export type { ReminderRow } from './request-queries.ts'
export { addConfirmationRoutes } from './routes.ts'
export { isConfirmationOpen } from './rules.ts'
export { ANSWERS, type Answer, type RecordedAnswers, recordAnswers, recordStaffAnswer } from './staff.ts'
export { type ConfirmationSummary, listConfirmationPeople, summariseConfirmations } from './summary.ts'
export {
  GROUPS as CONFIRMATION_GROUPS,
  type Group as ConfirmationGroup,
  type GroupPerson,
  type RequestRow,
} from './summary-queries.ts'
export { sweepConfirmations } from './sweep.ts'
