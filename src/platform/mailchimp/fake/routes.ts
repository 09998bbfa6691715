import type { Handler } from './answers.ts'
import { batchAdd } from './batch-add.ts'
import { deleteBatch, getBatch, listBatches, submitBatch } from './batches.ts'
import * as actions from './campaign-actions.ts'
import * as campaigns from './campaigns.ts'
import { getList, listLists, ping, readRoot } from './lists.ts'
import * as writes from './member-writes.ts'
import { getMember, listMembers, listMemberTags } from './members.ts'
import { createMergeField, listMergeFields } from './merge-fields.ts'
import * as reports from './reports.ts'
import * as tags from './tags.ts'
import { createWebhook, deleteWebhook, listWebhooks } from './webhooks.ts'

const MEMBER = '/lists/{list_id}/members/{subscriber_hash}'
const SEGMENT = '/lists/{list_id}/segments/{segment_id}'
const CAMPAIGN = '/campaigns/{campaign_id}'
const REPORT = '/reports/{campaign_id}'

/** What the fake can do, by method and template as openapi.json names them. */
const HANDLERS: Record<string, Handler> = {
  'GET /ping': ping,
  'GET /': readRoot,
  'GET /lists': listLists,
  'GET /lists/{list_id}': getList,
  'POST /lists/{list_id}': batchAdd,
  'GET /lists/{list_id}/members': listMembers,
  'POST /lists/{list_id}/members': writes.postMember,
  [`GET ${MEMBER}`]: getMember,
  [`PUT ${MEMBER}`]: writes.putMember,
  [`PATCH ${MEMBER}`]: writes.patchMember,
  [`DELETE ${MEMBER}`]: writes.archiveMember,
  [`POST ${MEMBER}/actions/delete-permanent`]: writes.forgetMember,
  [`GET ${MEMBER}/tags`]: listMemberTags,
  [`POST ${MEMBER}/tags`]: tags.changeMemberTags,
  'GET /lists/{list_id}/merge-fields': listMergeFields,
  'POST /lists/{list_id}/merge-fields': createMergeField,
  'GET /lists/{list_id}/segments': tags.listSegments,
  'POST /lists/{list_id}/segments': tags.createSegment,
  [`GET ${SEGMENT}`]: tags.getSegment,
  [`POST ${SEGMENT}`]: tags.fillSegment,
  [`DELETE ${SEGMENT}`]: tags.deleteSegment,
  [`GET ${SEGMENT}/members`]: tags.listSegmentMembers,
  'GET /lists/{list_id}/tag-search': tags.searchTags,
  'GET /lists/{list_id}/webhooks': listWebhooks,
  'POST /lists/{list_id}/webhooks': createWebhook,
  'DELETE /lists/{list_id}/webhooks/{webhook_id}': deleteWebhook,
  'GET /batches': listBatches,
  'POST /batches': submitBatch,
  'GET /batches/{batch_id}': getBatch,
  'DELETE /batches/{batch_id}': deleteBatch,
  'GET /campaigns': campaigns.listCampaigns,
  'POST /campaigns': campaigns.createCampaign,
  [`GET ${CAMPAIGN}`]: campaigns.getCampaign,
  [`PATCH ${CAMPAIGN}`]: campaigns.changeCampaign,
  [`DELETE ${CAMPAIGN}`]: campaigns.deleteCampaign,
  [`GET ${CAMPAIGN}/content`]: campaigns.getContent,
  [`PUT ${CAMPAIGN}/content`]: campaigns.putContent,
  [`GET ${CAMPAIGN}/send-checklist`]: campaigns.getChecklist,
  [`POST ${CAMPAIGN}/actions/schedule`]: actions.schedule,
  [`POST ${CAMPAIGN}/actions/unschedule`]: actions.unschedule,
  [`POST ${CAMPAIGN}/actions/send`]: actions.send,
  [`POST ${CAMPAIGN}/actions/cancel-send`]: actions.cancelSend,
  [`POST ${CAMPAIGN}/actions/pause`]: actions.pause,
  [`POST ${CAMPAIGN}/actions/resume`]: actions.pause,
  [`POST ${CAMPAIGN}/actions/test`]: actions.test,
  [`GET ${REPORT}`]: reports.getReport,
  [`GET ${REPORT}/sent-to`]: reports.listSentTo,
  [`GET ${REPORT}/email-activity`]: reports.listActivity,
  [`GET ${REPORT}/click-details`]: reports.listClicks,
  [`GET ${REPORT}/click-details/{link_id}/members`]: reports.listClickers,
  [`GET ${REPORT}/open-details`]: reports.listOpens,
  [`GET ${REPORT}/unsubscribed`]: reports.listUnsubscribed,
}

interface Route {
  template: string
  parts: string[]
  handlers: Map<string, Handler>
}

const ROUTES: Route[] = []
for (const [name, handler] of Object.entries(HANDLERS)) {
  const [method = '', template = ''] = name.split(' ')
  let route = ROUTES.find((one) => one.template === template)
  if (!route) {
    route = { template, parts: template.split('/').slice(1), handlers: new Map() }
    ROUTES.push(route)
  }
  route.handlers.set(method, handler)
}

export interface Found {
  template: string
  ids: Record<string, string>
  /** Undefined: there is the path, and not this method. */
  handler: Handler | undefined
}

/** What a path names, without prefix and query. */
export function findRoute(method: string, path: string): Found | undefined {
  const parts = path.replace(/\/$/, '').split('/').slice(1)
  if (parts.length === 0) parts.push('')
  for (const { template, parts: wanted, handlers } of ROUTES) {
    if (wanted.length !== parts.length) continue
    const ids: Record<string, string> = {}
    const isIt = wanted.every((part, at) => {
      const given = parts[at] ?? ''
      if (!part.startsWith('{')) return part === given
      ids[part.slice(1, -1)] = decodeURIComponent(given)
      return given !== ''
    })
    if (isIt) return { template, ids, handler: handlers.get(method) }
  }
  return undefined
}
