import { Conflict, Upstream, wordsOf } from '../../lib/errors.ts'
import { settleMailchimpEvents } from './back/events.ts'
import { forgetMailchimpEvents } from './back/list-events.ts'
import { followMailchimpCampaigns } from './campaigns/follow.ts'
import type { MailchimpDeps } from './deps.ts'
import { startDueSync } from './mirror/sweep.ts'
import { pullMailchimpReports } from './reports/index.ts'
import { handOverDeps } from './work.ts'

/**
 * The handler of 'sweep-mailchimp': whatever of the mirror and of campaigns there is due. A part that fails holds up none of
 * the others, and is due again at the next sweep.
 */
export async function sweepMailchimp(deps: MailchimpDeps, signal?: AbortSignal): Promise<void> {
  const parts: Record<string, () => Promise<unknown>> = {
    'settling what it told us': () => settleMailchimpEvents(deps, signal),
    'starting a sync': () => startDueSync(deps),
    'following campaigns': () => followMailchimpCampaigns(handOverDeps(deps), signal),
    'pulling reports': () => pullMailchimpReports(deps, signal),
    'forgetting what it told us long ago': () => forgetMailchimpEvents(deps),
  }
  for (const [part, run] of Object.entries(parts)) {
    if (signal?.aborted) return
    await run().catch((error: unknown) => {
      if (signal?.aborted) return
      const isExpected = error instanceof Upstream || error instanceof Conflict
      if (isExpected) deps.log.warn({ code: error.code, words: wordsOf(error) }, `Mailchimp: ${part} failed`)
      else deps.log.error({ err: error }, `Mailchimp: ${part} failed`)
    })
  }
}
