import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { settleHits } from '../../tracking/index.ts'
import { parseAsOf } from '../as-of.ts'
import type { FigureWanted } from '../figure.ts'
import { listBegunCampaigns } from './campaign-queries.ts'
import type { EngagementDeps } from './figures.ts'
import { COUNTED, type Counted, countCampaigns } from './figures-queries.ts'
import { type Behind, listBehindColumn, listBehindLink, type PersonBehind } from './people-queries.ts'

export interface PeopleBehind {
  items: { person_id: number; given_name: string; family_name: string; country_code: string }[]
  /** Passed as `after` for the following ones; null on the last page. */
  next: number | null
  /**
   * How many more people are behind the figure, over all pages: those who did not agree that it is told of them what
   * they click and open, and those who are known by an address only.
   */
  unnamed: number
}

/** What somebody does with an email is told with their name only when they agreed. */
const TRACKED: readonly Counted[] = ['clicked', 'clicks', 'machine_clicks', 'opened', 'machine_opened']

/**
 * A page of the people behind a figure of the engagement report, by id. @throws NotFound, InvalidInput for what the
 * report does not have, Conflict `figure_unknown` where the figure itself is not known
 */
export async function listEngagementPeople(deps: EngagementDeps, wanted: FigureWanted): Promise<PeopleBehind> {
  const { section, row, column } = wanted
  const { before } = parseAsOf(deps.clock, wanted.as_of)
  const round = await getRoundRow(deps, wanted)
  await settleHits(deps)
  const isLink = section === 'links'
  if (!isLink && section !== 'topics' && section !== 'other')
    throw fault(
      'section',
      `The engagement report has no list of people in "${section}". Ask for topics, links or other.`,
    )
  const parts = (isLink ? /^(\d+)-(\w+)$/ : /^(\d+)$/).exec(row)
  const campaigns = await listBegunCampaigns(deps.db, { round_id: round.id, before })
  const campaign = campaigns.find(({ id }) => id === Number(parts?.[1]))
  if (!campaign || (campaign.kind === 'topic') !== (section !== 'other'))
    throw fault('row', `The section has no row "${row}".`)
  const counted = columnOf(column, isLink)
  const facts = { campaign_ids: [campaign.id], before }
  await assertKnown(deps, facts, counted)
  const page = pageOf(wanted)
  const needs_consent = TRACKED.includes(counted)
  const behind =
    isLink && needs_consent
      ? await listBehindLink(deps.db, { ...facts, ...page, needs_consent, link_key: parts?.[2] as string })
      : await listBehindColumn(deps.db, { ...facts, ...page, needs_consent, column: counted })
  return presentBehind(behind, page.limit)
}

const OF_LINKS = new Map<string, Counted>([
  ['accepted', 'accepted'],
  ['people', 'clicked'],
  ['clicks', 'clicks'],
])

function columnOf(column: string, isLink: boolean): Counted {
  const counted = isLink ? OF_LINKS.get(column) : COUNTED.find((one) => one === column && one !== 'skipped')
  if (!counted) throw fault('column', `The section has no column "${column}".`)
  return counted
}

async function assertKnown(
  { db }: { db: EngagementDeps['db']; clock: Clock },
  facts: { campaign_ids: number[]; before: Date | null },
  column: Counted,
): Promise<void> {
  const [campaign] = await countCampaigns(db, facts)
  if (campaign?.figures[column] !== 'unknown') return
  throw new Conflict('figure_unknown', 'This figure is not known, so nobody can be named. Its definition tells why.')
}

const MOST = 500
const USUAL = 100

/** One more is asked for than is shown: it tells whether there is a next page. */
export function pageOf({ after = 0, limit = USUAL }: Pick<FigureWanted, 'after' | 'limit'>) {
  return { after, limit: Math.min(Math.max(1, limit), MOST) + 1 }
}

export function presentBehind({ items: found, unnamed }: Behind, asked: number): PeopleBehind {
  const items = found.slice(0, asked - 1)
  const next = found.length === asked ? (items.at(-1)?.person_id ?? null) : null
  return { items: items.map(presentPerson), next, unnamed }
}

function presentPerson({ erased_at, person_id, given_name, family_name, country_code }: PersonBehind) {
  const name = erased_at ? { given_name: 'Erased person', family_name: '' } : { given_name, family_name }
  return { person_id, ...name, country_code }
}

const fault = (field: string, message: string) => new InvalidInput([{ field, message }])
