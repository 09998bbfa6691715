/**
 * Reports of campaigns that Mailchimp sent, pulled into our own ledger: deliveries, delivery_events, tracking_hits, and
 * Mailchimp's totals in mailchimp_campaigns.report.
 *
 * Guarantees (test/features/mailchimp/reports):
 * - Pulled again, from the start or after a crash anywhere, the figures are the same: each page is one transaction, and
 *   what it tells is there once.
 * - A recipient is whoever was frozen, by the address that was frozen: contacts that were added there by hand are counted
 *   apart and are nobody of ours.
 * - Nobody is called left out before Mailchimp has told of everybody that it mailed, or a day has passed and it mailed no
 *   more than it told of. Who may have been mailed then is uncertain, and goes nowhere again.
 * - What goes to 100,000 people is read page by page.
 *
 * Not here: what the figures are called and which of them are unknown (features/reports), what a machine's click is
 * (features/tracking), the handing over and its state (mailchimp/campaigns).
 */

export { type PulledReport, pullReport, type ReportDeps } from './pull.ts'
export { pullMailchimpReports } from './pull-due.ts'
export type { KeptReport } from './report-queries.ts'
