/**
 * Tracking: what readers do with the links of an email. Owns the addresses /t/…, tracking_hits, tracking_changes and
 * delivery_hits; reads campaign_links, which features/campaigns writes before a message leaves.
 *
 * Guarantees (test/features/tracking):
 * - A link leads to an address of its own campaign and nowhere else; a reader is never held up by the counting.
 * - A hit that was answered and recorded is in the database: the answer waits for its commit.
 * - The method, the program's name and a keyed hash of the network are kept; no address, no cookie.
 * - What another service tells of (recordToldHits) is recorded once however often it is told, and judged by the same rules.
 * - Test emails, erased readers, anonymous rounds and openings without consent are not recorded.
 * - What a machine did is told apart when hits are counted (rules.ts), never when they come; delivery_hits is always what
 *   a count of everything would give.
 *
 * Cannot promise: that every scanner is found. CLICK_DEFINITIONS says where the rules must be wrong, and goes with every
 * figure. Hits answered without a record (database in trouble, too many at once) are counted in the log only.
 *
 * Not here: which links of a message lead through us (features/campaigns), figures of campaigns (features/reports).
 */

export { CLICK_DEFINITIONS } from './definitions.ts'
export { type LinkClicks, listClicksOfCampaign } from './link-queries.ts'
export { addTrackingRoutes } from './routes.ts'
export { RULES_VERSION } from './rules.ts'
export { rebuildHits, settleHits } from './settle.ts'
export { recordToldHits, type ToldHit } from './told.ts'
