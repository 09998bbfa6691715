import { sql } from 'kysely'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { MailchimpReport } from '../../../platform/mailchimp/shapes.ts'

/** Which campaign there. */
export interface ReportKey {
  campaign_id: number
  language: string
}

/** Mailchimp's totals as it gave them last (times as text), and what we know beside them. */
export interface KeptReport extends Omit<MailchimpReport, 'send_time'> {
  send_time: string | null
  /** It has told of everybody that it mailed. */
  is_complete: boolean
  /** Openings are taken over: as the audience stood when the report was first pulled. */
  counts_opens: boolean
  /** Contacts that it mailed, or that left, and that are none of the campaign's recipients. */
  others: { recipients: number; unsubscribed: number }
}

/** A campaign that was handed over, as the pulling of its report needs it. */
export interface HandedOver extends ReportKey {
  mailchimp_id: string | null
  state: string
  send_at: Date | null
  sent_at: Date | null
  report: KeptReport | null
  report_at: Date | null
  /** Nothing of single people is taken over any more. */
  is_anonymous: boolean
  /** Mailchimp may look at openings, as the audience stands now. */
  counts_opens: boolean
}

export async function findHandedOver(
  db: DbOrTx,
  { campaign_id, language }: ReportKey,
): Promise<HandedOver | undefined> {
  const { rows } = await sql<HandedOver>`
    select m.campaign_id, m.language, m.mailchimp_id, m.state, m.send_at, m.sent_at, m.report, m.report_at,
      r.anonymised_at is not null as is_anonymous, coalesce((select a.count_opens from mailchimp_audience a), false) as counts_opens
    from mailchimp_campaigns m join campaigns c on c.id = m.campaign_id join rounds r on r.id = c.round_id
    where m.campaign_id = ${campaign_id} and m.language = ${language}`.execute(db)
  return rows[0]
}

export interface DueReport extends ReportKey {
  sent_at: Date | null
}

/** Takes the report that is due longest, so that no other process pulls it too; undefined when none is due. */
export async function claimDueReport(
  db: Db,
  { now, again_at }: { now: Date; again_at: Date },
): Promise<DueReport | undefined> {
  const { rows } = await sql<DueReport>`
    update mailchimp_campaigns set look_at = ${again_at}
    where (campaign_id, language) in (
      select campaign_id, language from mailchimp_campaigns where state = 'sent' and look_at <= ${now}
      order by look_at limit 1 for update skip locked)
    returning campaign_id, language, coalesce(sent_at, send_at) as sent_at`.execute(db)
  return rows[0]
}

/** The totals, at the very end: after a crash everything is read again. */
export async function recordReport(
  db: Db,
  input: ReportKey & { report: KeptReport; now: Date; look_at: Date | null },
): Promise<void> {
  const { campaign_id, language, report, now, look_at } = input
  await sql`
    update mailchimp_campaigns set report = ${JSON.stringify(report)}::jsonb, report_at = ${now}, look_at = ${look_at},
      words = nullif(words, ${NO_REPORT})
    where campaign_id = ${campaign_id} and language = ${language} and state = 'sent'`.execute(db)
}

/** Said of a campaign as long as its report cannot be read; what was said of its sending stays. */
const NO_REPORT = 'Mailchimp has no report of it any more. The figures are those that it gave last.'

/** When it is looked at again. @param input.is_missing Mailchimp does not know it any more */
export async function recordLook(
  db: Db,
  { campaign_id, language, look_at, is_missing = false }: ReportKey & { look_at: Date | null; is_missing?: boolean },
): Promise<void> {
  await sql`
    update mailchimp_campaigns set look_at = ${look_at}, words = coalesce(words, ${is_missing ? NO_REPORT : null})
    where campaign_id = ${campaign_id} and language = ${language} and state = 'sent'`.execute(db)
}
