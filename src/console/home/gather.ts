import {
  listCampaignsBetween,
  listDecisionNeeds,
  listDraftNeeds,
  listLargeAudiences,
  listLiveCampaigns,
} from '../../features/campaigns/index.ts'
import { findSendingTrouble } from '../../features/deliveries/index.ts'
import { listImportNeeds } from '../../features/imports/index.ts'
import { readMailchimpNeeds } from '../../features/mailchimp/index.ts'
import { getProgramme } from '../../features/programme/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { listDisabledWebhooks } from '../../features/webhooks/index.ts'
import { listFailedJobs } from '../../jobs/long-work-queries.ts'
import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'
import { gatherMatching } from './matching.ts'
import type { NeedFacts } from './needs.ts'
import { gatherReplies } from './replies.ts'

const DAY_MS = 86_400_000
export const AGENDA_DAYS = 14
const MOST_DRAFTS = 12
/** Of so many drafts the audience is looked at, whether it wants a second person. */
const MOST_AUDIENCES = 5
/** Longer than a round: what nobody has decided until then is history. */
const DECIDED_WITHIN_DAYS = 180
const SHOWN_DAYS = 7

const NO_TROUBLE: NeedFacts['trouble'] = { closed: undefined, trouble: undefined, stopped_domains: [] }

/**
 * What Home shows somebody of this role, with a fixed number of statements. An import that failed is for those who
 * may import; the matching is of the round that is looked at.
 */
export async function gatherNeeds(
  db: Db,
  { role, now, round }: { role: Role; now: Date; round: RoundRow | undefined },
): Promise<NeedFacts> {
  const may = (permission: Permission) => mayDo(role, permission)
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS)
  const writes = may('campaigns.write')
  const today = now.toISOString().slice(0, 10)
  // The whole of the last day of the agenda, on whichever clock.
  const until = new Date(now.getTime() + (AGENDA_DAYS + 1) * DAY_MS)
  const [
    drafts,
    live,
    decisions,
    trouble,
    failed_jobs,
    imports,
    { second_person_over },
    matching,
    replies,
    webhooks,
    mailchimp,
  ] = await Promise.all([
    writes ? listDraftNeeds(db, { until, today, limit: MOST_DRAFTS }) : [],
    listLiveCampaigns(db, 5),
    writes ? listDecisionNeeds(db, { since: ago(DECIDED_WITHIN_DAYS), rejectedSince: ago(SHOWN_DAYS), limit: 12 }) : [],
    writes || may('sending.write') ? findSendingTrouble(db) : NO_TROUBLE,
    may('jobs.read') ? listFailedJobs(db, { since: ago(SHOWN_DAYS), limit: 5 }) : [],
    may('imports.write') ? listImportNeeds(db, { now, limit: 5 }) : [],
    getProgramme(db),
    round && may('matching.write') ? gatherMatching(db, { round, today }) : null,
    gatherReplies(db, { role, round, today }),
    may('webhooks.read') ? listDisabledWebhooks({ db }) : [],
    may('mailchimp.read') ? readMailchimpNeeds(db) : null,
  ])
  const unread = drafts.filter((draft) => draft.has_text && draft.approved_version !== draft.version)
  const second_person =
    second_person_over === null ? [] : await listLargeAudiences(db, unread.slice(0, MOST_AUDIENCES), second_person_over)
  return {
    drafts,
    second_person,
    live,
    decisions,
    trouble: may('sending.write') ? trouble : { ...trouble, stopped_domains: [] },
    imports,
    matching,
    replies,
    webhooks,
    mailchimp: mailchimp && {
      ...mailchimp,
      // Of no use to who may not decide it.
      ...(may('mailchimp.write') ? {} : { to_see_to: 0, waits_to_begin: false }),
    },
    failed_jobs: failed_jobs.filter(({ kind }) => {
      // These have a need of their own, as long as they are not made good.
      if (kind === 'mailchimp-sync') return false
      if (kind === 'mailchimp-hand-over') return mailchimp?.failed.length === 0
      return kind !== 'import' || may('imports.write')
    }),
  }
}

/** Campaigns of a round in the coming days. */
export function gatherAgenda(db: Db, { round, now }: { round: string; now: Date }) {
  return listCampaignsBetween(db, { round, from: now, to: new Date(now.getTime() + AGENDA_DAYS * DAY_MS) })
}
