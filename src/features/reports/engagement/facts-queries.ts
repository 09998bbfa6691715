import { type RawBuilder, sql } from 'kysely'
import { DELIVERY_STATES, type DeliveryState } from '../../deliveries/index.ts'

export interface FactsWanted {
  campaign_ids: readonly number[]
  /** What was recorded before this counts; null: everything. */
  before: Date | null
}

/**
 * States that others follow upon, also after a campaign has ended: a person decides what is uncertain, a lost worker may
 * still tell of it, what is held is let go. The other four are for good.
 */
const FINAL: readonly DeliveryState[] = ['accepted', 'rejected', 'skipped', 'cancelled']
export const OPEN_STATES = DELIVERY_STATES.filter((state) => !FINAL.includes(state))

/**
 * What is known of each delivery of some campaigns, one row for each: the one expression that figures, lists of people
 * and domains are made from, so that they agree. Tests are nobody's. Whatever came back counts once for a delivery, and
 * only for one that was accepted.
 */
export const FACTS = ({ campaign_ids, before }: FactsWanted): RawBuilder<unknown> => sql`
  select d.id, d.campaign_id, d.person_id, d.contact_id, d.domain, d.state, d.skipped_reason, d.updated_at, d.attempt_id,
    taken.accepted,
    d.state = 'rejected' and ${wasBefore(sql`t.ended_at`, before)} as rejected,
    taken.accepted and coalesce(e.bounced, false) as bounced,
    taken.accepted and coalesce(e.bounced_hard, false) as bounced_hard,
    taken.accepted and coalesce(e.complained, false) as complained,
    taken.accepted and coalesce(e.unsubscribed, false) as unsubscribed,
    taken.accepted and coalesce(e.replied, false) as replied,
    taken.accepted and coalesce(e.auto_replied, false) as auto_replied,
    taken.accepted and coalesce(h.clicked, false) as clicked,
    case when taken.accepted then coalesce(h.clicks, 0) else 0 end as clicks,
    case when taken.accepted then coalesce(h.machine_clicks, 0) else 0 end as machine_clicks,
    taken.agreed,
    taken.agreed and coalesce(h.opened, false) as opened,
    taken.agreed and coalesce(h.machine_opened, false) as machine_opened
  from deliveries d
  ${before === null ? sql`` : sql`left join attempts t on t.id = d.attempt_id`}
  cross join lateral (
    select d.state = 'accepted' and ${wasBefore(sql`d.accepted_at`, before)} as accepted,
      d.state = 'accepted' and ${wasBefore(sql`d.accepted_at`, before)} and coalesce((
        select c.given from consents c
        where c.person_id = d.person_id and c.purpose = 'tracking' and c.at <= d.accepted_at
        order by c.id desc limit 1), false) as agreed
  ) taken
  left join (${EVENTS(campaign_ids, before)}) e on e.delivery_id = d.id
  left join (${HITS(campaign_ids, before)}) h on h.delivery_id = d.id
  where d.campaign_id = any(${campaign_ids}::bigint[]) and not d.is_test`

/**
 * Who clicked in a campaign or replied to it: `campaign_id` and `person_id` of those of whom FACTS says so, some of them
 * twice. Made from what came back, which is far less than what left.
 */
export const ENGAGED = ({ campaign_ids, before }: FactsWanted): RawBuilder<unknown> => sql`
  select d.campaign_id, d.person_id from (
    select h.delivery_id from delivery_hits h
    where h.link_key <> '' and h.human > 0 and ${wasBefore(sql`h.first_at`, before)}
    union all
    select e.delivery_id from delivery_events e where e.kind = 'reply' and ${wasBefore(sql`e.at`, before)}
  ) came
  join deliveries d on d.id = came.delivery_id
  where d.campaign_id = any(${campaign_ids}::bigint[]) and not d.is_test
    and d.state = 'accepted' and ${wasBefore(sql`d.accepted_at`, before)}`

/** A bounce tells of our own address first, and then of others that it was forwarded to: those say nothing of ours. */
const EVENTS = (campaignIds: readonly number[], before: Date | null) => sql`
  select delivery_id,
    bool_or(kind = 'bounce') as bounced,
    bool_or(kind = 'bounce' and class = 'hard' and place = 1) as bounced_hard,
    bool_or(kind = 'complaint') as complained,
    bool_or(kind = 'unsubscribe') as unsubscribed,
    bool_or(kind = 'reply') as replied,
    bool_or(kind = 'auto_reply') as auto_replied
  from (
    select e.delivery_id, e.kind, e.class, row_number() over (partition by e.delivery_id, e.incoming_id, e.kind order by e.id) as place
    from delivery_events e join deliveries about on about.id = e.delivery_id
    where about.campaign_id = any(${campaignIds}::bigint[]) and ${wasBefore(sql`e.at`, before)}
  ) told
  group by delivery_id`

const HITS = (campaignIds: readonly number[], before: Date | null) => sql`
  select h.delivery_id,
    bool_or(h.human > 0 and ${wasBefore(sql`h.first_at`, before)}) filter (where h.link_key <> '') as clicked,
    sum(h.human) filter (where h.link_key <> '') as clicks,
    sum(h.machine) filter (where h.link_key <> '') as machine_clicks,
    bool_or(h.human > 0 and ${wasBefore(sql`h.first_at`, before)}) filter (where h.link_key = '') as opened,
    bool_or(h.machine > 0) filter (where h.link_key = '') as machine_opened
  from delivery_hits h join deliveries about on about.id = h.delivery_id
  where about.campaign_id = any(${campaignIds}::bigint[])
  group by h.delivery_id`

export function wasBefore(moment: RawBuilder<unknown>, before: Date | null): RawBuilder<boolean> {
  return before === null ? sql`true` : sql`coalesce(${moment} < ${before}, false)`
}
