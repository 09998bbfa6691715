/**
 * One Mailchimp account, as the rest speaks with it (Marketing API 3.0). It owns requests, time limits, repeats and the
 * account's connections (rows of mailchimp_slots, over all processes). It guarantees that every call ends, that
 * nothing is repeated that would be done twice, and that neither the key nor an address stands in an error or a log.
 * It knows nothing of rounds and people: what belongs there is decided elsewhere.
 */
export { type Checked, checkMailchimp, type Finding } from './checkup.ts'
export { type MailchimpOptions, openMailchimp } from './open.ts'
export type * from './shapes.ts'
export { stoppedBy } from './stop.ts'
export { memberHash } from './words.ts'
