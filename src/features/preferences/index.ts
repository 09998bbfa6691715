/**
 * What a reader decides about our mail to them: topics and announcements, a pause, everything, and how we write. Owns
 * preference_changes. Guarantees that a link only speaks for the person its email went to, that a test email's link
 * changes nothing, and that what was there before a change can be seen. Whether a person takes part in a round is
 * not decided here.
 */

export { listPreferenceChanges, type PreferenceChange } from './queries.ts'
export { addPreferencePages } from './routes.ts'
