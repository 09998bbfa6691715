import { NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { findAutomaticEmail } from '../automatic/catalog.ts'
import { type Compiled, compileVariant } from '../content/index.ts'
import type { Lane } from '../schema.ts'
import { findMakeup, listVariants, recordCompiled, type VariantRow } from './queries.ts'

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
  const { makeup, rows } = await readVersion(db, campaignId, version)
  const compiled = new Map<string, Compiled>()
  for (const row of rows) compiled.set(row.language, await compileAndKeep(db, { campaignId, version, makeup, row }))
  return compiled
}

/**
 * One language of a version, compiled, for a page that is only looked at: what is missing is compiled and forgotten
 * again. That is rare (a save compiles), so nothing is remembered here. Undefined when there is no such language.
 * @throws NotFound, InvalidInput `not_compilable`
 */
export async function readCompiled(
  db: DbOrTx,
  wanted: { campaign_id: number; version: number; choose(languages: string[]): string },
): Promise<Compiled | undefined> {
  const { makeup, rows } = await readVersion(db, wanted.campaign_id, wanted.version)
  const language = wanted.choose(rows.map((row) => row.language))
  const row = rows.find((one) => one.language === language)
  return row && (row.compiled ?? (await compileVariant({ language, ...makeup, text: row })))
}

/**
 * Compiles what a save left uncompiled, so that a page need not. A text that cannot be compiled was saved all the
 * same: the checks name what stops it, and whoever tests or schedules it is told.
 */
export async function compileSaved(db: Db, campaignId: number, version: number): Promise<void> {
  const { makeup, rows } = await readVersion(db, campaignId, version)
  for (const row of rows) await compileAndKeep(db, { campaignId, version, makeup, row }).catch(() => undefined)
}

type Makeup = Pick<Parameters<typeof compileVariant>[0], 'lane' | 'reader'>

/** How a campaign's messages are compiled beside their text. */
export function makeupOf({ lane, automatic_key }: { lane: Lane; automatic_key: string | null }): Makeup {
  return { lane, reader: findAutomaticEmail(automatic_key)?.reader ?? 'applicant' }
}

async function readVersion(db: DbOrTx, campaignId: number, version: number) {
  const [found, rows] = [await findMakeup(db, campaignId), await listVariants(db, campaignId, version)]
  if (found === undefined) throw new NotFound(`Campaign ${campaignId}`)
  if (rows.length === 0) throw new NotFound(`Version ${version} of campaign ${campaignId}`)
  return { makeup: makeupOf(found), rows }
}

async function compileAndKeep(
  db: DbOrTx,
  { campaignId, version, makeup, row }: { campaignId: number; version: number; makeup: Makeup; row: VariantRow },
): Promise<Compiled> {
  if (row.compiled) return row.compiled
  const compiled = await compileVariant({ language: row.language, ...makeup, text: row })
  await recordCompiled(db, { campaign_id: campaignId, version, language: row.language, compiled })
  return compiled
}
