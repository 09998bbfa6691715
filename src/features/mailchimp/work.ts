import type { LongWorkKinds } from '../../jobs/long-work.ts'
import { Upstream } from '../../lib/errors.ts'
import type { HandOverDeps } from './campaigns/hand-over-deps.ts'
import { handOverWork } from './campaigns/work.ts'
import type { MailchimpDeps } from './deps.ts'
import { syncWork } from './mirror/sync.ts'
import { syncPeople } from './mirror/sync-people.ts'

/** Long work about Mailchimp. */
export function mailchimpWork(deps: MailchimpDeps): LongWorkKinds {
  return { ...syncWork(deps), ...handOverWork(handOverDeps(deps)) }
}

const WAIT_MS = 60_000

/** A hand-over mails whoever is in step: while a sync goes on for long, it is tried again later. */
export function handOverDeps(deps: MailchimpDeps): HandOverDeps {
  return {
    ...deps,
    syncPeople: async (person_ids) => {
      const { is_done } = await syncPeople(deps, person_ids, undefined, { waitMs: WAIT_MS })
      if (is_done) return
      const words = 'The audience is being synced. The campaign is handed over when that has ended.'
      throw new Upstream('mailchimp_busy', words, { retryable: true })
    },
  }
}
