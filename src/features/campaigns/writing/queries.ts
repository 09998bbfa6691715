import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type Compiled, type MergeRow, SAMPLE_ROW, type VariantText } from '../content/index.ts'
import type { Audience, CampaignExtras, CampaignKind, Channel, Lane } from '../schema.ts'

const COLUMNS = [
  'campaigns.id',
  'rounds.code as round',
  'kind',
  'lane',
  'channel',
  'state',
  'language',
  'from_name',
  'audience',
  'fallbacks',
  'version',
  'tested_version',
  'approved_version',
  'planned_at',
  'web_copy',
  'automatic_key',
  'live_version',
  'switched_off_at',
  'sends_itself',
  'send_at',
  'local_time',
  'hold_until',
  'starts_at',
  'slug',
  'frozen_at',
  'started_at',
  'finished_at',
  'campaigns.created_at',
  'campaigns.updated_at',
] as const

function selectCampaigns(db: DbOrTx) {
  return db.selectFrom('campaigns').innerJoin('rounds', 'rounds.id', 'campaigns.round_id').select(COLUMNS)
}

type SelectedCampaign = Awaited<ReturnType<ReturnType<typeof selectCampaigns>['executeTakeFirstOrThrow']>>

/** A campaign without its texts. `round` is the round's code. */
export type CampaignRow = Omit<SelectedCampaign, 'kind' | 'lane' | 'channel' | 'audience' | 'fallbacks'> & {
  kind: CampaignKind
  lane: Lane
  channel: Channel
  audience: Audience
  fallbacks: Record<string, string>
}

export interface VariantRow extends VariantText {
  language: string
  /** Null until it is compiled. */
  compiled: Compiled | null
}

export async function findCampaign(db: DbOrTx, id: number): Promise<CampaignRow | undefined> {
  return (await selectCampaigns(db).where('campaigns.id', '=', id).executeTakeFirst()) as CampaignRow | undefined
}

/** The campaign, locked until the transaction ends. */
export async function findCampaignForUpdate(tx: DbOrTx, id: number): Promise<CampaignRow | undefined> {
  const query = selectCampaigns(tx).where('campaigns.id', '=', id).forUpdate('campaigns')
  return (await query.executeTakeFirst()) as CampaignRow | undefined
}

/** How its messages are compiled beside their text: the lane, and which automatic email it is. */
export async function findMakeup(
  db: DbOrTx,
  id: number,
): Promise<{ lane: Lane; automatic_key: string | null } | undefined> {
  const columns = ['lane', 'automatic_key'] as const
  const row = await db.selectFrom('campaigns').select(columns).where('id', '=', id).executeTakeFirst()
  return row && { lane: row.lane as Lane, automatic_key: row.automatic_key }
}

export async function findRoundId(db: DbOrTx, code: string): Promise<number | undefined> {
  const row = await db.selectFrom('rounds').select('id').where('code', '=', code).executeTakeFirst()
  return row?.id
}

/** The newest first; `subject` is the one in the campaign's own language. */
export async function listCampaignRows(
  db: DbOrTx,
  input: { round?: string | undefined; after?: number | undefined; limit: number },
) {
  let query = selectCampaigns(db)
    .leftJoin('campaign_variants as own', (join) =>
      join
        .onRef('own.campaign_id', '=', 'campaigns.id')
        .onRef('own.version', '=', 'campaigns.version')
        .onRef('own.language', '=', 'campaigns.language'),
    )
    .clearSelect()
    .select(COLUMNS.map((column) => (/[. ]/.test(column) ? column : (`campaigns.${column}` as typeof column))))
    .select('own.subject')
    .orderBy('campaigns.id', 'desc')
    .limit(input.limit)
  query = query.where('kind', '<>', 'automatic')
  if (input.round !== undefined) query = query.where('rounds.code', '=', input.round)
  if (input.after !== undefined) query = query.where('campaigns.id', '<', input.after)
  return (await query.execute()) as (CampaignRow & { subject: string | null })[]
}

export async function insertCampaign(
  tx: DbOrTx,
  values: {
    round_id: number
    kind: CampaignKind
    lane: Lane
    language: string
    from_name: string | null
    audience: Audience
    fallbacks: Record<string, string>
    planned_at: Date | null
    web_copy: boolean
    channel?: Channel
  },
): Promise<number> {
  const row = { ...values, audience: JSON.stringify(values.audience), fallbacks: JSON.stringify(values.fallbacks) }
  return (await tx.insertInto('campaigns').values(row).returning('id').executeTakeFirstOrThrow()).id
}

export interface CampaignUpdate {
  language: string
  from_name: string | null
  audience: Audience
  fallbacks: Record<string, string>
  planned_at: Date | null
  web_copy: boolean
  channel: Channel
  version: number
  /** Neither a test email nor a second person's word counts for what they have not seen. */
  unseen: boolean
  now: Date
}

export async function updateCampaignRow(
  tx: DbOrTx,
  id: number,
  { now, unseen, ...update }: CampaignUpdate,
): Promise<void> {
  const { audience, fallbacks } = update
  const values = {
    ...update,
    ...(unseen ? { tested_version: null, approved_version: null, approved_by: null } : {}),
    audience: JSON.stringify(audience),
    fallbacks: JSON.stringify(fallbacks),
    updated_at: now,
  }
  await tx.updateTable('campaigns').set(values).where('id', '=', id).execute()
}

/** Makes a version the present one. */
export async function recordVersion(tx: DbOrTx, id: number, { version, now }: { version: number; now: Date }) {
  await tx.updateTable('campaigns').set({ version, updated_at: now }).where('id', '=', id).execute()
}

/** Writes one version, all languages at once; a version is never changed after. */
export async function insertVariants(
  tx: DbOrTx,
  input: { campaign_id: number; version: number; written_by: string | null; now?: Date; variants: VariantRow[] },
): Promise<void> {
  const rows = input.variants.map(({ extras, compiled, ...variant }) => ({
    ...variant,
    campaign_id: input.campaign_id,
    version: input.version,
    written_by: input.written_by,
    ...(input.now ? { created_at: input.now } : {}),
    extras: JSON.stringify(extras),
    compiled: compiled && JSON.stringify(compiled),
  }))
  await tx.insertInto('campaign_variants').values(rows).execute()
}

export async function listVariants(db: DbOrTx, campaignId: number, version: number): Promise<VariantRow[]> {
  const rows = await db
    .selectFrom('campaign_variants')
    .select(['language', 'subject', 'preheader', 'body_markdown', 'extras', 'compiled'])
    .where('campaign_id', '=', campaignId)
    .where('version', '=', version)
    .orderBy('language')
    .execute()
  return rows.map((row) => ({
    ...row,
    extras: row.extras as unknown as CampaignExtras,
    compiled: row.compiled as unknown as Compiled | null,
  }))
}

/** One version, as far as it matters who wrote it. */
export interface VersionWriter {
  version: number
  /** Such as "staff 3"; null when nobody knows. */
  written_by: string | null
  /** The name of staff, or what a program is called; null when nobody knows. */
  writer: string | null
  written_at: Date
}

/** Who wrote each version after this one, the newest last. */
export async function listVersionsAfter(db: DbOrTx, campaignId: number, version: number): Promise<VersionWriter[]> {
  const { rows } = await sql<VersionWriter>`
    select distinct on (v.version) v.version, v.written_by, coalesce(s.name, v.written_by) as writer,
      v.created_at as written_at
    from campaign_variants v left join staff s on 'staff ' || s.id = v.written_by
    where v.campaign_id = ${campaignId} and v.version > ${version} order by v.version`.execute(db)
  return rows
}

/** Keeps what was compiled. Of two processes that compile at once the first is kept; both made the same. */
export async function recordCompiled(
  db: DbOrTx,
  input: { campaign_id: number; version: number; language: string; compiled: Compiled },
): Promise<void> {
  await db
    .updateTable('campaign_variants')
    .set({ compiled: JSON.stringify(input.compiled) })
    .where('campaign_id', '=', input.campaign_id)
    .where('version', '=', input.version)
    .where('language', '=', input.language)
    .where('compiled', 'is', null)
    .execute()
}

/**
 * What the values of these people are made from, in one query for all. A partner is shown once introduced; the
 * introduction itself shows those whom it introduces, or would if it were scheduled now.
 */
export async function listMergeRows(db: DbOrTx, campaignId: number, personIds: readonly number[]): Promise<MergeRow[]> {
  const { rows } = await sql<MergeRow>`
    select p.id as person_id, p.given_name, p.family_name, p.country_code, p.language,
      case when (
        select given from consents where person_id = p.id and purpose = 'tracking' order by id desc limit 1
      ) then array(select address from addresses where person_id = p.id) end as opening_addresses,
      coalesce(partners.list, '[]'::jsonb) as partners, coalesce(partners.reasons, '{}') as reasons,
      r.code as round_code, r.name as round_name, r.starts_on as round_starts_on, r.ends_on as round_ends_on,
      r.confirm_by as round_confirm_by, r.applications_close_on as round_applications_close_on
    from campaigns c
    join rounds r on r.id = c.round_id
    join people p on p.id = any(${personIds}::bigint[])
    left join lateral (
      select jsonb_agg(jsonb_build_object('given_name', o.given_name, 'family_name', o.family_name,
        'country_code', o.country_code, 'address', a.address) order by o.id) as list,
        array_agg(distinct s.reasons) filter (where s.reasons <> '') as reasons
      from partnership_members me
      join partnerships s on s.id = me.partnership_id
      join partnership_members other on other.partnership_id = s.id and other.person_id <> me.person_id
      join people o on o.id = other.person_id
      left join addresses a on a.person_id = o.id and a.is_primary
      where me.person_id = p.id and s.round_id = c.round_id and s.ended_at is null
        and case
          when c.kind <> 'introduction' then s.introduced_at is not null
          -- one that is under way or was sent shows whom it is about
          else coalesce((
            select d.partnership_id = coalesce(s.introduced_with, s.id) from deliveries d
            where d.campaign_id = c.id and d.person_id = p.id and not d.is_test), s.introduced_at is null)
        end
    ) partners on true
    where c.id = ${campaignId}`.execute(db)
  return rows
}

/** The same for people of whom we know a name at most: no partner, no reasons. */
export async function listContactRows(
  db: DbOrTx,
  campaignId: number,
  contactIds: readonly number[],
): Promise<(MergeRow & { contact_id: number })[]> {
  const { rows } = await sql<MergeRow & { contact_id: number }>`
    select t.id as contact_id, null::bigint as person_id, t.given_name, t.family_name, coalesce(t.country_code, '') as country_code,
      t.language, '[]'::jsonb as partners, '{}'::text[] as reasons, r.code as round_code, r.name as round_name,
      r.starts_on as round_starts_on, r.ends_on as round_ends_on, r.confirm_by as round_confirm_by,
      r.applications_close_on as round_applications_close_on
    from campaigns c join rounds r on r.id = c.round_id join contacts t on t.id = any(${contactIds}::bigint[])
    where c.id = ${campaignId}`.execute(db)
  return rows
}

/** The same for one person. */
export async function findMergeRow(db: DbOrTx, campaignId: number, personId: number): Promise<MergeRow | undefined> {
  return (await listMergeRows(db, campaignId, [personId]))[0]
}

/** A made-up reader with a partner, in the campaign's own round. */
export async function getSampleRow(db: DbOrTx, campaignId: number): Promise<MergeRow> {
  const round = await db
    .selectFrom('campaigns')
    .innerJoin('rounds', 'rounds.id', 'campaigns.round_id')
    .select([
      'campaigns.language',
      'rounds.code as round_code',
      'rounds.name as round_name',
      'rounds.starts_on as round_starts_on',
      'rounds.ends_on as round_ends_on',
      'rounds.confirm_by as round_confirm_by',
      'rounds.applications_close_on as round_applications_close_on',
    ])
    .where('campaigns.id', '=', campaignId)
    .executeTakeFirstOrThrow()
  return { ...SAMPLE_ROW, ...round }
}
