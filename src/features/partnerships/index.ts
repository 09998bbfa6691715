/**
 * Partnerships: who is with whom, from an approved matching run to the end, and the email that introduces them. Owns the
 * tables partnerships and partnership_members.
 *
 * Guarantees (test/features/partnerships):
 * - Nothing is mailed before `introduce`: an introduction picks those who wait to be introduced, and nobody else.
 * - Both or neither. Nobody gets an introduction while an address of those introduced together is suppressed, missing,
 *   or refused by the mail server when it is asked: at freezing (campaigns/audience), when it leaves (the ledger), and by
 *   MAIL and RCPT at the server right before the first message of them. They leave one after the other, so that a
 *   refusal of the first stops the second. The same for a trio, a group, and a mentor with all of their protégés.
 * - Nobody is introduced twice to the same people, by however many clicks, campaigns or processes.
 * - A partnership counts as introduced from the moment at which the last copy was accepted.
 *
 * What cannot be promised: an address that is taken at RCPT and refused after DATA, or a dialogue whose end is unknown,
 * when somebody's copy was accepted before; nor that nothing happens between two copies, which the limits may part by
 * hours: a partner who is suppressed then gets none. These are told with names (listIntroductionTroubles), as is whoever
 * was left out; mended, they are introduced by one more campaign, which those who have it already do not get again. A
 * partnership that ends between two copies is over: the second does not leave, and it is no trouble any more.
 *
 * Not here: who is matched with whom (features/matching), the text and its recipients (features/campaigns), the sending
 * (features/deliveries). Removal for the code of conduct ends partnerships too: features/people does that with the rest.
 */

export { createPartnerships, type NewPartnership } from './create.ts'
export { endPartnership } from './end.ts'
export { findIntroduction, type Introduction } from './find-introduction.ts'
export { type Introduced, introduce } from './introduce.ts'
export { ensureIntroductionDraft } from './introduction-draft.ts'
export { listPartnerships, type Partnership } from './list.ts'
export { addPartnershipRoutes } from './routes.ts'
export { type IntroductionTrouble, listIntroductionTroubles } from './troubles.ts'
