import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Count } from '../report.ts'
import { FACTS, type FactsWanted, OPEN_STATES } from './facts-queries.ts'

/** What is counted of a campaign as things stand; each is a number of deliveries but for the clicks. */
export const COUNTED = [
  'recipients',
  'accepted',
  'rejected',
  'uncertain',
  'skipped',
  'bounced',
  'bounced_hard',
  'complained',
  'unsubscribed',
  'replied',
  'auto_replied',
  'clicked',
  'clicks',
  'machine_clicks',
  'agreed',
  'opened',
  'machine_opened',
] as const
export type Counted = (typeof COUNTED)[number]

/** The clicks of one link: people who clicked it, and how often. */
export interface LinkCounts {
  people: number
  clicks: Count
}

/** The figures of a campaign. Of a past day, and of what Mailchimp sent, some cannot be had: they are unknown. */
export type CampaignFigures = Record<Counted, Count> & {
  /** By link key; only links that were hit. */
  links: Record<string, LinkCounts>
}

export interface CountedCampaign {
  campaign_id: number
  /** Nothing of it waits or is undecided: only what comes back can change its figures. */
  is_final: boolean
  figures: CampaignFigures
}

/** The figures of campaigns, made from the rows. A campaign without recipients has its noughts. */
export async function countCampaigns(db: DbOrTx, wanted: FactsWanted): Promise<CountedCampaign[]> {
  if (wanted.campaign_ids.length === 0) return []
  const { rows } = await sql<Row>`
    with facts as materialized (${FACTS(wanted)}),
    links as (
      select campaign_id, jsonb_object_agg(link_key, jsonb_build_object('people', people, 'clicks', clicks)) as links
      from (
        select f.campaign_id, h.link_key, sum(h.human) as clicks,
          count(*) filter (where h.human > 0 and ${wanted.before === null ? sql`true` : sql`h.first_at < ${wanted.before}`}) as people
        from facts f join delivery_hits h on h.delivery_id = f.id
        where f.accepted and h.link_key <> '' group by f.campaign_id, h.link_key
      ) clicked
      group by campaign_id
    ), counted as (
      select campaign_id as counted_id,
        count(*) filter (where state <> 'skipped') as recipients,
        count(*) filter (where accepted) as accepted,
        count(*) filter (where rejected) as rejected,
        count(*) filter (where state = 'uncertain') as uncertain,
        count(*) filter (where state = 'skipped') as skipped,
        count(*) filter (where bounced) as bounced,
        count(*) filter (where bounced_hard) as bounced_hard,
        count(*) filter (where complained) as complained,
        count(*) filter (where unsubscribed) as unsubscribed,
        count(*) filter (where replied) as replied,
        count(*) filter (where auto_replied) as auto_replied,
        count(*) filter (where clicked) as clicked,
        sum(clicks) as clicks,
        sum(machine_clicks) as machine_clicks,
        count(*) filter (where agreed) as agreed,
        count(*) filter (where opened) as opened,
        count(*) filter (where machine_opened) as machine_opened,
        bool_or(state = any(${OPEN_STATES})) as is_open,
        max(updated_at) filter (where state = 'skipped') as last_skipped_at
      from facts group by campaign_id
    )
    select c.id as campaign_id, counted.*, links.links,
      c.state in ('done', 'cancelled') and not coalesce(counted.is_open, false) as is_final,
      -- rows of a frozen audience are there from the beginning; those of automatic email come one by one, at no known time
      ${wanted.before === null ? sql`true` : RECIPIENTS_KNOWN(wanted.before)} as recipients_known,
      exists (select from campaign_links l where l.campaign_id = c.id) as has_links,
      c.channel = 'mailchimp' as is_told,
      exists (select from mailchimp_campaigns m where m.campaign_id = c.id and m.report -> 'counts_opens' = 'true') as opens_told
    from campaigns c
    left join counted on counted.counted_id = c.id
    left join links on links.campaign_id = c.id
    where c.id = any(${wanted.campaign_ids}::bigint[])
    order by c.id`.execute(db)
  return rows.map((row) => ({
    campaign_id: row.campaign_id,
    is_final: row.is_final,
    figures: figuresOf(row, wanted.before !== null),
  }))
}

/** Whoever was skipped after that day was a recipient until then, or had been changed otherwise: which of the two is not kept. */
const RECIPIENTS_KNOWN = (before: Date) => sql`c.kind <> 'automatic'
  and (counted.last_skipped_at is null or counted.last_skipped_at < ${before} or coalesce(c.finished_at < ${before}, false))`

type Row = Record<Counted, number | null> & {
  campaign_id: number
  is_final: boolean
  recipients_known: boolean
  has_links: boolean
  /** Mailchimp sent it: what is known is what it tells. */
  is_told: boolean
  opens_told: boolean
  links: Record<string, { people: number; clicks: number }> | null
}

/** How often is not kept by its time, nor is what was undecided then. */
const UNKNOWN_OF_THE_PAST: readonly Counted[] = ['uncertain', 'clicks', 'machine_clicks', 'machine_opened']
/** Mailchimp tells of what it could not hand over as a bounce, of complaints in all only; replies to it name no email. */
const UNKNOWN_OF_MAILCHIMP: readonly Counted[] = ['rejected', 'complained', 'replied', 'auto_replied']
const OF_OPENINGS: readonly Counted[] = ['opened', 'machine_opened']
const OF_CLICKS: readonly Counted[] = ['clicked', 'clicks', 'machine_clicks']

function figuresOf(row: Row, isPast: boolean): CampaignFigures {
  const countOf = (counted: Counted): Count => {
    if (isPast && UNKNOWN_OF_THE_PAST.includes(counted)) return 'unknown'
    if (!row.recipients_known && (counted === 'recipients' || counted === 'skipped')) return 'unknown'
    if (row.is_told && UNKNOWN_OF_MAILCHIMP.includes(counted)) return 'unknown'
    if (row.is_told && !row.opens_told && OF_OPENINGS.includes(counted)) return 'unknown'
    // An email without a counted link tells nothing of who read it: that is not nobody.
    if (!row.has_links && OF_CLICKS.includes(counted)) return 'unknown'
    return Number(row[counted] ?? 0)
  }
  const counts = Object.fromEntries(COUNTED.map((counted) => [counted, countOf(counted)])) as Record<Counted, Count>
  const links = Object.entries(row.links ?? {}).map(([key, { people, clicks }]) => [
    key,
    { people, clicks: isPast ? 'unknown' : clicks },
  ])
  return { ...counts, links: Object.fromEntries(links) }
}
