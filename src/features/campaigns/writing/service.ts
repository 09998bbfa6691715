import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { VariantText } from '../content/index.ts'
import { type Audience, type CampaignChange, type CampaignInput, type Channel, LANES, type Lane } from '../schema.ts'
import { CampaignChanged } from './changed.ts'
import { compileSaved } from './compiled.ts'
import { type CampaignSettings, looksSame, mergeSettings } from './merge-settings.ts'
import { mergeTexts } from './merge-texts.ts'
import {
  type CampaignRow,
  findCampaign,
  findCampaignForUpdate,
  findRoundId,
  insertCampaign,
  insertVariants,
  listCampaignRows,
  listVariants,
  listVersionsAfter,
  updateCampaignRow,
  type VariantRow,
} from './queries.ts'
import { applyChange, orderedText, sameText, type Variants } from './variants.ts'

/** A campaign as the API shows it: the text in its own language beside the others, as it came in. */
export type Campaign = CampaignRow & VariantText & { variants: Record<string, VariantText> }

/** @throws NotFound for the round, InvalidInput naming every fault */
export async function createCampaign(
  { db }: { db: Db },
  input: CampaignInput,
  written_by: string | null = null,
): Promise<Campaign> {
  const id = await db.transaction().execute((tx) => insertDraft(tx, input, written_by))
  return getCampaign({ db }, { id })
}

/** Returns its id. @throws NotFound for the round, InvalidInput naming every fault */
export async function insertDraft(tx: DbOrTx, input: CampaignInput, written_by: string | null): Promise<number> {
  const { round, kind, ...content } = input
  // An empty text is a text: a draft may begin with nothing.
  const change = { ...content, subject: content.subject ?? '' }
  const { language, variants } = applyChange({ language: 'en', variants: new Map() }, change)
  const round_id = await findRoundId(tx, round)
  if (round_id === undefined) throw new NotFound(`Round ${round}`)
  const { from_name = null, audience = {}, fallbacks = {}, web_copy = true, channel = 'email' } = input
  refuseChannel(channel, LANES[kind])
  const planned_at = readPlannedAt(input.planned_at) ?? null
  const settings = { from_name, audience, fallbacks, planned_at, web_copy, channel }
  const campaign_id = await insertCampaign(tx, { round_id, kind, lane: LANES[kind], language, ...settings })
  const written = [...variants].map(([tag, text]) => ({ ...text, language: tag, compiled: null }))
  await insertVariants(tx, { campaign_id, version: 1, written_by, variants: written })
  return campaign_id
}

/** The first version of a campaign that is made by itself, in one language. */
export async function insertFirstVersion(
  tx: DbOrTx,
  { campaign_id, language, text }: { campaign_id: number; language: string; text: VariantText },
): Promise<void> {
  const variants = [{ ...text, language, compiled: null }]
  await insertVariants(tx, { campaign_id, version: 1, written_by: null, variants })
}

export interface CampaignSave {
  id: number
  change: CampaignChange
  /** The version that the change was made from: what others wrote since is kept. Without it the last word counts. */
  based_on?: number | undefined
  /** The settings when the change began, for the same reason. */
  seen?: CampaignSettings | undefined
  /** Who writes, such as "staff 3". */
  written_by?: string | null | undefined
}

/**
 * Changes a campaign whose recipients are not frozen yet. A change of any text makes a new version with all
 * languages; what else a reader sees (sender, fallbacks) keeps the version but asks for a new test email.
 *
 * Two people who write at one time: changes of different fields or languages come together by themselves; the same
 * field changed differently saves nothing and throws CampaignChanged with both texts.
 * @throws NotFound, Conflict `campaign_not_editable`, CampaignChanged, InvalidInput
 */
export async function updateCampaign(
  { db, clock }: { db: Db; clock: Clock },
  { id, change, based_on, seen, written_by = null }: CampaignSave,
): Promise<Campaign> {
  const now = clock.now()
  const version = await db.transaction().execute(async (tx) => {
    const before = await lockEditable(tx, id)
    const rows = await listVariants(tx, id, before.version)
    const theirs = textsOf(rows)
    const past = await readPast(tx, before, based_on)
    const base = new Map(past?.texts ?? theirs)
    // A stale editor may not know the language that became the campaign's own.
    const own = base.get(before.language) ?? theirs.get(before.language)
    if (own) base.set(before.language, own)
    const { language, variants: mine } = applyChange({ language: before.language, variants: base }, change)
    const { merged, conflicts } = mergeTexts({ base, theirs, mine })
    const { from_name, fallbacks, web_copy } = change
    const wanted = { from_name, fallbacks, web_copy, planned_at: readPlannedAt(change.planned_at) }
    if (before.sends_itself && wanted.planned_at === null) throw new InvalidInput([NEEDS_TIME])
    const { settings, conflicts: contested } = mergeSettings(before, wanted, seen)
    // Whoever goes on from their own earlier save, whose answer was lost on the way, meets nobody.
    const writers = past?.writers ?? []
    const met = writers.some((one) => one.written_by === null || one.written_by !== written_by) ? conflicts : []
    if (met.length > 0 || contested.length > 0)
      throw new CampaignChanged({ version: before.version, writers, conflicts: met, settings: contested, merged })
    const { audience = before.audience, channel = before.channel } = change
    refuseChannel(channel, before.lane)
    return save(tx, before, rows, { language, variants: merged, settings, audience, channel, written_by, now })
  })
  // After the commit: whether it can be compiled is no question of whether it is kept.
  await compileSaved(db, id, version)
  return getCampaign({ db }, { id })
}
const NEEDS_TIME = {
  field: 'planned_at',
  message: 'It leaves by itself: give it a time. If it is not to leave, take it out of the confirmations of its round.',
}

/** What a person must get does not depend on another service. @throws InvalidInput */
function refuseChannel(channel: Channel, lane: Lane): void {
  if (channel === 'email' || lane === 'campaign') return
  throw new InvalidInput([{ field: 'channel', message: 'Only topics and announcements can go through Mailchimp.' }])
}

/** @throws NotFound, Conflict `campaign_not_editable` */
export async function lockEditable(tx: DbOrTx, id: number): Promise<CampaignRow> {
  const campaign = await findCampaignForUpdate(tx, id)
  if (!campaign) throw new NotFound(`Campaign ${id}`)
  if (campaign.state === 'draft' || (campaign.state === 'scheduled' && campaign.frozen_at === null)) return campaign
  // Each copy is of the version that was published when it was queued: a newer text waits for that.
  if (campaign.automatic_key !== null) return campaign
  throw new Conflict(
    'campaign_not_editable',
    `The campaign is ${campaign.state}: its recipients are frozen, and its text can no longer be changed.`,
  )
}

/** The texts that a change was made from, and who wrote since; undefined when it was made from the present ones. */
async function readPast(tx: DbOrTx, campaign: CampaignRow, based_on: number | undefined) {
  if (based_on === undefined || based_on === campaign.version) return undefined
  const rows = await listVariants(tx, campaign.id, based_on)
  if (rows.length === 0)
    throw new InvalidInput([
      { field: 'based_on', message: `There is no version ${based_on}; the last is ${campaign.version}.` },
    ])
  return { texts: textsOf(rows), writers: await listVersionsAfter(tx, campaign.id, based_on) }
}

/** Writes what was decided. Returns the version that is current then. */
async function save(
  tx: DbOrTx,
  before: CampaignRow,
  rows: VariantRow[],
  after: {
    language: string
    variants: Variants
    settings: CampaignSettings
    audience: Audience
    channel: Channel
    written_by: string | null
    now: Date
  },
): Promise<number> {
  const { language, variants, settings, audience, channel, written_by, now } = after
  const old = new Map(rows.map((row) => [row.language, row]))
  const languages = new Set([...old.keys(), ...variants.keys()])
  const changed = [...languages].some((tag) => !sameText(old.get(tag), variants.get(tag)))
  const version = changed ? before.version + 1 : before.version
  if (changed) {
    // What did not change was compiled already.
    const written = [...variants].map(([tag, text]): VariantRow => {
      const compiled = sameText(text, old.get(tag)) ? (old.get(tag)?.compiled ?? null) : null
      return { ...text, language: tag, compiled }
    })
    await insertVariants(tx, { campaign_id: before.id, version, written_by, now, variants: written })
  }
  const unseen = language !== before.language || !looksSame(before, settings)
  await updateCampaignRow(tx, before.id, { ...settings, language, audience, channel, version, unseen, now })
  return version
}

function textsOf(rows: VariantRow[]): Variants {
  return new Map(rows.map(({ language, compiled: _, ...text }) => [language, orderedText(text)]))
}

/** @throws InvalidInput */
function readPlannedAt(planned_at: string | null | undefined): Date | null | undefined {
  if (planned_at === undefined || planned_at === null) return planned_at
  const instant = new Date(planned_at)
  if (!Number.isNaN(instant.getTime())) return instant
  throw new InvalidInput([
    { field: 'planned_at', message: 'must be an instant with its zone, such as 2016-03-03T09:00:00Z' },
  ])
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
