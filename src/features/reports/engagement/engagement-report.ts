import { getRoundRow } from '../../rounds/index.ts'
import { settleHits } from '../../tracking/index.ts'
import { type AsOf, parseAsOf } from '../as-of.ts'
import { definitionsOf } from '../definitions.ts'
import type { Report } from '../report.ts'
import { listBegunCampaigns, listCampaignLinks, listRoundsWithTopics } from './campaign-queries.ts'
import { type EngagementDeps, readFigures } from './figures.ts'
import { type CampaignFigures, countCampaigns } from './figures-queries.ts'
import { linksSection, otherSection, type Told, topicsSection, trendSection, useSection } from './sections.ts'
import { sentencesOf } from './sentences.ts'
import { countTopicUse } from './use-queries.ts'

/**
 * What became of the emails of a round: each topic, each other campaign, links, use by partnerships, and the rounds
 * until this one. @throws NotFound, InvalidInput for `as_of`
 */
export async function reportOnEngagement(
  deps: EngagementDeps,
  { code, as_of }: { code: string; as_of?: string | undefined },
): Promise<Report> {
  const { db } = deps
  const asOf = parseAsOf(deps.clock, as_of)
  const { before } = asOf
  const round = await getRoundRow(deps, { code })
  await settleHits(deps)
  const at = { round_id: round.id, before }
  const [campaigns, rounds] = await Promise.all([listBegunCampaigns(db, at), listRoundsWithTopics(db, at)])
  const topicIds = campaigns.filter(({ kind }) => kind === 'topic').map(({ id }) => id)
  const ids = [...new Set([...campaigns.map(({ id }) => id), ...rounds.flatMap(({ campaign_ids }) => campaign_ids)])]
  const [figures, links, use] = await Promise.all([
    figuresAt(deps, ids, asOf),
    listCampaignLinks(db, topicIds),
    countTopicUse(db, { ...at, campaign_ids: topicIds }),
  ])
  const told = campaigns.flatMap((campaign): Told[] => {
    const own = figures.get(campaign.id)
    return own ? [{ ...campaign, name: campaign.subject.trim() || '(no subject)', figures: own }] : []
  })
  const topics = told.filter(({ kind }) => kind === 'topic')
  // Automatic email that nothing has happened for yet would only be noughts.
  const others = told.filter(
    ({ kind, figures: own }) => kind !== 'topic' && (own.recipients !== 0 || own.skipped !== 0),
  )
  const trend = trendSection(rounds, figures)
  const usage = useSection(topics, use)
  const sections = [
    ...[topicsSection(topics, code), linksSection(topics, links), usage, trend, otherSection(others, code)],
  ]
  return {
    ...{ kind: 'engagement', title: `Engagement in ${round.name}`, round: code, pathway: null },
    ...{ as_of: asOf.day, data_at: asOf.data_at.toISOString() },
    sentences: sentencesOf(topics, { round: code, trend, use: usage }),
    sections,
    definitions: definitionsOf(sections),
  }
}

/** Figures of a past day are made from the rows each time, and kept nowhere. */
async function figuresAt(
  deps: EngagementDeps,
  ids: readonly number[],
  { before }: AsOf,
): Promise<Map<number, CampaignFigures>> {
  if (before === null) return readFigures(deps, ids)
  const counted = await countCampaigns(deps.db, { campaign_ids: ids, before })
  return new Map(counted.map(({ campaign_id, figures }) => [campaign_id, figures]))
}
