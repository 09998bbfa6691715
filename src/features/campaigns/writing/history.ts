import type { Clock } from '../../../lib/clock.ts'
import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { VariantText } from '../content/index.ts'
import { compileSaved } from './compiled.ts'
import { listVersionRows, type VersionChange, type VersionRow } from './history-queries.ts'
import type { TextField } from './merge-texts.ts'
import { insertVariants, listVariants, listVersionsAfter, recordVersion, type VersionWriter } from './queries.ts'
import { getCampaignRow, lockEditable } from './service.ts'

/** What one person wrote in one sitting. */
export interface HistoryEntry extends Omit<VersionWriter, 'version'> {
  /** Its last version, and the one before its first; null when it began the campaign. */
  version: number
  before: number | null
  versions: number
  /** What changed, by language, each field once. */
  changed: { language: string; fields: TextField[] }[]
  added: string[]
  removed: string[]
}

/** Saves of one person that are no further apart than this are one entry. */
const SITTING_MS = 10 * 60_000
const VERSIONS_A_PAGE = 200

/**
 * How the texts came to be what they are, the newest first. Every save stays as it was written: an autosave is a few
 * kilobytes, and whatever was tested, read by a second person or sent must be found again. So nothing is folded in the
 * table; saves of one sitting are only shown as one.
 * @param input.up_to `next` of the page before @throws NotFound
 */
export async function listHistory(
  { db }: { db: Db },
  input: { id: number; up_to?: number | undefined },
): Promise<{ entries: HistoryEntry[]; next: number | null }> {
  const { version } = await getCampaignRow(db, input.id)
  const up_to = Math.min(input.up_to ?? version, version)
  // One more than is shown tells what the oldest of the page took away.
  const rows = await listVersionRows(db, { campaign_id: input.id, up_to, limit: VERSIONS_A_PAGE + 1 })
  const shown = rows.slice(0, VERSIONS_A_PAGE)
  const oldest = shown.at(-1)
  return {
    entries: groupSittings(shown, rows),
    next: rows.length > VERSIONS_A_PAGE && oldest ? oldest.version - 1 : null,
  }
}

function groupSittings(shown: VersionRow[], rows: VersionRow[]): HistoryEntry[] {
  const entries: HistoryEntry[] = []
  let last: VersionRow | undefined
  for (const [at, row] of shown.entries()) {
    const entry = entries.at(-1)
    const apart = last ? last.written_at.getTime() - row.written_at.getTime() : 0
    const isSame = entry && row.written_by !== null && entry.written_by === row.written_by && apart <= SITTING_MS
    if (isSame) addToSitting(entry, row, rows[at + 1])
    else entries.push(addToSitting(beginSitting(row), row, rows[at + 1]))
    last = row
  }
  return entries
}

function beginSitting({ version, written_by, writer, written_at }: VersionRow): HistoryEntry {
  const nothing = { changed: [], added: [], removed: [] }
  return { version, before: null, versions: 0, written_by, writer, written_at, ...nothing }
}

function addToSitting(entry: HistoryEntry, row: VersionRow, older: VersionRow | undefined): HistoryEntry {
  entry.versions++
  entry.before = row.version > 1 ? row.version - 1 : null
  for (const change of row.changes) {
    if (change.is_new && row.version > 1) entry.added.push(change.language)
    const known = entry.changed.find(({ language }) => language === change.language)
    const fields = [...new Set([...(known?.fields ?? []), ...fieldsOf(change)])]
    if (known) known.fields = fields
    else entry.changed.push({ language: change.language, fields })
  }
  entry.removed.push(...(older?.languages ?? []).filter((language) => !row.languages.includes(language)))
  return entry
}

function fieldsOf({ language: _, is_new: __, ...changed }: VersionChange): TextField[] {
  return (Object.keys(changed) as TextField[]).filter((field) => changed[field] === true)
}

/** Undefined when there is no such version. */
export async function findVersionWriter(db: Db, id: number, version: number): Promise<VersionWriter | undefined> {
  return (await listVersionsAfter(db, id, version - 1))[0]
}

/** One version and the one that it is compared with. */
export interface VersionPair {
  version: VersionWriter
  texts: Map<string, VariantText>
  /** Null: there is nothing before it. */
  before: number | null
  textsBefore: Map<string, VariantText>
}

/** @param input.against another version than the one before @throws NotFound */
export async function getVersionPair(
  { db }: { db: Db },
  input: { id: number; version: number; against?: number | undefined },
): Promise<VersionPair> {
  const { id, version } = input
  const before = input.against ?? version - 1
  const texts = await listVariants(db, id, version)
  const textsBefore = before >= 1 ? await listVariants(db, id, before) : []
  const written = await findVersionWriter(db, id, version)
  if (texts.length === 0 || !written || (before >= 1 && textsBefore.length === 0))
    throw new NotFound(`Version ${texts.length === 0 ? version : before} of campaign ${id}`)
  const byLanguage = (rows: typeof texts) =>
    new Map(rows.map(({ language, compiled: _, ...text }) => [language, text] as const))
  return {
    version: written,
    texts: byLanguage(texts),
    before: before >= 1 ? before : null,
    textsBefore: byLanguage(textsBefore),
  }
}

/**
 * Makes the texts what they were at an earlier version, in every language, as a new version: what stands now stays in
 * the history. @param input.seen the version that was current when somebody chose this
 * @throws NotFound, Conflict `campaign_not_editable`, `campaign_changed`, `own_language_missing`
 */
export async function restoreVersion(
  { db, clock }: { db: Db; clock: Clock },
  input: { id: number; version: number; seen: number; written_by: string | null },
): Promise<{ version: number }> {
  const { id, written_by } = input
  const now = clock.now()
  const version = await db.transaction().execute(async (tx) => {
    const campaign = await lockEditable(tx, id)
    if (campaign.version !== input.seen)
      throw new Conflict('campaign_changed', 'Somebody changed the text since you looked. Nothing was restored.')
    const variants = await listVariants(tx, id, input.version)
    if (variants.length === 0) throw new NotFound(`Version ${input.version} of campaign ${id}`)
    if (!variants.some(({ language }) => language === campaign.language))
      throw new Conflict(
        'own_language_missing',
        `That version has no text in ${campaign.language}, the campaign's own language now.`,
      )
    if (input.version === campaign.version) return campaign.version
    await insertVariants(tx, { campaign_id: id, version: campaign.version + 1, written_by, now, variants })
    await recordVersion(tx, id, { version: campaign.version + 1, now })
    return campaign.version + 1
  })
  await compileSaved(db, id, version)
  return { version }
}
