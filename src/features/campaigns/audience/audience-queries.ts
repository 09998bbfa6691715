import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type Audience, type Channel, DEFAULT_STATES } from '../schema.ts'

/** What decides who a campaign is for: a campaign's row has all of it. */
export interface AudienceRule {
  round_id: number
  kind: string
  lane: string
  audience: Audience
}

/**
 * The one query behind the count, the list and the queue: who an audience picks, and for those who will be left out,
 * why. Columns: person_id, address, language, country_code, time_zone, is_recipient, skipped_reason (null for
 * recipients), partnership_id (of an introduction). To ask for recipients ask for is_recipient: the planner can tell how
 * many they are.
 *
 * An introduction picks whoever waits to be introduced (the view waiting_introductions), and leaves out those whose
 * partner it cannot reach: both get it or neither.
 */
export function selectAudience(rule: AudienceRule): RawBuilder<unknown> {
  const { kind, audience } = rule
  const introduces = kind === 'introduction'
  const { deliveries, matched, asked } = audience
  const own = ruleFor(rule, { application: 'a', address: 'ad' })
  const unreachable = introduces ? hasUnreachablePartner(rule) : sql`false`
  const conditions = [
    sql`a.round_id = ${rule.round_id}`,
    // People chosen one by one are not dropped in silence: whoever has left the round since is left out with a reason.
    ...(deliveries ? [] : [own.inState]),
    ...own.narrowed,
    ...(matched === undefined || introduces ? [] : [matched ? HAS_PARTNER : sql`not ${HAS_PARTNER}`]),
    ...(introduces && matched === false ? [sql`false`] : []),
    ...(asked === undefined ? [] : [asked ? WAS_ASKED : sql`not ${WAS_ASKED}`]),
  ]
  return sql`
    select a.person_id, ad.address, p.language, p.country_code, p.time_zone,
      ${own.reachable} and not ${unreachable} as is_recipient,
      case
        when not ${own.inState} then 'state_changed'
        when ad.address is null then 'no_address'
        when not a.code_of_conduct_agreed then 'no_code_of_conduct'
        -- the reason is looked for only where there is one
        when exists (select ${own.stopping}) then (
          select case when s.reason = 'manual' then 'suppressed' else s.reason end ${own.stopping}
          order by s.scope, s.created_at limit 1)
        when ${unreachable} then 'partner_unreachable'
      end as skipped_reason,
      ${introduces ? sql`waiting.together` : sql`null::bigint`} as partnership_id
    from applications a
    join people p on p.id = a.person_id
    left join addresses ad on ad.person_id = a.person_id and ad.is_primary
    ${deliveries ? sql`join ${chosenFrom(deliveries, 'a')}` : sql``}
    ${introduces ? WAITING : sql``}
    where ${sql.join(conditions, sql` and `)}`
}

/**
 * Which stops leave somebody out; the ledger says the same when a message leaves (exchange_attempts). Of those who never
 * decided about news an announcement of their own round is programme mail: only who withdrew is left out.
 */
function stoppingScopes({ kind, lane }: Pick<AudienceRule, 'kind' | 'lane'>): string[] {
  if (lane !== 'campaign') return ['all']
  return kind === 'announcement' ? ['all', 'campaigns', 'news'] : ['all', 'campaigns']
}

/** What the rule says about one person, wherever the application and the address of that person stand in a query. */
function ruleFor({ kind, lane, audience }: AudienceRule, at: { application: string; address: string }) {
  const column = (name: string) => sql.ref(`${at.application}.${name}`)
  const address = sql.ref(`${at.address}.address`)
  const inState = sql`${column('state')} = any(${audience.states ?? DEFAULT_STATES})`
  const stopping = sql`from suppressions s
    where s.address = ${address} and s.lifted_at is null and s.scope = any(${stoppingScopes({ kind, lane })})`
  return {
    inState,
    stopping,
    narrowed: [
      ...(audience.countries ? [sql`${column('country_code')} = any(${audience.countries})`] : []),
      ...(audience.sectors ? [sql`${column('sector')} = any(${audience.sectors})`] : []),
      ...(audience.pathways ? [sql`${column('pathway')} = any(${audience.pathways})`] : []),
    ],
    reachable: sql`${inState} and ${address} is not null and ${column('code_of_conduct_agreed')}
      and not exists (select ${stopping})`,
  }
}

/** One row a person at most: a campaign has nobody twice. */
function chosenFrom({ campaign, states, skipped_reasons }: NonNullable<Audience['deliveries']>, application: string) {
  const reason = skipped_reasons ? sql` and chosen.skipped_reason = any(${skipped_reasons})` : sql``
  return sql`deliveries chosen on chosen.campaign_id = ${campaign} and chosen.person_id = ${sql.ref(`${application}.person_id`)}
      and not chosen.is_test and chosen.state = any(${states})${reason}
      -- Mailchimp may still send theirs, or has
      and chosen.held_reason is distinct from 'mailchimp'`
}

/** Asked to confirm: the request has left, is under way or waits for a decision. Who was left out may be asked again. */
const WAS_ASKED = sql`exists (
    select from deliveries request join campaigns asking on asking.id = request.campaign_id
    where request.person_id = a.person_id and not request.is_test and asking.round_id = a.round_id
      and asking.kind = 'confirmation' and request.state not in ('skipped', 'cancelled', 'rejected'))`

/** Matched is whoever's text would show a partner: the same rule as listMergeRows (queries.ts). */
const HAS_PARTNER = sql`exists (
    select from partnership_members m
    join partnerships ps on ps.id = m.partnership_id
    join partnership_members other on other.partnership_id = ps.id and other.person_id <> m.person_id
    where m.person_id = a.person_id and ps.round_id = a.round_id and ps.ended_at is null and ps.introduced_at is not null)`

/** With the partnerships that wait; of several at one time (a mentor's, or one after the other) the first goes first. */
const WAITING = sql`join lateral (
      select min(w.together) as together from waiting_introductions w
      where w.person_id = a.person_id and w.round_id = a.round_id
    ) waiting on waiting.together is not null`

/** Whether somebody of those introduced together neither has the introduction already nor would get it now. */
function hasUnreachablePartner(rule: AudienceRule): RawBuilder<unknown> {
  const { deliveries } = rule.audience
  const partner = ruleFor(rule, { application: 'pa', address: 'pad' })
  const picked = sql.join([...partner.narrowed, partner.reachable], sql` and `)
  return sql`exists (
      select from partnerships ps
      join partnership_members m on m.partnership_id = ps.id and m.person_id <> a.person_id
      left join applications pa on pa.round_id = ps.round_id and pa.person_id = m.person_id
      left join addresses pad on pad.person_id = m.person_id and pad.is_primary
      where (ps.id = waiting.together or ps.introduced_with = waiting.together) and ps.ended_at is null
        and not exists (
          select from deliveries got
          where got.partnership_id = waiting.together and got.person_id = m.person_id
            and got.state = 'accepted' and not got.is_test)
        -- whoever is introduced to others first is introduced to these by another campaign
        and not coalesce(
          (select min(w.together) from waiting_introductions w
            where w.person_id = m.person_id and w.round_id = ps.round_id) = waiting.together
          and ${picked}${deliveries ? sql` and exists (select from (select) one join ${chosenFrom(deliveries, 'pa')})` : sql``}, false))`
}

export interface AudienceCount {
  recipients: number
  /** Picked by the rule but left out, by reason. */
  skipped: Record<string, number>
}

export async function countAudience(db: DbOrTx, rule: AudienceRule): Promise<AudienceCount> {
  const { rows } = await sql<{ skipped_reason: string | null; count: number }>`
    select skipped_reason, count(*) as count from (${selectAudience(rule)}) picked group by skipped_reason`.execute(db)
  return {
    recipients: rows.find((row) => row.skipped_reason === null)?.count ?? 0,
    skipped: Object.fromEntries(
      rows.flatMap((row) => (row.skipped_reason === null ? [] : [[row.skipped_reason, row.count]])),
    ),
  }
}

/** Where the recipients live, for the local hour: a zone of their own, or their country's. */
export async function listAudiencePlaces(db: DbOrTx, rule: AudienceRule) {
  const { rows } = await sql<{ country_code: string; time_zone: string | null }>`
    select distinct country_code, time_zone from (${selectAudience(rule)}) picked where is_recipient`.execute(db)
  return rows
}

/** The languages that recipients read. */
export async function listAudienceLanguages(db: DbOrTx, rule: AudienceRule): Promise<string[]> {
  const { rows } = await sql<{ language: string }>`
    select distinct language from (${selectAudience(rule)}) picked where is_recipient`.execute(db)
  return rows.map((row) => row.language)
}

/** Ids of the recipients, in order. */
export async function listRecipientIds(db: DbOrTx, rule: AudienceRule): Promise<number[]> {
  const { rows } = await sql<{ person_id: number }>`
    select person_id from (${selectAudience(rule)}) picked where is_recipient order by person_id`.execute(db)
  return rows.map((row) => row.person_id)
}

/** How the rule sees one person now; undefined when it does not pick them. */
export async function findInAudience(
  db: DbOrTx,
  rule: AudienceRule,
  personId: number,
): Promise<{ skipped_reason: string | null } | undefined> {
  const { rows } = await sql<{ skipped_reason: string | null }>`
    select skipped_reason from (${selectAudience(rule)}) picked where person_id = ${personId}`.execute(db)
  return rows[0]
}

/** When the people of one place are due. */
export interface PlaceDue {
  country_code: string
  time_zone: string | null
  due_at: Date
}

/**
 * Freezes the audience: one ledger row per person, recipients and skipped alike, in one statement. The table's
 * unique indexes make a second freeze impossible, and an introduction of the same partners by another campaign.
 * @param input.languages the variant for each language that recipients read
 */
export async function freezeAudience(
  tx: DbOrTx,
  rule: AudienceRule,
  input: {
    campaign_id: number
    version: number
    languages: Record<string, string>
    default_language: string
    due_at: Date
    places: readonly PlaceDue[]
    /** What goes through Mailchimp is held from the first moment: no run of ours ever sees it as due. */
    channel?: Channel
  },
): Promise<number> {
  const places = JSON.stringify(
    input.places.map(({ country_code, time_zone, due_at }) => ({ country_code, time_zone, due_at })),
  )
  const isHeld = sql`${input.channel === 'mailchimp'}::boolean`
  const { numAffectedRows } = await sql`
    with places as (
      select * from jsonb_to_recordset(${places}::jsonb) as e(country_code text, time_zone text, due_at timestamptz)
    )
    insert into deliveries
      (campaign_id, person_id, lane, state, held_reason, skipped_reason, address, domain, language, version, due_at, partnership_id)
    select ${input.campaign_id}, picked.person_id, ${rule.lane},
      case when skipped_reason is not null then 'skipped' when ${isHeld} then 'held' else 'queued' end,
      case when skipped_reason is null and ${isHeld} then 'mailchimp' end, skipped_reason,
      address, lower(split_part(address, '@', 2)),
      coalesce(${JSON.stringify(input.languages)}::jsonb ->> picked.language, ${input.default_language}),
      ${input.version}, coalesce(places.due_at, ${input.due_at}), partnership_id
    from (${selectAudience(rule)}) picked
    left join places on places.country_code = picked.country_code and places.time_zone is not distinct from picked.time_zone
    -- partners get theirs one after the other
    order by picked.partnership_id, picked.person_id`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
