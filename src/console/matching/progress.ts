import type { FastifyRequest } from 'fastify'
import type { MatchingRun } from '../../features/matching/index.ts'
import { getJob } from '../../jobs/long-work.ts'
import { percentDone } from '../../jobs/progress.ts'
import { mayDo } from '../../lib/permissions.ts'
import { presentJob } from '../jobs/present.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { people, RUN_STATES } from './words.ts'

type Running = Pick<MatchingRun, 'id' | 'state' | 'job_id' | 'people'>

/** View model of matching/_progress; null of a run that has ended well. */
export async function gatherProgress(deps: Pick<ConsoleDeps, 'db' | 'clock'>, request: FastifyRequest, run: Running) {
  if (run.state === 'done' || run.job_id === null) return null
  const row = await getJob(deps, { id: run.job_id })
  const job = presentJob(row, {
    now: deps.clock.now(),
    zone: zoneOf(request),
    cancels: mayDo(roleOf(request), 'matching.write'),
  })
  const percent = percentDone(row)
  const ended = run.state === 'failed' || run.state === 'cancelled'
  const { done, total, left, said, may_cancel, cancelling } = job
  return {
    id: run.id,
    page_title: ended ? `Matching: ${run.state}` : `${percent === undefined ? '' : `(${percent} %) `}Matching…`,
    badge: RUN_STATES[run.state] ?? { text: run.state, tone: 'quiet' },
    sentence: sentenceOf(run, percent),
    ...{ done, total, left, said, may_cancel, cancelling, ended },
    error: run.state === 'failed' ? job.error : '',
    // A run may be done a moment before its work is.
    poll: ended ? '' : job.poll || '2s',
  }
}

function sentenceOf({ state, people: count }: Running, percent: number | undefined): string {
  if (state === 'failed') return `The matching of ${people(count)} did not come to its end.`
  if (state === 'cancelled') return `The matching of ${people(count)} was cancelled. Nothing came of it.`
  if (state === 'waiting') return `The matching of ${people(count)} waits for a worker.`
  return `Matching ${people(count)}${percent === undefined ? '' : `: ${percent} % of the work is done`}`
}
