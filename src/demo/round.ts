import type { Deps } from '../deps.ts'
import { scheduleCampaign } from '../features/campaigns/index.ts'
import {
  approveRun,
  getMatchingRun,
  introduceRun,
  type MatchingRun,
  startMatchingRun,
} from '../features/matching/index.ts'
import { DEMO_ROUND } from '../features/programme/index.ts'
import type { Bars } from './bars.ts'
import { followJob, followSending } from './follow.ts'

const BY = 'demo'

/** How many days ago the made-up round lived through what; topic 2 is then planned for five days from now. */
export const ROUND_DAYS = { asked: 24, lapsed: 11, introduced: 9 } as const

/** A campaign of the demo, handed over. */
export interface Sent {
  id: number
  recipients: number
  seconds: number
}

/** Matches everybody who confirmed, approves what the run proposes, and introduces them. */
export async function matchAndIntroduce(deps: Deps, bars: Bars): Promise<{ run: MatchingRun; introduction: Sent }> {
  const { run_id, job_id } = await startMatchingRun(deps, { code: DEMO_ROUND, by: BY })
  await followJob(deps, job_id, 'Matching', bars)
  await approveRun(deps, { id: run_id, by: BY })
  const { campaign_id: id, recipients } = await introduceRun(deps, { id: run_id, at: 'now' })
  const seconds = await followSending(deps, { id, recipients, title: 'Introducing partners' }, bars)
  return { run: await getMatchingRun(deps, { id: run_id }), introduction: { id, recipients, seconds } }
}

/** Hands topic 1 over. */
export async function sendTopic(deps: Deps, id: number, bars: Bars): Promise<Sent> {
  const { recipients } = await scheduleCampaign(deps, id, { at: 'now' })
  const seconds = await followSending(deps, { id, recipients, title: 'Handing over topic 1' }, bars)
  return { id, recipients, seconds }
}
