/**
 * What a reader decides about our mail to them: the three consents with their exits, a pause, everything, and how we
 * write; and the page by which they leave a round. Owns preference_changes. Guarantees that a link only speaks for the
 * person its email went to, that looking changes nothing and a test email's link neither, that each decision about mail is
 * kept with the very sentence beside its button, that no decision about mail leaves a round and no leaving stops mail,
 * and that what was there before a change can be seen.
 *
 * Not here: how consents are kept (features/consents), what leaving a round does (features/confirmations).
 */

export { listPreferenceChanges, type PreferenceChange } from './queries.ts'
export { addPreferencePages } from './routes.ts'
