import type { Deps } from '../deps.ts'
import { measureCampaign } from '../features/campaigns/index.ts'
import { getJob } from '../jobs/long-work.ts'
import { PairpostError } from '../lib/errors.ts'
import type { Bars } from './bars.ts'

const POLL_MS = 100
const STUCK_MS = 60_000

const turn = () => new Promise((done) => setTimeout(done, POLL_MS))

/** Waits until the work has ended. @throws PairpostError with its words when it failed */
export async function followJob(deps: Deps, id: number, title: string, bars: Bars): Promise<void> {
  const bar = bars.open(title)
  for (;;) {
    const { state, done, total, error } = await getJob(deps, { id })
    if (state === 'failed' || state === 'cancelled')
      throw new PairpostError('demo_failed', `${title}: ${error ?? state}`)
    if (state === 'done') return bar.update(1, 1)
    bar.update(done, total)
    await turn()
  }
}

/** Waits until a campaign is done. Returns the seconds of sending. @throws PairpostError when it comes to a halt */
export function followSending(
  deps: Deps,
  { id, recipients, title }: { id: number; recipients: number; title: string },
  bars: Bars,
): Promise<number> {
  return followUntil({ title, unit: 'messages' }, bars, async () => {
    const { state, counts } = await measureCampaign(deps.db, id)
    const done = recipients - counts.queued - counts.claimed - counts.sending
    return { done, total: recipients, is_over: state === 'done' }
  })
}

/**
 * Asks again and again until all of it is done. Returns the seconds until the last of it moved.
 * @throws PairpostError when nothing has moved for a minute
 */
export async function followUntil(
  { title, unit }: { title: string; unit: string },
  bars: Bars,
  ask: () => Promise<{ done: number; total: number; is_over?: boolean }>,
): Promise<number> {
  const bar = bars.open(title, unit)
  const began = performance.now()
  let moved = { done: 0, at: began }
  for (;;) {
    const { done, total, is_over = done >= total } = await ask()
    bar.update(done, total)
    const now = performance.now()
    if (done > moved.done) moved = { done, at: now }
    if (is_over) return (moved.at - began) / 1000
    if (now - moved.at > STUCK_MS)
      throw new PairpostError('demo_stuck', `${title}: nothing has moved for a minute, at ${done} of ${total} ${unit}.`)
    await turn()
  }
}
