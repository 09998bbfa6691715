import { Upstream } from '../../../lib/errors.ts'
import { nextTry } from './look.ts'
import { pullReport, type ReportDeps } from './pull.ts'
import { claimDueReport, type DueReport, recordLook } from './report-queries.ts'
import { settleUnknown } from './sent-to.ts'

/** After a crash a report that was taken is due again then. */
const AGAIN_MS = 15 * 60_000

/**
 * Pulls every report that is due, one after the other. One that cannot be read is tried again later, and the others are
 * not held up by it; when Mailchimp itself cannot be reached, all of them wait. @returns how many were pulled
 */
export async function pullMailchimpReports(deps: ReportDeps, signal?: AbortSignal): Promise<number> {
  if (!deps.mailchimp) return 0
  let pulled = 0
  while (!signal?.aborted) {
    const now = deps.clock.now()
    const due = await claimDueReport(deps.db, { now, again_at: new Date(now.getTime() + AGAIN_MS) })
    if (!due) break
    try {
      await pullReport(deps, due, signal)
      pulled++
    } catch (error) {
      if (!(await putOff(deps, due, error, signal))) break
    }
  }
  return pulled
}

/** @returns whether the next one may be tried */
async function putOff(
  deps: ReportDeps,
  due: DueReport,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { db, log } = deps
  const now = deps.clock.now()
  const { sent_at, ...key } = due
  if (signal?.aborted) {
    await recordLook(db, { ...key, look_at: now })
    return false
  }
  const isAway = error instanceof Upstream && (error.retryable || error.code === 'mailchimp_key_refused')
  // Mailchimp's own words are not written: they may name somebody.
  log.warn(
    { ...key, ...(error instanceof Upstream ? { code: error.code } : { err: error }) },
    'a report was not pulled',
  )
  const is_missing = error instanceof Upstream && error.code === 'mailchimp_missing'
  const look_at = nextTry(sent_at, now, isAway)
  if (look_at === null) await settleUnknown(deps, key)
  await recordLook(db, { ...key, look_at, is_missing })
  return !isAway
}
