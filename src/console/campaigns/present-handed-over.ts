import type { Handed } from '../../features/mailchimp/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { presentTime } from '../present/time.ts'
import { momentOf } from './present-outlook.ts'
import type { ProgressFacts } from './progress.ts'
import { number, people, type Tone } from './wording.ts'

/** How a campaign stands that goes through Mailchimp. */

const STATES: Record<string, { text: string; tone: Tone }> = {
  making: { text: 'being made', tone: 'info' },
  ready: { text: 'made, not scheduled yet', tone: 'info' },
  scheduled: { text: 'scheduled', tone: 'info' },
  sending: { text: 'sending', tone: 'wait' },
  sent: { text: 'sent', tone: 'good' },
  cancelled: { text: 'cancelled', tone: 'quiet' },
  failed: { text: 'failed', tone: 'bad' },
}

export const hasFailed = (handed: readonly Handed[]) => handed.some(({ state }) => state === 'failed')

/** Such as "1,008 people are to get it through Mailchimp, on 3 March, 09:15 UTC." */
export function sayHandOver(
  { campaign, counts, handed, starts_at }: ProgressFacts,
  recipients: number,
  { zone, now }: { zone: string; now: Date },
): string {
  const whom = people(recipients)
  if (campaign.state === 'cancelled')
    return counts.accepted === 0
      ? 'It was cancelled.'
      : `It was cancelled; ${people(counts.accepted)} had got it through Mailchimp.`
  if (hasFailed(handed)) return 'It could not be handed over to Mailchimp as a whole: the reason is below.'
  if (campaign.state === 'done')
    return counts.held > 0
      ? `Mailchimp has sent it. Its report is still coming in: it tells of ${number(counts.accepted)} of ${whom} so far.`
      : `Mailchimp sent it to ${number(counts.accepted)} of ${whom}.`
  if (campaign.state === 'sending') return `Mailchimp is sending it to ${whom}.`
  const when = starts_at ? `, ${momentOf(starts_at, { zone, now })}` : ''
  const isMade = handed.length > 0 && handed.every(({ state }) => state !== 'making')
  return `${whom} ${recipients === 1 ? 'is' : 'are'} to get it through Mailchimp${when}.${isMade ? '' : ' It is being handed over.'}`
}

/** One row of the table of what Mailchimp has. */
export function presentHandedOver(row: Handed, zone: string) {
  const { state, send_at, sent_at, report, report_at, words } = row
  const at = sent_at ?? send_at
  return {
    language: nameLanguage(row.language),
    badge: STATES[state] ?? { text: state, tone: 'quiet' },
    words: words ?? '',
    recipients: number(row.recipients),
    when: sent_at ? 'sent' : 'leaves',
    at: at && presentTime(at, zone),
    totals: report && report_at ? sayTotals(report) : '',
    totals_at: presentTime(report_at ?? new Date(0), zone),
  }
}

function sayTotals(report: NonNullable<Handed['report']>): string {
  const { emails_sent, bounces, clicks, unsubscribed, abuse_reports } = report
  const bounced = bounces.hard_bounces + bounces.soft_bounces + bounces.syntax_errors
  const rest = [
    [bounced, 'bounced'],
    [clicks.unique_subscriber_clicks, 'clicked'],
    [unsubscribed, 'unsubscribed'],
    [abuse_reports, 'complained'],
  ] as const
  return [
    `${number(emails_sent)} sent`,
    ...rest.filter(([count]) => count > 0).map(([count, said]) => `${number(count)} ${said}`),
  ].join(', ')
}
