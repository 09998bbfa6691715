/** How far a row of the table jobs is. */
export interface JobProgress {
  state: string
  attempts: number
  done: number
  total: number
  started_at: Date | null
}

/** Less than this tells nothing about the rest. */
const ENOUGH_MS = 2000

/** Of the total, rounded down: 100 only when all of it is done. Undefined while the total is not known. */
export function percentDone({ done, total }: Pick<JobProgress, 'done' | 'total'>): number | undefined {
  return total > 0 ? Math.min(100, Math.floor((done * 100) / total)) : undefined
}

/**
 * Seconds that are left if it goes on as it has gone so far. Undefined when nothing can be said: it has only begun,
 * it has ended, or it was begun anew after its worker was lost, so that its rate is not known.
 */
export function secondsLeft(job: JobProgress, now: Date): number | undefined {
  const { state, attempts, done, total, started_at } = job
  if (state !== 'running' || attempts !== 1 || started_at === null || done <= 0 || done >= total) return undefined
  const spent = now.getTime() - started_at.getTime()
  return spent < ENOUGH_MS ? undefined : Math.ceil((spent * (total - done)) / done / 1000)
}
