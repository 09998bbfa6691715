import type { Config } from '../config.ts'
import type { Deps } from '../deps.ts'
import { connectAudience, type Drift, measureDrift, type SyncResult } from '../features/mailchimp/index.ts'
import { getJob, listJobs } from '../jobs/long-work.ts'
import { type FakeMailchimp, openFakeMailchimp } from '../platform/mailchimp/fake/index.ts'
import type { Bars } from './bars.ts'
import { followJob } from './follow.ts'

/** What became of the mirror. */
export interface Mirrored {
  result: SyncResult
  drift: Drift
  /** Contacts that are subscribed there, counted there. */
  contacts: number
  seconds: number
}

/** How often the stand-in sends what is due there and tells what happened. */
const TURN_MS = 2000

/**
 * A stand-in of Mailchimp on this machine: it sends campaigns that are handed over to it (to nobody) and tells of them, as
 * long as the demo goes on. Returns it with the configuration that leads to it.
 */
export async function openStandIn(
  config: Config,
): Promise<{ there: FakeMailchimp; config: Config; close(): Promise<void> }> {
  const there = await openFakeMailchimp()
  let turning: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    there.runCampaigns()
    turning = turning.then(() => there.deliverWebhooks()).catch(() => undefined)
  }, TURN_MS)
  return {
    there,
    config: {
      ...config,
      mailchimp: { apiKey: there.key, baseUrl: there.baseUrl, listId: there.list_id, webhookSecret: undefined },
    },
    async close() {
      clearInterval(timer)
      await turning
      await there.close()
    },
  }
}

/** Mirrors the participants: connects the audience, which syncs it. */
export async function mirrorParticipants(deps: Deps, there: FakeMailchimp, bars: Bars): Promise<Mirrored> {
  const began = performance.now()
  await connectAudience(deps, { list_id: there.list_id, states: ['confirmed'], by: 'demo' })
  const { items } = await listJobs(deps)
  const job_id = items.find(({ kind }) => kind === 'mailchimp-sync')?.id ?? 0
  await followJob(deps, job_id, 'Mirroring to Mailchimp', bars)
  const seconds = (performance.now() - began) / 1000
  const { result } = await getJob(deps, { id: job_id })
  const drift = await measureDrift(deps, {})
  return { result: result as unknown as SyncResult, drift, contacts: there.countMembers().subscribed ?? 0, seconds }
}
