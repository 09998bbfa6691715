import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Mailchimp, MailchimpReport } from '../../../platform/mailchimp/shapes.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { takeActivity } from './activity.ts'
import { DAY_MS, nextLook } from './look.ts'
import {
  findHandedOver,
  type HandedOver,
  type KeptReport,
  type ReportKey,
  recordLook,
  recordReport,
} from './report-queries.ts'
import { settleLeftOut, settleUnknown, takeSentTo } from './sent-to.ts'
import { takeUnsubscribed } from './unsubscribed.ts'

export type ReportDeps = Pick<MailchimpDeps, 'db' | 'clock' | 'log' | 'keys' | 'mailchimp'>

/** One pulling under way. */
export interface Pull {
  deps: ReportDeps
  mailchimp: Mailchimp
  handed: HandedOver & { mailchimp_id: string }
  sentAt: Date
  signal: AbortSignal | undefined
}

export interface PulledReport {
  report: KeptReport
  /** Called left out by this pulling. */
  skipped: number
  /** Clicks and openings that were new. */
  hits: number
}

/** Clicks are asked for again from so long before the last pulling: Mailchimp may be late to tell. */
const OVERLAP_MS = DAY_MS

/**
 * Pulls the report of a campaign in one language into the ledger. Whatever breaks it off, the next one reads what is
 * missing. Of a round that was made anonymous nothing is pulled.
 * @throws NotFound, Conflict `mailchimp_off`, `not_sent_there`; Upstream when Mailchimp cannot be asked
 */
export async function pullReport(
  deps: ReportDeps,
  key: ReportKey,
  signal?: AbortSignal,
): Promise<PulledReport | undefined> {
  const begun = await beginPull(deps, key, signal)
  const { handed, mailchimp } = begun
  if (handed.is_anonymous) {
    await settleUnknown(deps, key)
    await recordLook(deps.db, { ...key, look_at: null })
    return undefined
  }
  const totals = await mailchimp.readReport(handed.mailchimp_id)
  const pull = { ...begun, sentAt: totals.send_time ?? begun.sentAt }
  const sentTo = await takeSentTo(pull, totals)
  const isOld = deps.clock.now().getTime() - pull.sentAt.getTime() >= DAY_MS
  const skipped = sentTo.is_complete || (isOld && !sentTo.is_short) ? await settleLeftOut(pull) : 0
  // Some of those who wait were mailed, and it does not tell who: called left out, they might be mailed again.
  if (isOld && sentTo.is_short) await settleUnknown(deps, key)
  const unsubscribed = await takeUnsubscribed(pull)

  const { report: before, report_at } = handed
  const counts_opens = before?.counts_opens ?? handed.counts_opens
  // Whoever was not known to be mailed when it was told that they clicked is told of again.
  const since = before?.is_complete && report_at ? new Date(report_at.getTime() - OVERLAP_MS) : undefined
  const hits = await takeActivity(pull, { since, counts_opens: counts_opens && handed.counts_opens })

  const others = { recipients: sentTo.others, unsubscribed }
  const report = keep(totals, { is_complete: sentTo.is_complete, counts_opens, others })
  const now = deps.clock.now()
  await recordReport(deps.db, { ...key, report, now, look_at: nextLook(pull.sentAt, now) })
  return { report, skipped, hits }
}

async function beginPull(deps: ReportDeps, key: ReportKey, signal: AbortSignal | undefined): Promise<Pull> {
  const mailchimp = mailchimpOf(deps)
  const handed = await findHandedOver(deps.db, key)
  const name = `Campaign ${key.campaign_id} (${key.language})`
  if (!handed) throw new NotFound(`${name} at Mailchimp`)
  const { mailchimp_id } = handed
  if (handed.state !== 'sent' || mailchimp_id === null)
    throw new Conflict('not_sent_there', `${name} is ${handed.state} at Mailchimp: it has a report once it was sent.`)
  const sentAt = handed.sent_at ?? handed.send_at ?? deps.clock.now()
  return { deps, mailchimp, handed: { ...handed, mailchimp_id }, sentAt, signal }
}

function keep(
  { send_time, ...totals }: MailchimpReport,
  ours: Pick<KeptReport, 'is_complete' | 'counts_opens' | 'others'>,
): KeptReport {
  return { ...totals, send_time: send_time?.toISOString() ?? null, ...ours }
}
