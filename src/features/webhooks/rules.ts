/** Every kind of news that the triggers of migrations/0027_webhooks.sql write. */
export const NEWS = [
  'delivery.accepted',
  'delivery.rejected',
  'delivery.bounced',
  'delivery.complained',
  'delivery.unsubscribed',
  'application.waitlisted',
  'application.confirmed',
  'application.declined',
  'application.lapsed',
  'application.withdrawn',
  'application.removed',
] as const
export type News = (typeof NEWS)[number]

/** What a test sends: no endpoint can ask for it. */
export const TEST_NEWS = 'webhook.test'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Waits before each new try, as the Standard Webhooks specification recommends ("Deliverability and reliability"). */
const WAITS = [5000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR] as const
/** Waits are longer by up to this part, never shorter: what failed together does not come back together. */
const JITTER = 0.1

/** Tries of one message. */
export const MOST_TRIES = WAITS.length + 1
/** From the first try of a message to its last, at least. */
export const TRIED_FOR_MS = WAITS.reduce((sum, wait) => sum + wait, 0)

/** An endpoint that took nothing for so long is disabled. */
export const FAILING_MS = 5 * DAY
/** After so long a message is forgotten. */
export const KEPT_MS = 30 * DAY

/** For the whole of one try: looking the name up, connecting, and the answer. */
export const TIMEOUT_MS = 15_000
/** A message that is being sent is nobody else's for so long; a process that dies leaves it to the next one then. */
export const CLAIMED_MS = 60_000
/** Messages to one endpoint under way in one process: a slow receiver holds up nobody but itself. */
export const MOST_AT_ONCE = 4
export const MOST_ENDPOINTS = 20

/**
 * Milliseconds until the next try, or undefined when all were made.
 * @param tries tries made so far, ≥ 1
 * @param random 0 ≤ random < 1
 * @param asked how long the receiver wants to be left alone: at most a day
 */
export function waitAfter(tries: number, random: number, asked = 0): number | undefined {
  const wait = WAITS[tries - 1]
  return wait === undefined ? undefined : Math.round(Math.max(wait, Math.min(asked, DAY)) * (1 + JITTER * random))
}
