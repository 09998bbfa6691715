import { createHash } from 'node:crypto'
import type { Campaign, Deed, List } from './account.ts'
import { writeTime } from './account.ts'
import { type Answer, type Call, type Handler, notFound, ok, pageOf } from './answers.ts'
import { withCampaign } from './campaigns.ts'
import type { FakeCopy } from './shapes.ts'

const withReport = (handle: (call: Call, campaign: Campaign, list: List | undefined) => Answer): Handler =>
  withCampaign((call, campaign) => {
    if (campaign.status !== 'sent') return notFound()
    return handle(call, campaign, call.account.lists.get(campaign.list_id))
  })

const deedsOf = (campaign: Campaign, action: Deed['action']) => {
  const found: { hash: string; deed: Deed }[] = []
  for (const [hash, deeds] of campaign.deeds)
    for (const deed of deeds) if (deed.action === action) found.push({ hash, deed })
  return found
}

const linkIdOf = (url: string) => createHash('md5').update(url).digest('hex').slice(0, 10)

export const getReport = withReport((_call, campaign, list) => ok(presentReport(campaign, list)))

function presentReport(campaign: Campaign, list: List | undefined) {
  const copies = [...campaign.copies.values()]
  const clicks = deedsOf(campaign, 'click')
  const opens = deedsOf(campaign, 'open')
  const delivered = copies.filter(({ status }) => status === 'sent').length
  const clickers = new Set(clicks.map(({ hash }) => hash)).size
  const openers = new Set(opens.map(({ hash }) => hash)).size
  const last = (deeds: { deed: Deed }[]) =>
    writeTime(deeds.map(({ deed }) => deed.at).reduce<Date | undefined>((a, b) => (a && a > b ? a : b), undefined))
  return {
    ...{ id: campaign.id, campaign_title: String(campaign.settings.title ?? ''), type: campaign.type },
    ...{ list_id: campaign.list_id, list_is_active: list !== undefined, list_name: list?.name ?? '' },
    subject_line: String(campaign.settings.subject_line ?? ''),
    preview_text: String(campaign.settings.preview_text ?? ''),
    emails_sent: copies.length,
    abuse_reports: campaign.abuse_reports,
    unsubscribed: campaign.unsubscribed.size,
    send_time: writeTime(campaign.send_time),
    bounces: {
      hard_bounces: copies.filter(({ status }) => status === 'hard').length,
      soft_bounces: copies.filter(({ status }) => status === 'soft').length,
      syntax_errors: 0,
    },
    forwards: { forwards_count: 0, forwards_opens: 0 },
    opens: {
      ...{ opens_total: opens.length, unique_opens: openers },
      ...{ open_rate: delivered ? openers / delivered : 0, last_open: last(opens) },
    },
    clicks: {
      clicks_total: clicks.length,
      unique_clicks: new Set(clicks.map(({ hash, deed }) => `${hash} ${deed.url}`)).size,
      unique_subscriber_clicks: clickers,
      ...{ click_rate: delivered ? clickers / delivered : 0, last_click: last(clicks) },
    },
    delivery_status: {
      enabled: true,
      can_cancel: false,
      status: 'delivered',
      emails_sent: copies.length,
      emails_canceled: 0,
    },
  }
}

/** What reports say of somebody who got a copy. The fields are those of now. */
function presentMember(campaign: Campaign, list: List | undefined, hash: string, address: string) {
  const contact = list?.contacts.get(hash)
  return {
    ...{ email_id: hash, email_address: address, vip: false, campaign_id: campaign.id },
    ...{ list_id: campaign.list_id, list_is_active: list !== undefined },
    merge_fields: Object.fromEntries(contact?.fields ?? []),
    contact_status: contact?.status ?? 'deleted',
  }
}

type Said = ReturnType<typeof presentMember>
const withoutStatus = ({ contact_status: _, ...said }: Said) => said
const withoutFields = ({ merge_fields: _, vip: __, contact_status: ___, ...said }: Said) => said

export const listSentTo = withReport((call, campaign, list) =>
  pageOf(
    call,
    'sent_to',
    [...campaign.copies],
    ([hash, copy]) => {
      const opens = (campaign.deeds.get(hash) ?? []).filter(({ action }) => action === 'open')
      return {
        ...withoutStatus(presentMember(campaign, list, hash, copy.email_address)),
        ...{ status: copy.status, open_count: opens.length, last_open: writeTime(opens.at(-1)?.at) },
      }
    },
    { campaign_id: campaign.id },
  ),
)

/** Everybody who got it, with what they did; with `since`, only those who did something after it. */
export const listActivity = withReport((call, campaign, list) => {
  const text = call.query.get('since')
  const since = text === null ? undefined : Date.parse(text)
  const isNew = ({ at }: Deed) => since === undefined || at.getTime() > since
  const rows = [...campaign.copies].map(([hash, copy]) => ({
    ...{ hash, copy, deeds: (campaign.deeds.get(hash) ?? []).filter(isNew) },
  }))
  const found = since === undefined ? rows : rows.filter(({ deeds }) => deeds.length > 0)
  const present = ({ hash, copy, deeds }: { hash: string; copy: FakeCopy; deeds: Deed[] }) => ({
    ...withoutFields(presentMember(campaign, list, hash, copy.email_address)),
    activity: deeds.map(({ action, at, url, type, ip }) => ({
      ...{ action, timestamp: writeTime(at) },
      ...{ ...(url ? { url } : {}), ...(type ? { type } : {}), ...(ip ? { ip } : {}) },
    })),
  })
  return pageOf(call, 'emails', found, present, { campaign_id: campaign.id })
})

export const listClicks = withReport((call, campaign) => {
  const urls = new Map<string, { hash: string; deed: Deed }[]>()
  for (const copy of campaign.copies.values()) for (const url of copy.links) if (!urls.has(url)) urls.set(url, [])
  for (const click of deedsOf(campaign, 'click')) {
    const url = click.deed.url ?? ''
    urls.set(url, [...(urls.get(url) ?? []), click])
  }
  const all = [...urls.values()].flat().length
  const present = ([url, clicks]: [string, { hash: string; deed: Deed }[]]) => {
    const unique = new Set(clicks.map(({ hash }) => hash)).size
    return {
      ...{ id: linkIdOf(url), url, total_clicks: clicks.length, unique_clicks: unique, campaign_id: campaign.id },
      click_percentage: all ? clicks.length / all : 0,
      unique_click_percentage: all ? unique / all : 0,
      last_click: writeTime(clicks.at(-1)?.deed.at),
    }
  }
  return pageOf(call, 'urls_clicked', [...urls], present, { campaign_id: campaign.id })
})

export const listClickers = withReport((call, campaign, list) => {
  const { link_id = '' } = call.ids
  const counts = new Map<string, number>()
  for (const { hash, deed } of deedsOf(campaign, 'click'))
    if (linkIdOf(deed.url ?? '') === link_id) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  const present = ([hash, clicks]: [string, number]) => ({
    ...presentMember(campaign, list, hash, campaign.copies.get(hash)?.email_address ?? ''),
    ...{ clicks, url_id: link_id },
  })
  return pageOf(call, 'members', [...counts], present, { campaign_id: campaign.id })
})

export const listOpens = withReport((call, campaign, list) => {
  const opens = Map.groupBy(deedsOf(campaign, 'open'), ({ hash }) => hash)
  const present = ([hash, deeds]: [string, { deed: Deed }[]]) => ({
    ...presentMember(campaign, list, hash, campaign.copies.get(hash)?.email_address ?? ''),
    opens_count: deeds.length,
    opens: deeds.map(({ deed }) => ({ timestamp: writeTime(deed.at) })),
  })
  const total_opens = deedsOf(campaign, 'open').length
  return pageOf(call, 'members', [...opens], present, { campaign_id: campaign.id, total_opens })
})

export const listUnsubscribed = withReport((call, campaign, list) =>
  pageOf(
    call,
    'unsubscribes',
    [...campaign.unsubscribed],
    ([hash, { address, at, reason }]) => ({
      ...withoutStatus(presentMember(campaign, list, hash, address)),
      ...{ timestamp: writeTime(at), reason },
    }),
    { campaign_id: campaign.id },
  ),
)
