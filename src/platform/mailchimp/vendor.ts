import { createRequire } from 'node:module'

/**
 * What we use of `@mailchimp/mailchimp_marketing`, which comes without types: its methods know paths, parameters and
 * methods of the API. Each ends in `callApi` with the path as openapi.json names it. Things to know:
 * - parameters are given in snake_case; a missing one is thrown at once, not as a rejection; a `body` goes as it is;
 * - `fields` must be an array; what is undefined is left out;
 * - `buildUrl` puts `config.server` in place of the first "server" anywhere in the address, so there must be none.
 */
export interface Vendor {
  basePath: string
  config: { server?: string | undefined }
  callApi: CallApi
  buildUrl(path: string, pathParams: Record<string, unknown>): string
  normalizeParams(params: Record<string, unknown>): Record<string, string>
  ping: { get(): Answer }
  root: { getRoot(opts: Query): Answer }
  lists: {
    getAllLists(opts: Query): Answer
    getList(list_id: string, opts: Query): Answer
    getListMergeFields(list_id: string, opts: Query): Answer
    addListMergeField(list_id: string, body: object): Answer
    getListMembersInfo(list_id: string, opts: Query): Answer
    getListMember(list_id: string, hash: string, opts: Query): Answer
    getListMemberTags(list_id: string, hash: string, opts: Query): Answer
    batchListMembers(list_id: string, body: object, opts: Query): Answer
    setListMember(list_id: string, hash: string, body: object, opts: Query): Answer
    deleteListMember(list_id: string, hash: string): Answer
    deleteListMemberPermanent(list_id: string, hash: string): Answer
    listSegments(list_id: string, opts: Query): Answer
    createSegment(list_id: string, body: object): Answer
    /** The body comes first here. */
    batchSegmentMembers(body: object, list_id: string, segment_id: number): Answer
    getListWebhooks(list_id: string): Answer
    createListWebhook(list_id: string, body: object): Answer
    deleteListWebhook(list_id: string, webhook_id: string): Answer
  }
  batches: { start(body: object): Answer; status(batch_id: string, opts: Query): Answer }
  campaigns: {
    list(opts: Query): Answer
    create(body: object): Answer
    get(campaign_id: string, opts: Query): Answer
    remove(campaign_id: string): Answer
    setContent(campaign_id: string, body: object): Answer
    getContent(campaign_id: string, opts: Query): Answer
    getSendChecklist(campaign_id: string, opts: Query): Answer
    schedule(campaign_id: string, body: object): Answer
    unschedule(campaign_id: string): Answer
    send(campaign_id: string): Answer
    cancelSend(campaign_id: string): Answer
  }
  reports: {
    getCampaignReport(campaign_id: string, opts: Query): Answer
    getCampaignRecipients(campaign_id: string, opts: Query): Answer
    getEmailActivityForCampaign(campaign_id: string, opts: Query): Answer
    getUnsubscribedListForCampaign(campaign_id: string, opts: Query): Answer
  }
}

/** The parsed body; null when the answer has none. */
type Answer = Promise<unknown>
type Query = Record<string, string | number | boolean | string[] | undefined>

/** The one place where a request leaves the package. */
export type CallApi = (
  path: string,
  method: string,
  pathParams: Record<string, unknown>,
  query: Record<string, unknown>,
  headers: Record<string, unknown>,
  form: Record<string, unknown>,
  body: unknown,
) => Promise<{ data: unknown }>

/** A client of our own: the package's shared one would be changed for everybody in this process. */
export function openVendor(basePath: string): Vendor {
  const require = createRequire(import.meta.url)
  const ApiClient = require('@mailchimp/mailchimp_marketing/src/ApiClient') as new () => Vendor
  const vendor = new ApiClient()
  vendor.basePath = basePath
  vendor.config = { server: undefined }
  return vendor
}
