import { stoppedBy } from '../../../platform/mailchimp/index.ts'
import { getAudience } from '../connection/audience.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { inGroups } from './at-once.ts'
import { whileAlone } from './lock.ts'
import { insertChanges } from './people-queries.ts'
import { openRun } from './run.ts'
import { syncPage } from './sync-page.ts'

const PAGE = 5000

/**
 * Brings some people's contacts in step at once, by what is known of them: nothing is read but what turns out otherwise.
 * While a sync goes on it waits for it, up to `waitMs`; after that the people are left to the next sync, and `is_done` is
 * false.
 * @throws Conflict `mailchimp_off`, `mailchimp_not_connected`; what Mailchimp's calls throw
 */
export async function syncPeople(
  deps: Pick<MailchimpDeps, 'db' | 'clock' | 'mailchimp'>,
  person_ids: readonly number[],
  signal?: AbortSignal,
  { waitMs = 0, pollMs }: { waitMs?: number; pollMs?: number } = {},
): Promise<{ is_done: boolean }> {
  mailchimpOf(deps)
  const { begun_at } = await getAudience(deps.db)
  const ids = [...new Set(person_ids)].sort((one, other) => one - other)
  if (ids.length === 0) return { is_done: true }
  // Before somebody has begun, nothing of people is written.
  const done =
    begun_at &&
    (await whileAlone(deps.db, { waitMs, signal }, async (stillAlone) => {
      const audience = await getAudience(deps.db)
      // Another one was connected while we waited.
      if (audience.begun_at === null) return false
      const run = await openRun(deps, audience, { stillAlone, signal, pollMs })
      return stoppedBy(signal, async () => {
        for (const page of inGroups(ids, PAGE)) await syncPage(run, page)
        return run.tally.drift === 0
      })
    }))
  if (done) return { is_done: done.result }
  await insertChanges(deps.db, ids)
  return { is_done: false }
}
