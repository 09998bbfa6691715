import { sql } from 'kysely'
import type { FieldFault } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { countAudience, listRecipientIds, selectAudience } from './audience-queries.ts'
import { getComposeSettings } from './compose-queries.ts'
import { parseFrom } from './compose.ts'
import { type CampaignCheck, checkCampaign, type Compiled, compileVariant, type EmptyField, type Finding, findEmptyFields, type MergeRow } from './content/index.ts'
import { listMergeRows, listVariantTexts } from './queries.ts'
import type { LockedCampaign } from './schedule-queries.ts'
import type { Lane } from './schema.ts'

interface FactsDeps {
  /** One moment for the whole check: a campaign for "now" is not past by the time it is looked at. */
  now: Date
  config: { mailFrom: string }
}

/** Every finding of the checks, with the audience as it is now. */
export async function checkWholeCampaign(deps: FactsDeps, db: DbOrTx, campaign: LockedCampaign, sendAt: Date | null): Promise<Finding[]> {
  return checkCampaign(await gatherFacts(deps, db, campaign, sendAt))
}

/** The problems among them, as faults of a request: what keeps a campaign from being scheduled. */
export async function findCampaignFaults(deps: FactsDeps, db: DbOrTx, campaign: LockedCampaign, sendAt: Date): Promise<FieldFault[]> {
  const findings = await checkWholeCampaign(deps, db, campaign, sendAt)
  return findings
    .filter((finding) => finding.level === 'problem')
    .map(({ code, message, variant, line }) => ({
      field: variant ? `variants.${variant}` : code,
      message: line === undefined ? message : `Line ${line}: ${message}`,
    }))
}

async function gatherFacts(deps: FactsDeps, db: DbOrTx, campaign: LockedCampaign, sendAt: Date | null): Promise<CampaignCheck> {
  const settings = await getComposeSettings(db, campaign.id)
  const texts = await listVariantTexts(db, campaign.id, campaign.version)
  const compiled = new Map<string, Compiled>()
  for (const { language, text } of texts) {
    // What does not compile is named by the checks themselves.
    const made = await compileVariant({ language, lane: campaign.lane, text }).catch(() => undefined)
    if (made) compiled.set(language, made)
  }
  const { recipients } = await countAudience(db, campaign)
  const { name } = parseFrom(deps.config.mailFrom, settings.from_name)
  const before = await findEarlierCampaigns(db, campaign)
  const { tested_version } = await db.selectFrom('campaigns').select('tested_version').where('id', '=', campaign.id).executeTakeFirstOrThrow()
  return {
    variants: texts.map(({ language, text }) => ({ language, lane: campaign.lane, text, compiled: compiled.get(language) })),
    default_language: campaign.language,
    fallbacks: settings.fallbacks,
    from_name: name,
    audience: {
      count: recipients,
      last_count: before.last_count,
      empty_fields: await listEmptyFields(db, campaign, compiled, { default_language: campaign.language, fallbacks: settings.fallbacks, sender_name: name }),
    },
    send_at: sendAt,
    now: deps.now,
    version: campaign.version,
    tested_version,
    last_subjects: before.subjects,
    recent_overlap: campaign.lane === 'automatic' ? null : await findOverlap(db, campaign, sendAt ?? deps.now),
    automatic: campaign.lane === 'automatic',
  }
}

/** Lacks everything that somebody can lack: a field that this one has is empty for nobody. */
const EMPTIEST: MergeRow = {
  person_id: null,
  given_name: 'Nobody',
  family_name: '',
  country_code: 'FR',
  language: 'en',
  partners: [],
  round_code: '-',
  round_name: '-',
  round_starts_on: null,
  round_ends_on: null,
  round_confirm_by: null,
  round_applications_close_on: null,
}
const ROWS_AT_A_TIME = 2000

async function listEmptyFields(
  db: DbOrTx,
  campaign: LockedCampaign,
  compiled: Map<string, Compiled>,
  settings: Parameters<typeof findEmptyFields>[2],
): Promise<EmptyField[]> {
  if (compiled.size === 0) return []
  const languages = [...compiled.keys()]
  const possible = languages.some((language) => findEmptyFields([{ ...EMPTIEST, language }], compiled, settings).length > 0)
  if (!possible) return []
  const ids = await listRecipientIds(db, campaign)
  const rows: MergeRow[] = []
  for (let at = 0; at < ids.length; at += ROWS_AT_A_TIME) {
    rows.push(...(await listMergeRows(db, campaign.id, ids.slice(at, at + ROWS_AT_A_TIME))))
  }
  return findEmptyFields(rows, compiled, settings)
}

/** Campaigns of this kind in this round before this one. */
async function findEarlierCampaigns(db: DbOrTx, campaign: LockedCampaign): Promise<{ last_count: number | null; subjects: string[] }> {
  const { rows } = await sql<{ subject: string; recipients: number }>`
    select v.subject, (select count(*) from deliveries d where d.campaign_id = c.id and not d.is_test and d.state <> 'skipped') as recipients
    from campaigns c join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
    where c.round_id = ${campaign.round_id} and c.id <> ${campaign.id} and c.lane = ${campaign.lane}
      and c.frozen_at is not null and c.state <> 'cancelled'
    order by c.frozen_at desc limit 50`.execute(db)
  return { last_count: rows[0]?.recipients ?? null, subjects: rows.map((row) => row.subject) }
}

/** The campaign that most of the same people get within 24 hours of this one. */
async function findOverlap(db: DbOrTx, campaign: LockedCampaign & { lane: Lane }, at: Date): Promise<{ count: number; campaign_id: number } | null> {
  const { rows } = await sql<{ count: number; campaign_id: number }>`
    select d.campaign_id, count(*) as count from deliveries d
    join campaigns c on c.id = d.campaign_id and c.lane = 'campaign' and c.state <> 'cancelled'
    where d.campaign_id <> ${campaign.id} and not d.is_test and d.state <> 'skipped'
      and d.due_at between ${at}::timestamptz - interval '24 hours' and ${at}::timestamptz + interval '24 hours'
      and d.person_id in (select person_id from (${selectAudience(campaign)}) picked where skipped_reason is null)
    group by d.campaign_id order by count(*) desc limit 1`.execute(db)
  return rows[0] ?? null
}
