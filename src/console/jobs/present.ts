import type { listJobs } from '../../jobs/long-work.ts'
import { percentDone, secondsLeft } from '../../jobs/progress.ts'
import { formatCount } from '../present/numbers.ts'
import { type PresentedTime, presentTime } from '../present/time.ts'
import { doingOfJob, nounOfJob, resultOfJob } from './words.ts'

/** A row with its result, or one of a list without. */
type JobRow = Awaited<ReturnType<typeof listJobs>>['items'][number] & { result?: unknown }

export interface JobView {
  id: number
  href: string
  noun: string
  state: string
  tone: 'good' | 'bad' | 'wait' | 'info' | 'quiet'
  title: string
  /** "612 of 1,008 (60 %)", or '' while the total is not known. */
  figure: string
  done: number
  total: number
  left: string
  /** Said aloud at each quarter. */
  said: string
  ended: boolean
  error: string
  results: string[]
  created: PresentedTime
  /** How often to ask again: '2s', later '10s', and '' once it has ended. */
  poll: string
  may_cancel: boolean
  cancelling: boolean
}

const TONES: Record<string, JobView['tone']> = {
  waiting: 'wait',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
}
const OFTEN_MS = 60_000

/** Long work as its page and the list show it. */
export function presentJob(
  job: JobRow,
  { now, zone, cancels }: { now: Date; zone: string; cancels: boolean },
): JobView {
  const { id, kind, state, done, total } = job
  const ended = !['waiting', 'running'].includes(state)
  const percent = percentDone(job)
  const known = percent !== undefined
  const noun = nounOfJob(kind)
  return {
    id,
    href: `/console/jobs/${id}`,
    noun,
    state,
    tone: TONES[state] ?? 'quiet',
    title: ended ? `${noun}: ${state}` : `${known ? `(${percent} %) ` : ''}${doingOfJob(kind)}…`,
    figure: known ? `${formatCount(done)} of ${formatCount(total)} steps (${percent} %)` : '',
    done: Math.min(done, total),
    total,
    left: leftWords(secondsLeft(job, now)),
    said: ended ? `${noun}: ${state}.` : known && percent >= 25 ? `${Math.floor(percent / 25) * 25} % are done.` : '',
    ended,
    error: job.error ?? '',
    results: resultOfJob(kind, job.result),
    created: presentTime(job.created_at, zone),
    poll: ended ? '' : now.getTime() - job.created_at.getTime() < OFTEN_MS ? '2s' : '10s',
    may_cancel: cancels && !ended && !job.cancel_requested,
    cancelling: !ended && job.cancel_requested,
  }
}

function leftWords(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  if (seconds < 60) return 'less than a minute left'
  const minutes = Math.round(seconds / 60)
  return minutes === 1 ? 'about a minute left' : `about ${formatCount(minutes)} minutes left`
}
