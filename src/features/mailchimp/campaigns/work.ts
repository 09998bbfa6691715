import type { LongWork, LongWorkKinds, WorkOutcome } from '../../../jobs/long-work.ts'
import { HAND_OVER, TAKE_BACK } from '../../campaigns/index.ts'
import { handOver } from './hand-over.ts'
import type { HandOverDeps, Wanted } from './hand-over-deps.ts'
import { type Handed, oneAtATime } from './handed-queries.ts'
import { takeBack } from './take-back.ts'

/** The kinds of long work that hand campaigns over and take them back. */
export function handOverWork(deps: HandOverDeps): LongWorkKinds {
  return { [HAND_OVER]: (work) => run(deps, work, handOver), [TAKE_BACK]: (work) => run(deps, work, takeBack) }
}

async function run(
  deps: HandOverDeps,
  { input, progress, signal }: LongWork,
  act: (deps: HandOverDeps, wanted: Wanted) => Promise<Handed[]>,
): Promise<WorkOutcome> {
  const campaign_id = Number(input.campaign_id)
  const rows = await oneAtATime(deps.db, campaign_id, () => act(deps, { campaign_id, signal }))
  // Somebody is about it at this moment: the sweep does what is left after.
  if (!rows) return { state: 'done', result: { waits: true, languages: [] } }
  progress(rows.length, rows.length)
  const languages = rows.map(({ language, state, recipients, words }) => ({ language, state, recipients, words }))
  const failed = rows.filter((row) => row.state === 'failed')
  if (failed.length === 0) return { state: 'done', result: { languages } }
  const error = failed.map(({ language, words }) => `${language}: ${words ?? 'it failed.'}`).join(' ')
  return { state: 'failed', error, result: { languages } }
}
