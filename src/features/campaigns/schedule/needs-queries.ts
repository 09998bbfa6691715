import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/open.ts'
import { selectAudience } from '../audience/audience-queries.ts'
import type { Audience } from '../schema.ts'

/**
 * What of campaigns needs a person, for Home. Every statement reads a bounded number of rows however many people and
 * deliveries there are: a figure that would be larger than what is counted says so. (Rows are asked for in the order
 * of an index, so that it is used even where the planner thinks that any row will do.)
 */

const OWN_TEXT = sql`left join campaign_variants v
  on v.campaign_id = c.id and v.version = c.version and v.language = c.language`

/** A draft of a round that has not ended, and how far it is. */
export interface DraftNeed {
  id: number
  round: string
  round_id: number
  kind: string
  lane: string
  audience: Audience
  /** Empty when it has none. */
  subject: string
  planned_at: Date | null
  /** Whether it has both a subject and a text in its own language. */
  has_text: boolean
  version: number
  tested_version: number | null
  approved_version: number | null
  /** Who wrote this version. */
  written_by: string | null
}

/**
 * Drafts planned before `until`, missed ones too, the earliest first; then those with a text but no plan.
 * @param today `YYYY-MM-DD`
 */
export async function listDraftNeeds(
  db: Db,
  { until, today, limit }: { until: Date; today: string; limit: number },
): Promise<DraftNeed[]> {
  const { rows } = await sql<DraftNeed>`
    select * from (
      select c.id, r.code as round, c.round_id, c.kind, c.lane, c.audience, coalesce(v.subject, '') as subject,
        c.planned_at, coalesce(v.subject ~ '\\S' and v.body_markdown ~ '\\S', false) as has_text,
        c.version, c.tested_version, c.approved_version, v.written_by
      from campaigns c join rounds r on r.id = c.round_id ${OWN_TEXT}
      where c.state = 'draft' and (c.planned_at is null or c.planned_at < ${until})
        and (r.ends_on is null or r.ends_on >= ${today})
    ) draft
    where planned_at is not null or has_text
    order by planned_at nulls last, id desc limit ${limit}`.execute(db)
  return rows
}

/** Which of these drafts would go to more than so many people. Counts no further than that. */
export async function listLargeAudiences(
  db: Db,
  drafts: readonly Pick<DraftNeed, 'id' | 'round_id' | 'kind' | 'lane' | 'audience'>[],
  over: number,
): Promise<number[]> {
  if (drafts.length === 0) return []
  const each = drafts.map(
    (draft): RawBuilder<unknown> => sql`
      select ${draft.id}::bigint as id, (select count(*) from (
        select from (${selectAudience(draft)}) picked where skipped_reason is null limit ${over + 1}) bounded) as people`,
  )
  const { rows } = await sql<{ id: number }>`
    select id from (${sql.join(each, sql` union all `)}) counted where people > ${over}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Deliveries are counted up to so many. */
export const COUNTED = 5000

/** A campaign under way. */
export interface LiveCampaign {
  id: number
  kind: string
  subject: string
  /** sending or paused */
  state: string
  /** Everybody but those left out, at most COUNTED + 1: then neither figure is the whole. */
  recipients: number
  waiting: number
}

export async function listLiveCampaigns(db: Db, limit: number): Promise<LiveCampaign[]> {
  const { rows } = await sql<LiveCampaign>`
    with live as (
      select c.id, c.kind, coalesce(v.subject, '') as subject, c.state from campaigns c ${OWN_TEXT}
      where c.state in ('sending', 'paused') and c.kind not in ('staff', 'automatic') order by c.started_at, c.id limit ${limit}
    )
    select live.*, counted.recipients, counted.waiting from live cross join lateral (
      select count(*) as recipients,
        count(*) filter (where state in ('queued', 'claimed', 'sending', 'deferred', 'held')) as waiting
      from (
        select d.state from deliveries d where d.campaign_id = live.id and not d.is_test and d.state <> 'skipped'
        order by d.state, d.id limit ${COUNTED + 1}
      ) bounded
    ) counted order by live.id`.execute(db)
  return rows
}

/** Deliveries of one campaign that are in one state and wait for a person. */
export interface DecisionNeed {
  campaign_id: number
  kind: string
  subject: string
  state: 'uncertain' | 'held' | 'rejected'
  /** At most COUNTED + 1. */
  count: number
}

/**
 * Uncertain and held deliveries of campaigns since `since`, but for those that Mailchimp has; rejected ones of campaigns that ended since `rejectedSince`:
 * they need nobody's decision, but somebody's look.
 */
export async function listDecisionNeeds(
  db: Db,
  { since, rejectedSince, limit }: { since: Date; rejectedSince: Date; limit: number },
): Promise<DecisionNeed[]> {
  const { rows } = await sql<DecisionNeed>`
    select c.id as campaign_id, c.kind, coalesce(v.subject, '') as subject, wanted.state, found.count
    from campaigns c ${OWN_TEXT}
    cross join (values ('uncertain'), ('held'), ('rejected')) as wanted(state)
    cross join lateral (
      select count(*) as count from (
        select from deliveries d where d.campaign_id = c.id and d.state = wanted.state and not d.is_test
          and d.held_reason is distinct from 'mailchimp'
        order by d.id limit ${COUNTED + 1}
      ) bounded
    ) found
    where c.kind <> 'staff' and (c.frozen_at > ${since} or c.kind = 'automatic') and c.state <> 'cancelled' and found.count > 0
      and (wanted.state <> 'rejected' or c.finished_at > ${rejectedSince})
    order by c.id desc, wanted.state desc limit ${limit}`.execute(db)
  return rows
}
