import type { Clock } from '../../../lib/clock.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { settleHits } from '../../tracking/index.ts'
import { type CampaignFigures, countCampaigns } from './figures-queries.ts'
import { keepFigures, listKept, listToKeep, lockKept, takeChanges } from './kept-queries.ts'

export interface EngagementDeps {
  db: Db
  clock: Clock
}

/** So many campaigns are counted in one statement. */
const BATCH = 50

/**
 * The figures of campaigns by id, as things stand. Those of campaigns that have ended are kept, and counted anew when
 * something has come back since; all others are counted now.
 */
export async function readFigures(
  { db, clock }: EngagementDeps,
  campaignIds: readonly number[],
): Promise<Map<number, CampaignFigures>> {
  const all = await listKept(db, campaignIds)
  const figures = new Map<number, CampaignFigures>()
  const stale: number[] = []
  const live: number[] = []
  for (const { campaign_id, figures: kept, is_changed, is_final } of all) {
    if (kept && is_final && !is_changed) figures.set(campaign_id, kept)
    else if (is_final || is_changed || kept) stale.push(campaign_id)
    else live.push(campaign_id)
  }
  for (const ids of batchesOf(stale)) {
    for (const each of await makeFigures(db, ids, clock.now())) figures.set(each.campaign_id, each.figures)
  }
  for (const ids of batchesOf(live)) {
    for (const each of await countCampaigns(db, { campaign_ids: ids, before: null }))
      figures.set(each.campaign_id, each.figures)
  }
  return figures
}

/** The figures of one campaign, as its own report shows them. @throws NotFound */
export async function readCampaignFigures(deps: EngagementDeps, { id }: { id: number }): Promise<CampaignFigures> {
  // Hits that wait are counted first, so that figures are exact at once.
  await settleHits(deps)
  const figures = (await readFigures(deps, [id])).get(id)
  if (!figures) throw new NotFound(`Campaign ${id}`)
  return figures
}

/** Makes kept figures anew wherever something has changed: the work of a job. Returns of how many campaigns. */
export async function refreshCampaignFigures({ db, clock }: EngagementDeps): Promise<number> {
  const ids = await listToKeep(db, MOST_REFRESHED)
  for (const some of batchesOf(ids)) await makeFigures(db, some, clock.now())
  return ids.length
}

const MOST_REFRESHED = 1000

function makeFigures(db: Db, ids: readonly number[], now: Date) {
  return db.transaction().execute(async (tx) => {
    await lockKept(tx)
    await takeChanges(tx, ids)
    const counted = await countCampaigns(tx, { campaign_ids: ids, before: null })
    await keepFigures(tx, counted, now)
    return counted
  })
}

function batchesOf(ids: readonly number[]): number[][] {
  const batches: number[][] = []
  for (let at = 0; at < ids.length; at += BATCH) batches.push(ids.slice(at, at + BATCH))
  return batches
}
