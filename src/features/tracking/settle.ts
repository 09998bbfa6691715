import type { Db, DbOrTx } from '../../platform/db/open.ts'
import {
  type CampaignHit,
  countLinks,
  findLastChange,
  listCampaignsWithHits,
  listHitsIn,
  listHitsOfCampaign,
  listHitsOfDeliveries,
  lockCounting,
  type Stretch,
  takeChanges,
  writeCounts,
} from './count-queries.ts'
import {
  CROWD_EMAILS,
  CROWD_REACH_MS,
  canCrowd,
  countHits,
  findCrowded,
  findMachine,
  type HitCount,
  sourceOf,
} from './rules.ts'

interface SettleDeps {
  db: Db
}

const TOGETHER = 1000

/**
 * Counts the hits of every delivery that has new ones, and of those whose hits the new ones show to be a machine's.
 * What was recorded before the call is counted when it returns, also when another is counting at the same moment. Each
 * group is one transaction: after a crash its changes are there again.
 * @returns how many deliveries had new hits
 */
export async function settleHits({ db }: SettleDeps): Promise<number> {
  // As far as now: under steady traffic a reader of figures would otherwise never get them.
  const until = await findLastChange(db)
  let settled = 0
  while (until !== undefined) {
    const count = await db.transaction().execute(async (tx) => {
      await lockCounting(tx)
      const changed = await takeChanges(tx, { until, limit: TOGETHER })
      if (changed) await recount(tx, changed)
      return changed?.length
    })
    if (count === undefined) break
    settled += count
  }
  return settled
}

/**
 * Counts everything anew from the hits as they came, one campaign at a time (all hits of a campaign are in memory). A
 * delivery of which no hit is kept any more keeps what was counted. @returns how many deliveries were counted
 */
export async function rebuildHits({ db }: SettleDeps): Promise<number> {
  let counted = 0
  for (const id of await listCampaignsWithHits(db)) {
    counted += await db.transaction().execute(async (tx) => {
      await lockCounting(tx)
      const hits = await listHitsOfCampaign(tx, id)
      const links = (await countLinks(tx, [id])).get(id) ?? 0
      await writeCounts(tx, countDeliveries(hits, links, findCrowded(hits)))
      return new Set(hits.map(({ delivery_id }) => delivery_id)).size
    })
  }
  return counted
}

async function recount(tx: DbOrTx, changed: readonly number[]): Promise<void> {
  const own = await listHitsOfDeliveries(tx, changed)
  const around = await listAround(tx, own)
  const others = listOthers(own, around)
  const theirs = others.length === 0 ? [] : await listHitsOfDeliveries(tx, others)
  const aroundTheirs = await listAround(tx, theirs)

  const links = await countLinks(tx, [...new Set(own.map(({ campaign_id }) => campaign_id))])
  const known = new Map([...aroundTheirs, ...around, ...theirs, ...own].map((hit) => [hit.id, hit]))
  const counts: HitCount[] = []
  const recounted = Map.groupBy([...own, ...theirs], ({ campaign_id }) => campaign_id)
  const knownBy = Map.groupBy(known.values(), ({ campaign_id }) => campaign_id)
  for (const [campaign, hits] of recounted) {
    counts.push(...countDeliveries(hits, links.get(campaign) ?? 0, findCrowded(knownBy.get(campaign) ?? [])))
  }
  await writeCounts(tx, counts)
}

function countDeliveries(hits: readonly CampaignHit[], links: number, crowded: ReadonlySet<number>): HitCount[] {
  return [...Map.groupBy(hits, ({ delivery_id }) => delivery_id).values()].flatMap((of) =>
    countHits(of, findMachine(of, links, crowded)),
  )
}

/** Hits that may make a crowd together with one of these, these among them. */
async function listAround(tx: DbOrTx, hits: readonly CampaignHit[]): Promise<CampaignHit[]> {
  const may = hits.filter(canCrowd)
  if (may.length === 0) return []
  const campaign_ids = [...new Set(may.map(({ campaign_id }) => campaign_id))]
  const stretches = [...Map.groupBy(may, sourceOf).values()].flatMap(stretchesOf)
  return listHitsIn(tx, { campaign_ids, stretches })
}

/** The times around hits of one source; those that touch are one. */
function stretchesOf(hits: readonly CampaignHit[]): Stretch[] {
  const { network, agent } = hits[0] as CampaignHit
  const found: { from: number; until: number }[] = []
  for (const time of hits.map(({ at }) => at.getTime()).toSorted((a, b) => a - b)) {
    const last = found.at(-1)
    if (last && time - CROWD_REACH_MS <= last.until) last.until = time + CROWD_REACH_MS
    else found.push({ from: time - CROWD_REACH_MS, until: time + CROWD_REACH_MS })
  }
  return found.map(({ from, until }) => ({ network, agent, from: new Date(from), until: new Date(until) }))
}

/** Other deliveries with hits near enough in time to be of one crowd with these, where there are emails enough for one. */
function listOthers(own: readonly CampaignHit[], around: readonly CampaignHit[]): number[] {
  const mine = new Set(own.map(({ delivery_id }) => delivery_id))
  const others = new Set<number>()
  const groupOf = (hit: CampaignHit) => `${hit.campaign_id} ${sourceOf(hit)}`
  const ownBy = Map.groupBy(own, groupOf)
  for (const [group, hits] of Map.groupBy(around, groupOf)) {
    const near = nearTo(ownBy.get(group) ?? [], hits)
    if (new Set(near.map(({ delivery_id }) => delivery_id)).size < CROWD_EMAILS) continue
    for (const { delivery_id } of near) if (!mine.has(delivery_id)) others.add(delivery_id)
  }
  return [...others]
}

/** Those of `hits` that are within reach of one of `own`. */
function nearTo(own: readonly CampaignHit[], hits: readonly CampaignHit[]): CampaignHit[] {
  const times = own.map(({ at }) => at.getTime()).toSorted((a, b) => a - b)
  let next = 0
  return hits
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .filter(({ at }) => {
      while (next < times.length && (times[next] as number) < at.getTime() - CROWD_REACH_MS) next++
      return next < times.length && (times[next] as number) <= at.getTime() + CROWD_REACH_MS
    })
}
