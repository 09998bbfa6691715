import type { Row, Section } from '../report.ts'
import { sayMany } from '../say.ts'
import type { CampaignOfRound, RoundWithTopics } from './campaign-queries.ts'
import { campaignColumns, LINK_COLUMNS, TREND_COLUMNS, USE_COLUMNS } from './columns.ts'
import { type CampaignFigures, COUNTED } from './figures-queries.ts'
import type { TopicUse } from './use-queries.ts'
import { known, nameCampaign } from './words.ts'

/** A campaign with its figures. */
export interface Told extends CampaignOfRound {
  name: string
  figures: CampaignFigures
}

/** Keys of `skipped` and what no column shows are left out. */
function rowOf(told: Told): Row {
  const { id, figures } = told
  const shown = COUNTED.filter((counted) => counted !== 'skipped')
  const counts = Object.fromEntries(shown.map((counted) => [counted, figures[counted]]))
  return { key: String(id), name: nameCampaign(told), counts }
}

const THROUGH =
  'Mailchimp sent what says “through Mailchimp”: these figures are those that it told us of our recipients, and what it does not tell is unknown.'

/** A note, and where figures come from that are not our own. */
function noteOn(told: readonly Told[], note: string): string {
  return told.some(({ channel }) => channel === 'mailchimp') ? `${note} ${THROUGH}` : note
}

export function topicsSection(topics: readonly Told[], round: string): Section {
  return {
    ...{ key: 'topics', name: 'Topic emails', row_name: 'Topic email', columns: campaignColumns('people') },
    ...{ rows: topics.map(rowOf), total: null, has_people: true, chart: { kind: 'bars', column: 'clicked' } },
    note: noteOn(topics, 'In the order in which they began. Openings are an estimate, of those who agreed to it.'),
    empty: `No topic email of ${round} has begun yet. Write one under Campaigns; its figures are here as soon as it leaves.`,
  }
}

export function otherSection(others: readonly Told[], round: string): Section {
  return {
    ...{ key: 'other', name: 'Other emails', row_name: 'Email', columns: campaignColumns('emails') },
    ...{ rows: others.map(rowOf), total: null, has_people: true, chart: null },
    note: noteOn(
      others,
      'Automatic emails go to the same person once for each time that their event happens: each copy counts, and the lists name everybody once.',
    ),
    empty: `No other email of ${round} has begun yet, such as the confirmation request or the introduction. They are under Campaigns.`,
  }
}

const MOST_LINKS = 20

/** The links of topics, the most clicked first. */
export function linksSection(
  topics: readonly Told[],
  links: readonly { campaign_id: number; key: string; url: string }[],
): Section {
  const rows = links.flatMap(({ campaign_id, key, url }) => {
    const place = topics.findIndex((topic) => topic.id === campaign_id)
    const figures = topics[place]?.figures
    if (!figures) return []
    const { people = 0, clicks = known(figures.clicks) === undefined ? 'unknown' : 0 } = figures.links[key] ?? {}
    const counts = { accepted: figures.accepted, people, clicks }
    return [{ key: `${campaign_id}-${key}`, name: `${bareAddress(url)} (topic ${place + 1})`, counts } satisfies Row]
  })
  const weight = (row: Row, column: string) => known(row.counts[column]) ?? 0
  // Sorting keeps what is equal in the order of topics.
  rows.sort((a, b) => weight(b, 'people') - weight(a, 'people') || weight(b, 'clicks') - weight(a, 'clicks'))
  const more = rows.slice(MOST_LINKS)
  return {
    ...{ key: 'links', name: 'Links in topic emails', row_name: 'Link', columns: LINK_COLUMNS },
    ...{ rows: rows.slice(0, MOST_LINKS), total: null, has_people: true, chart: { kind: 'bars', column: 'people' } },
    note: more.length === 0 ? '' : `${sayMany(more.length, 'link')} more, each clicked by no more people than these.`,
    empty:
      'No topic email of this round has a link that is counted. Links are counted once an email with one has left.',
  }
}

/** What comes after it may tell who the reader is, and is long. */
function bareAddress(url: string): string {
  return url.replace(/[?#].*$/s, '')
}

/** A row for each round, with the sums over its topics. */
export function trendSection(rounds: readonly RoundWithTopics[], figures: Map<number, CampaignFigures>): Section {
  const rows = rounds.map(({ code, campaign_ids }) => {
    const all = campaign_ids.flatMap((id) => figures.get(id) ?? [])
    const clickable = all.filter((each) => each.clicked !== 'unknown')
    const sum = (some: readonly CampaignFigures[], column: 'accepted' | 'replied' | 'clicked') =>
      some.reduce((total, each) => total + (known(each[column]) ?? 0), 0)
    const counts = {
      topics: all.length,
      accepted: sum(all, 'accepted'),
      // One whose replies are not known makes their sum unknown.
      replied: all.some((each) => each.replied === 'unknown') ? ('unknown' as const) : sum(all, 'replied'),
      counted: sum(clickable, 'accepted'),
      clicked: clickable.length === 0 ? ('unknown' as const) : sum(clickable, 'clicked'),
    }
    return { key: code, name: code, counts }
  })
  return {
    ...{ key: 'trend', name: 'Topic emails over the rounds', row_name: 'Round', columns: TREND_COLUMNS },
    ...{ rows, total: null, has_people: false, chart: { kind: 'lines', column: 'clicked' } },
    note: 'Sums over the topics of a round: a person counts once for each topic. Rounds without a topic email are left out.',
    empty: 'No round until this one has sent a topic email. Write one under Campaigns.',
  }
}

/** How many pairs made use of the topics. */
export function useSection(topics: readonly Told[], use: TopicUse): Section {
  const { introduced } = use
  const rows = topics.map((topic) => ({
    ...{ key: String(topic.id), name: nameCampaign(topic) },
    counts: { introduced, used: use.used_by_topic.get(topic.id) ?? 0 },
  }))
  const isEmpty = introduced === 0 || topics.length === 0
  return {
    ...{ key: 'use', name: 'Use of topics by partnerships', row_name: 'Topic email', columns: USE_COLUMNS },
    rows: isEmpty ? [] : rows,
    total: isEmpty ? null : { key: 'total', name: 'Any topic', counts: { introduced, used: use.used } },
    ...{ has_people: false, chart: { kind: 'bars', column: 'used' } },
    note: 'A partnership counts once, whichever of its partners clicked or replied. Reading alone is not seen.',
    empty:
      'There is no introduced partnership that a topic email could have reached. Introduce partnerships under Matching, then send a topic email.',
  }
}
