/**
 * Check-ins: what partners tell of their partnership when they are asked how it goes. Owns the table check_in_answers,
 * which is only ever added to: the last answer of a person about a partnership counts.
 *
 * Guarantees (test/features/check-ins):
 * - Looking at a link changes nothing; a click that is repeated is one answer.
 * - Nobody sees by a link what a partner of theirs has answered, nor anything of a partnership that is not theirs.
 * - Answers can be changed for as long as the partnership stands, and not after.
 * - No answer changes a place or a partnership: who must stop leaves the round on a page of its own.
 *
 * Not here: asking (campaigns of the kind check_in), leaving the round (features/confirmations, features/preferences),
 * figures of who is in touch (features/reports), what staff do about an answer (features/partnerships, matching).
 */
export { recordCheckIn } from './answer.ts'
export { addCheckInPages } from './page-routes.ts'
export { addCheckInRoutes } from './routes.ts'
