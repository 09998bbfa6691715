import { countIn, type Json, listOf, objectOf, oneOf, textOf, timeIn, wordsIn } from './answers.ts'
import { isFault } from './faults.ts'
import { eachPage } from './pages.ts'
import type { Mailchimp, MailchimpCampaign } from './shapes.ts'
import type { Vendor } from './vendor.ts'
import { quote, timeWords } from './words.ts'

const FIELDS = ['id', 'status', 'send_time', 'emails_sent', 'settings.title']
const STATUSES = ['save', 'paused', 'schedule', 'sending', 'sent', 'canceled', 'canceling', 'archived'] as const

/** Campaigns: making, filling, sending. */
export function campaignCalls({ campaigns }: Vendor) {
  async function getCampaign(campaign_id: string): Promise<MailchimpCampaign> {
    return readCampaign(objectOf(await campaigns.get(campaign_id, { fields: FIELDS }), 'campaign'))
  }

  /** An action that is refused may have been done before, by a call whose answer was lost. */
  async function act(campaign_id: string, action: Promise<unknown>, isDone: (now: MailchimpCampaign) => boolean) {
    try {
      await action
    } catch (error) {
      if (!isFault(error, 'mailchimp_refused')) throw error
      if (!isDone(await getCampaign(campaign_id))) throw error
    }
  }

  return {
    getCampaign,
    createCampaign: async (wanted) => {
      const { list_id, segment_id, title, subject_line, preview_text, from_name, reply_to } = wanted
      const body = {
        type: 'regular',
        recipients: { list_id, segment_opts: { saved_segment_id: segment_id } },
        settings: {
          title,
          subject_line,
          preview_text,
          from_name,
          reply_to,
          // Our content has its own foot and its own styles.
          auto_footer: false,
          inline_css: false,
          auto_tweet: false,
          fb_comments: false,
        },
        tracking: { opens: wanted.count_opens, html_clicks: wanted.count_clicks, text_clicks: wanted.count_clicks },
      }
      return readCampaign(objectOf(await campaigns.create(body), 'campaign'))
    },
    findCampaign: async (list_id, title) => {
      const fields = [...FIELDS.map((field) => `campaigns.${field}`), 'total_items']
      const sort = { sort_field: 'create_time', sort_dir: 'DESC' }
      const pages = eachPage((page) => campaigns.list({ ...page, ...sort, list_id, fields }), 'campaigns')
      for await (const page of pages) {
        const found = page.map(readCampaign).find((campaign) => campaign.title === title)
        if (found) return found
      }
      return undefined
    },
    putContent: async (campaign_id, { html, plain_text }) => {
      await campaigns.setContent(campaign_id, { html, plain_text })
    },
    readContent: async (campaign_id) => {
      const content = objectOf(await campaigns.getContent(campaign_id, { fields: ['html', 'plain_text'] }), 'content')
      return { html: wordsIn(content.html), plain_text: wordsIn(content.plain_text) }
    },
    readChecklist: async (campaign_id) => {
      const answer = objectOf(await campaigns.getSendChecklist(campaign_id, {}), 'checklist')
      const items = listOf(answer.items ?? [], 'items of a checklist').map((item) => ({
        type: oneOf(item.type, ['success', 'warning', 'error'] as const, 'item of a checklist'),
        heading: quote(wordsIn(item.heading)),
        details: quote(wordsIn(item.details)),
      }))
      return { is_ready: answer.is_ready === true, items }
    },
    scheduleCampaign: (campaign_id, at) =>
      act(
        campaign_id,
        campaigns.schedule(campaign_id, { schedule_time: timeWords(at) }),
        ({ status, send_time }) => status === 'schedule' && send_time?.getTime() === at.getTime(),
      ),
    unscheduleCampaign: (campaign_id) =>
      act(campaign_id, campaigns.unschedule(campaign_id), ({ status }) => status === 'save' || status === 'paused'),
    sendCampaign: (campaign_id) =>
      act(campaign_id, campaigns.send(campaign_id), ({ status }) => status === 'sending' || status === 'sent'),
    cancelCampaign: (campaign_id) =>
      act(
        campaign_id,
        campaigns.cancelSend(campaign_id),
        ({ status }) => status === 'canceled' || status === 'canceling',
      ),
    deleteCampaign: async (campaign_id) => {
      try {
        await campaigns.remove(campaign_id)
      } catch (error) {
        if (!isFault(error, 'mailchimp_missing')) throw error
      }
    },
  } satisfies Partial<Mailchimp>
}

function readCampaign(row: Json): MailchimpCampaign {
  return {
    id: textOf(row.id, 'id of a campaign'),
    title: wordsIn(objectOf(row.settings ?? {}, 'settings of a campaign').title),
    status: oneOf(row.status, STATUSES, 'status of a campaign'),
    send_time: timeIn(row.send_time),
    emails_sent: countIn(row.emails_sent),
  }
}
