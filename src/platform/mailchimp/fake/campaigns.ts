import type { Account, Campaign } from './account.ts'
import { writeTime } from './account.ts'
import {
  type Answer,
  badRequest,
  bodyOf,
  type Call,
  done,
  type Handler,
  invalid,
  notFound,
  ok,
  pageOf,
} from './answers.ts'
import { recipientsOf } from './recipients.ts'

export const withCampaign =
  (handle: (call: Call, campaign: Campaign) => Answer): Handler =>
  (call) => {
    const campaign = call.account.campaigns.get(call.ids.campaign_id ?? '')
    return campaign ? handle(call, campaign) : notFound()
  }

/** Only what is not on its way yet can be changed. */
export const isDraft = ({ status }: Campaign) => status === 'save' || status === 'paused'

export const createCampaign: Handler = (call) => {
  const { account } = call
  const body = bodyOf(call)
  if (body.type !== 'regular' && body.type !== 'plaintext')
    return invalid('type', 'Only regular campaigns are made here.')
  const campaign: Campaign = {
    ...{ id: account.nextId(), web_id: account.nextNumber(), list_id: '', segment_id: undefined, type: body.type },
    ...{ settings: {}, tracking: {}, status: 'save', created_at: account.clock.now(), send_time: undefined },
    ...{ html: '', plain_text: '', copies: new Map(), deeds: new Map(), unsubscribed: new Map(), abuse_reports: 0 },
  }
  const fault = take(account, campaign, body)
  if (fault) return fault
  account.campaigns.set(campaign.id, campaign)
  return ok(present(account, campaign))
}

export const changeCampaign = withCampaign((call, campaign) => {
  if (!isDraft(campaign)) return badRequest('Cannot update campaign: it has been sent or is scheduled.')
  return take(call.account, campaign, bodyOf(call)) ?? ok(present(call.account, campaign))
})

function take(account: Account, campaign: Campaign, body: Record<string, unknown>): Answer | undefined {
  const recipients = body.recipients as { list_id?: string; segment_opts?: { saved_segment_id?: number } } | undefined
  const settings = (body.settings ?? {}) as Record<string, unknown>
  const segment_id = recipients?.segment_opts?.saved_segment_id
  if (recipients) {
    const list = account.lists.get(recipients.list_id ?? '')
    if (!list) return invalid('recipients.list_id', 'This list does not exist.')
    if (segment_id !== undefined && !list.tags.has(segment_id))
      return invalid('recipients.segment_opts.saved_segment_id', 'This segment does not exist.')
  }
  for (const [name, most] of [
    ['subject_line', 150],
    ['title', 100],
    ['from_name', 100],
  ] as const)
    if (String(settings[name] ?? '').length > most)
      return invalid(`settings.${name}`, `This value is too long. It should have ${most} characters or less.`)
  if (recipients) {
    campaign.list_id = recipients.list_id ?? ''
    campaign.segment_id = segment_id
  }
  campaign.settings = { ...campaign.settings, ...settings }
  campaign.tracking = { ...campaign.tracking, ...((body.tracking ?? {}) as Record<string, unknown>) }
  return undefined
}

export const getCampaign = withCampaign((call, campaign) => ok(present(call.account, campaign)))

export const listCampaigns: Handler = (call) => {
  const { query, account } = call
  const list_id = query.get('list_id')
  const status = query.get('status')
  const found = [...account.campaigns.values()].filter(
    (campaign) => (!list_id || campaign.list_id === list_id) && (!status || campaign.status === status),
  )
  // Newest first, unless asked for otherwise: real accounts page so.
  if (query.get('sort_dir') !== 'ASC') found.reverse()
  return pageOf(call, 'campaigns', found, (campaign) => present(account, campaign))
}

export const deleteCampaign = withCampaign((call, campaign) => {
  if (campaign.status === 'sending' || campaign.status === 'schedule')
    return badRequest('This campaign is scheduled or being sent and cannot be deleted.')
  call.account.campaigns.delete(campaign.id)
  return done
})

export const putContent = withCampaign((call, campaign) => {
  const { html, plain_text } = bodyOf(call)
  if (!isDraft(campaign)) return badRequest('Content cannot be changed: the campaign has been sent or is scheduled.')
  if (typeof html === 'string') campaign.html = html
  if (typeof plain_text === 'string') campaign.plain_text = plain_text
  else if (typeof html === 'string')
    campaign.plain_text = html
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  return ok(contentOf(campaign))
})

export const getContent = withCampaign((_call, campaign) => ok(contentOf(campaign)))

const contentOf = ({ html, plain_text }: Campaign) => ({ plain_text, html, archive_html: html })

export const getChecklist = withCampaign((call, campaign) => {
  const items = checklistOf(call.account, campaign)
  return ok({ is_ready: !items.some(({ type }) => type === 'error'), items })
})

/** What stands against sending a campaign. */
export function checklistOf(account: Account, campaign: Campaign) {
  const { settings, html, plain_text } = campaign
  const recipients = recipientsOf(account, campaign)
  const points: [boolean, string, string, string][] = [
    [
      account.lists.has(campaign.list_id),
      'List',
      'The audience is chosen.',
      'You must choose an audience before sending.',
    ],
    [
      recipients.length > 0,
      'Recipients',
      `${recipients.length} recipients.`,
      'There is nobody to send this campaign to.',
    ],
    [
      Boolean(settings.subject_line),
      'Subject',
      'There is a subject.',
      "You haven't written a subject for this campaign yet.",
    ],
    [Boolean(settings.from_name), 'From Name', 'There is a name.', 'Add a from name.'],
    [
      /@/.test(String(settings.reply_to ?? '')),
      'Replies',
      'Replies go to your address.',
      'Add a reply-to email address.',
    ],
    [Boolean(html || plain_text), 'HTML Email', 'There is content.', "Your email isn't designed yet."],
  ]
  const items = points.map(([good, heading, well, bad], at) => {
    const type = good ? ('success' as const) : ('error' as const)
    return { type, id: 501 + at, heading, details: good ? well : bad }
  })
  if (html && !html.includes('*|UNSUB|*'))
    items.push({ type: 'success', id: 520, heading: 'Footer', details: 'Our footer will be added.' })
  return items
}

function present(account: Account, campaign: Campaign) {
  const list = account.lists.get(campaign.list_id)
  const { segment_id } = campaign
  const wasSent = campaign.status === 'sent'
  return {
    ...{ id: campaign.id, web_id: campaign.web_id, type: campaign.type, status: campaign.status },
    create_time: writeTime(campaign.created_at),
    archive_url: `https://fake.campaign-archive.example/?id=${campaign.id}`,
    emails_sent: campaign.copies.size,
    send_time: writeTime(campaign.send_time),
    content_type: 'html',
    needs_block_refresh: false,
    resendable: false,
    recipients: {
      list_id: campaign.list_id,
      list_is_active: list !== undefined,
      list_name: list?.name ?? '',
      segment_text: segment_id === undefined ? '' : '<p>Contacts of a tag</p>',
      recipient_count: wasSent ? campaign.copies.size : recipientsOf(account, campaign).length,
      ...(segment_id === undefined ? {} : { segment_opts: { saved_segment_id: segment_id, match: 'any' } }),
    },
    settings: { title: '', subject_line: '', ...campaign.settings, drag_and_drop: false },
    tracking: { opens: true, html_clicks: true, text_clicks: false, ...campaign.tracking },
    delivery_status: wasSent
      ? { enabled: true, can_cancel: false, status: 'delivered', emails_sent: campaign.copies.size, emails_canceled: 0 }
      : { enabled: false },
  }
}
