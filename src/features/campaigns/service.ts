import type { Clock } from '../../lib/clock.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { type Compiled, compileVariant, type VariantText } from './content/index.ts'
import {
  type CampaignRow,
  findCampaign,
  findCampaignForUpdate,
  findRoundId,
  insertCampaign,
  insertVariants,
  listCampaignRows,
  listVariants,
  recordCompiled,
  updateCampaignRow,
  type VariantRow,
} from './queries.ts'
import { type CampaignChange, type CampaignInput, LANES, type Lane } from './schema.ts'
import { applyChange, sameText } from './variants.ts'

/** A campaign as the API shows it: the text in its own language beside the others, as it came in. */
export type Campaign = CampaignRow & VariantText & { variants: Record<string, VariantText> }

/** @throws NotFound for the round, InvalidInput naming every fault */
export async function createCampaign({ db }: { db: Db }, input: CampaignInput): Promise<Campaign> {
  const { round, kind, ...content } = input
  // An empty text is a text: a draft may begin with nothing.
  const change = { ...content, subject: content.subject ?? '' }
  const { language, variants } = applyChange({ language: 'en', variants: new Map() }, change)
  const round_id = await findRoundId(db, round)
  if (round_id === undefined) throw new NotFound(`Round ${round}`)
  const { from_name = null, audience = {}, fallbacks = {} } = input
  const id = await db.transaction().execute(async (tx) => {
    const row = { round_id, kind, lane: LANES[kind], language, from_name, audience, fallbacks }
    const campaign_id = await insertCampaign(tx, row)
    const written = [...variants].map(([tag, text]) => ({ ...text, language: tag, compiled: null }))
    await insertVariants(tx, { campaign_id, version: 1, variants: written })
    return campaign_id
  })
  return getCampaign({ db }, { id })
}

/**
 * Changes a campaign whose recipients are not frozen yet. A change of any text makes a new version with all
 * languages; what else a reader sees (sender, fallbacks) keeps the version but asks for a new test email.
 * @throws NotFound, Conflict `campaign_not_editable`, InvalidInput
 */
export async function updateCampaign(
  { db, clock }: { db: Db; clock: Clock },
  input: { id: number; change: CampaignChange },
): Promise<Campaign> {
  const { id, change } = input
  await db.transaction().execute(async (tx) => {
    const before = await findCampaignForUpdate(tx, id)
    if (!before) throw new NotFound(`Campaign ${id}`)
    refuseFrozen(before)
    const rows = await listVariants(tx, id, before.version)
    const old = new Map(rows.map((row) => [row.language, row]))
    const texts = new Map(rows.map(({ language, compiled: _, ...text }) => [language, text]))
    const after = applyChange({ language: before.language, variants: texts }, change)
    const languages = new Set([...texts.keys(), ...after.variants.keys()])
    const changed = [...languages].some((tag) => !sameText(texts.get(tag), after.variants.get(tag)))
    const version = changed ? before.version + 1 : before.version
    if (changed) {
      // What did not change was compiled already.
      const variants = [...after.variants].map(([language, text]): VariantRow => {
        const compiled = sameText(text, texts.get(language)) ? (old.get(language)?.compiled ?? null) : null
        return { ...text, language, compiled }
      })
      await insertVariants(tx, { campaign_id: id, version, variants })
    }
    const { from_name = before.from_name, audience = before.audience, fallbacks = before.fallbacks } = change
    const seen = [change.from_name, change.fallbacks, change.language].some((part) => part !== undefined)
    const tested_version = seen ? null : before.tested_version
    const update = { language: after.language, from_name, audience, fallbacks, version, tested_version }
    await updateCampaignRow(tx, id, { ...update, now: clock.now() })
  })
  return getCampaign({ db }, { id })
}

function refuseFrozen(campaign: CampaignRow): void {
  if (campaign.state === 'draft' || (campaign.state === 'scheduled' && campaign.frozen_at === null)) return
  throw new Conflict(
    'campaign_not_editable',
    `The campaign is ${campaign.state}: its recipients are frozen, and its text can no longer be changed.`,
  )
}

/** @throws NotFound */
export async function getCampaign({ db }: { db: DbOrTx }, { id }: { id: number }): Promise<Campaign> {
  const campaign = await getCampaignRow(db, id)
  const variants: Record<string, VariantText> = {}
  for (const { language, compiled: _, ...text } of await listVariants(db, id, campaign.version))
    variants[language] = text
  const { [campaign.language]: own, ...others } = variants
  return { ...campaign, ...(own as VariantText), variants: others }
}

/** @throws NotFound */
export async function getCampaignRow(db: DbOrTx, id: number): Promise<CampaignRow> {
  const campaign = await findCampaign(db, id)
  if (!campaign) throw new NotFound(`Campaign ${id}`)
  return campaign
}

/** The newest first; `next` is passed as `after` for the following ones. @throws NotFound for the round */
export async function listCampaigns(
  { db }: { db: Db },
  input: { round?: string | undefined; after?: number | undefined; limit?: number | undefined },
) {
  const { round, after, limit = 50 } = input
  if (round !== undefined && (await findRoundId(db, round)) === undefined) throw new NotFound(`Round ${round}`)
  const rows = await listCampaignRows(db, { round, after, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/**
 * Every language of a version, compiled. What is missing is compiled once and kept; two processes at once do no harm.
 * @throws NotFound, InvalidInput `not_compilable` naming what stops it
 */
export async function ensureCompiled(
  deps: { db: Db },
  campaignId: number,
  version: number,
  db: DbOrTx = deps.db,
): Promise<Map<string, Compiled>> {
  const { lane } = await getCampaignRow(db, campaignId)
  const rows = await listVariants(db, campaignId, version)
  if (rows.length === 0) throw new NotFound(`Version ${version} of campaign ${campaignId}`)
  const compiled = new Map<string, Compiled>()
  for (const row of rows)
    compiled.set(row.language, await compileRow(db, { campaign_id: campaignId, version, lane, row }))
  return compiled
}

async function compileRow(
  db: DbOrTx,
  input: { campaign_id: number; version: number; lane: Lane; row: VariantRow },
): Promise<Compiled> {
  const { campaign_id, version, lane, row } = input
  if (row.compiled) return row.compiled
  const compiled = await compileVariant({ language: row.language, lane, text: row })
  await recordCompiled(db, { campaign_id, version, language: row.language, compiled })
  return compiled
}
