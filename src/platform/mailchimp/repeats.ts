import { once } from 'node:events'
import type { Logger } from 'pino'
import { Upstream } from '../../lib/errors.ts'

/**
 * Calls that are repeated when the answer was lost, and why that does no harm. A call that is not here and is no GET
 * is made once: POST /campaigns would make a second campaign.
 */
export const REPEATED: Record<string, string> = {
  'POST /lists/{list_id}':
    'whoever was added the first time comes back as there already; values are set to the same again',
  'PUT /lists/{list_id}/members/{subscriber_hash}':
    'sets a state; moved to its new address the first time, it is then found by that',
  'DELETE /lists/{list_id}/members/{subscriber_hash}': 'archived or missing already is what was wanted',
  'POST /lists/{list_id}/members/{subscriber_hash}/actions/delete-permanent': 'missing already is what was wanted',
  'POST /lists/{list_id}/merge-fields': 'a second of the same tag is refused, then the first is found',
  'POST /lists/{list_id}/segments': 'a second of the same name is refused, then the first is found and filled',
  'POST /lists/{list_id}/segments/{segment_id}': 'whoever has the tag has it once; whoever lacks it lacks it',
  'POST /lists/{list_id}/webhooks': 'a second of the same address is refused, then the first is found',
  'DELETE /lists/{list_id}/webhooks/{webhook_id}': 'missing already is what was wanted',
  'POST /batches': 'its operations are some of these calls: done twice they end in the same',
  'PUT /campaigns/{campaign_id}/content': 'sets the same content again',
  'POST /campaigns/{campaign_id}/actions/schedule': 'refused when scheduled already, then its time is compared',
  'POST /campaigns/{campaign_id}/actions/unschedule': 'refused when it is a draft already, then its state is looked at',
  'POST /campaigns/{campaign_id}/actions/send':
    'a campaign is sent once there: refused then, and its state is looked at',
  'POST /campaigns/{campaign_id}/actions/cancel-send': 'refused when cancelled already, then its state is looked at',
  'DELETE /campaigns/{campaign_id}': 'missing already is what was wanted',
}

export interface Patience {
  /** Tries in all. */
  tries: number
  /** Waits so many milliseconds. */
  wait: (ms: number) => Promise<void>
  /** 0 to 1: of the jitter. */
  random: () => number
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/** @throws the signal's reason, as soon as it is aborted */
async function untilStopped(waiting: Promise<void>, stop: AbortSignal | undefined): Promise<void> {
  if (!stop) return waiting
  const over = new AbortController()
  const stopped = once(stop, 'abort', { signal: over.signal }).catch(() => undefined)
  if (!stop.aborted) await Promise.race([waiting, stopped])
  over.abort()
  stop.throwIfAborted()
}

/** Makes a call until it has an answer. @param call such as 'GET /lists/{list_id}': for the table and the log */
export async function repeat<T>(
  call: string,
  { tries, wait, random, log, stop }: Patience & { log: Logger; stop?: AbortSignal | undefined },
  make: () => Promise<T>,
): Promise<T> {
  const most = call.startsWith('GET ') || call in REPEATED ? tries : 1
  for (let made = 1; ; made++) {
    try {
      return await make()
    } catch (error) {
      if (made >= most || !(error instanceof Upstream) || !error.retryable) throw error
      const longest = Math.min(FIRST_WAIT_MS * 2 ** (made - 1), LONGEST_WAIT_MS)
      log.warn({ call, code: error.code, tries: made }, 'Mailchimp is asked again')
      await untilStopped(wait(longest * (0.5 + random() / 2)), stop)
    }
  }
}
