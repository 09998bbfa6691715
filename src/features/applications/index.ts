/**
 * Applications on our own pages: the form, the address that is shown to work, the list of who waits for the next round,
 * and who of a country has a place. Owns contacts, application_drafts, codes_of_conduct and duplicate_proposals, and
 * writes the applications that come from the form. Guarantees that nothing is an application before a person has pressed a
 * button behind a link that went to its address, that of one person there is one application in a round, that no more of
 * a country have a place than its share unless staff say so, that a newcomer has none before everybody of their country
 * who waits could have one, and that no page tells whether an address is known. Does not ask anybody to confirm, gives
 * nobody who waits a place by itself (staff do), and never makes one person of two.
 */

export type { DuplicatePerson, DuplicateRow, DuplicateState } from './duplicates/duplicate-queries.ts'
export { decideDuplicate, listDuplicates, proposeDuplicates } from './duplicates/duplicates.ts'
export { leaveInterestBy } from './interest/interest.ts'
export { addApplicationPages } from './pages/index.ts'
export { addApplicationRoutes } from './routes.ts'
export { sweepApplications } from './sweep.ts'
export type { CountryCap, CountryStanding } from './triage/cap-rules.ts'
export {
  acceptWaitlisted,
  listTriage,
  measureCountryCap,
  type TriageDecision,
  type TriageWanted,
  waitlistApplicants,
} from './triage/triage.ts'
export type { TriageRow } from './triage/triage-queries.ts'
