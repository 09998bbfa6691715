import { getRoundRow } from '../../rounds/index.ts'
import { parseAsOf } from '../as-of.ts'
import { definitionsOf } from '../definitions.ts'
import { listBegunCampaigns } from '../engagement/campaign-queries.ts'
import type { EngagementDeps } from '../engagement/figures.ts'
import { countCampaigns } from '../engagement/figures-queries.ts'
import type { Count, Report } from '../report.ts'
import { ALL_DOMAINS, countDomains } from './domain-queries.ts'
import { type Failed, listReasons } from './reason-queries.ts'
import { domainsSection, reasonsSection, stopsSection, suppressedSection } from './sections.ts'
import { sentencesOf } from './sentences.ts'
import { countSuppressed, listStops } from './standing-queries.ts'

/**
 * How the mail of a round is received: by domain, why emails did not arrive, who is not mailed at present, and which
 * domains refuse us. @throws NotFound, InvalidInput for `as_of`
 */
export async function reportOnDelivery(
  deps: EngagementDeps,
  { code, as_of }: { code: string; as_of?: string | undefined },
): Promise<Report> {
  const { db, clock } = deps
  const { before, day, data_at } = parseAsOf(clock, as_of)
  const round = await getRoundRow(deps, { code })
  const at = { round_id: round.id, before }
  const campaigns = await listBegunCampaigns(db, at)
  const campaign_ids = campaigns.map(({ id }) => id)
  const facts = { campaign_ids, before }
  const now = clock.now()
  const [domainRows, reasonRows, past, suppressedRows, stopRows] = await Promise.all([
    countDomains(db, facts),
    listReasons(db, facts),
    before === null ? null : countCampaigns(db, facts),
    before === null ? countSuppressed(db, { round_id: round.id, now }) : null,
    before === null ? listStops(db, campaign_ids, now) : null,
  ])
  const recipients_known = past?.every(({ figures }) => figures.recipients !== 'unknown') ?? true
  const domains = domainsSection(
    domainRows,
    past && { recipients_known },
    campaigns.some(({ channel }) => channel === 'mailchimp'),
  )
  const all = domainRows.find(({ key }) => key === ALL_DOMAINS)
  const skipped = reasonRows.reduce((sum, { failed, emails }) => (failed === 'skipped' ? sum + emails : sum), 0)
  const recipients = recipients_known ? (all?.recipients ?? 0) : 'unknown'
  const base: Record<Failed, Count> = {
    skipped: (all?.recipients ?? 0) + skipped,
    rejected: recipients,
    bounced: all?.accepted ?? 0,
  }
  const reasons = reasonsSection(reasonRows, base, before !== null)
  const suppressed = suppressedSection(suppressedRows)
  const stops = stopsSection(stopRows)
  const sections = [domains, reasons, suppressed, stops]
  return {
    ...{ kind: 'delivery', title: `Delivery in ${round.name}`, round: code, pathway: null },
    ...{ as_of: day, data_at: data_at.toISOString() },
    sentences: sentencesOf({ round: code, domains, suppressed, stops }),
    sections,
    definitions: definitionsOf(sections),
  }
}
