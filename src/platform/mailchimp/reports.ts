import { countIn, type Json, listOf, objectOf, oneOf, textOf, timeIn, timeOf, wordsIn } from './answers.ts'
import { eachPage } from './pages.ts'
import type { Activity, Mailchimp } from './shapes.ts'
import type { Vendor } from './vendor.ts'
import { sinceWords } from './words.ts'

/** Each may come with thousands of clicks. */
const PAGE_OF_ACTIVITY = 250
const ACTIONS = ['open', 'click', 'bounce'] as const
const SENT = ['sent', 'hard', 'soft'] as const

/** What became of campaigns that were sent. */
export function reportCalls({ reports }: Vendor) {
  return {
    readReport: async (campaign_id) => {
      const fields = ['emails_sent', 'abuse_reports', 'unsubscribed', 'bounces', 'opens', 'clicks', 'send_time']
      const report = objectOf(await reports.getCampaignReport(campaign_id, { fields }), 'report')
      const [bounces, opens, clicks] = ['bounces', 'opens', 'clicks'].map((part) => objectOf(report[part] ?? {}, part))
      return {
        emails_sent: countIn(report.emails_sent),
        abuse_reports: countIn(report.abuse_reports),
        unsubscribed: countIn(report.unsubscribed),
        bounces: {
          hard_bounces: countIn(bounces?.hard_bounces),
          soft_bounces: countIn(bounces?.soft_bounces),
          syntax_errors: countIn(bounces?.syntax_errors),
        },
        opens: { unique_opens: countIn(opens?.unique_opens) },
        clicks: {
          unique_subscriber_clicks: countIn(clicks?.unique_subscriber_clicks),
          clicks_total: countIn(clicks?.clicks_total),
        },
        send_time: timeIn(report.send_time),
      }
    },
    eachSentTo: async function* (campaign_id) {
      const fields = ['sent_to.email_id', 'sent_to.email_address', 'sent_to.status', 'total_items']
      const pages = eachPage((page) => reports.getCampaignRecipients(campaign_id, { ...page, fields }), 'sent_to')
      for await (const page of pages) {
        yield page.map((row) => ({ ...readWho(row), status: oneOf(row.status, SENT, 'status of a copy') }))
      }
    },
    eachActivity: async function* (campaign_id, since) {
      const fields = ['emails.email_id', 'emails.email_address', 'emails.activity', 'total_items']
      const about = { fields, since: since && sinceWords(since) }
      const pages = eachPage(
        (page) => reports.getEmailActivityForCampaign(campaign_id, { ...page, ...about }),
        'emails',
        PAGE_OF_ACTIVITY,
      )
      for await (const page of pages) yield page.map(readActivity)
    },
    eachUnsubscribed: async function* (campaign_id) {
      const fields = ['email_id', 'email_address', 'timestamp', 'reason'].map((field) => `unsubscribes.${field}`)
      const pages = eachPage(
        (page) => reports.getUnsubscribedListForCampaign(campaign_id, { ...page, fields: [...fields, 'total_items'] }),
        'unsubscribes',
      )
      for await (const page of pages) {
        yield page.map((row) => ({
          ...readWho(row),
          timestamp: timeOf(row.timestamp, 'time of an unsubscription'),
          reason: wordsIn(row.reason),
        }))
      }
    },
  } satisfies Partial<Mailchimp>
}

function readWho(row: Json) {
  return { email_id: textOf(row.email_id, 'email_id'), email_address: wordsIn(row.email_address) }
}

function readActivity(row: Json): Activity {
  // Actions of a kind that came later than this was written are passed over.
  const known = listOf(row.activity ?? [], 'activity').filter(({ action }) => ACTIONS.some((it) => it === action))
  const activity = known.map((item) => ({
    action: oneOf(item.action, ACTIONS, 'action'),
    timestamp: timeOf(item.timestamp, 'time of an activity'),
    url: wordsIn(item.url) || null,
    type: wordsIn(item.type) || null,
    ip: wordsIn(item.ip) || null,
  }))
  return { ...readWho(row), activity }
}
