import type { Campaign } from '../../features/campaigns/index.ts'
import { type Column, type Count, readCampaignFigures } from '../../features/reports/index.ts'
import { listClicksOfCampaign } from '../../features/tracking/index.ts'
import type { ConsoleDeps } from '../shell.ts'
import { type Asked, peopleHref } from './asked.ts'
import { openReports } from './read-report.ts'
import { presentCount } from './words.ts'

/** In the order of the page; each a part of the one named. */
const FIGURES: [key: keyof CampaignCounts, name: string, of: keyof CampaignCounts | null][] = [
  ['accepted', 'Accepted', 'recipients'],
  ['bounced', 'Bounced', 'accepted'],
  ['clicked', 'Clicked', 'accepted'],
  ['replied', 'Replied', 'accepted'],
  ['unsubscribed', 'Unsubscribed', 'accepted'],
  ['complained', 'Complained', 'accepted'],
  ['opened', 'Opened (estimate)', 'agreed'],
]
type CampaignCounts = Omit<Awaited<ReturnType<typeof readCampaignFigures>>, 'links'>

const columnOf = (key: string, name: string, of: string | null): Column => ({
  ...{ key, name, of, unit: 'people', definition: key, is_estimate: key === 'opened' },
})

/**
 * What readers did with a campaign: the same figures as the engagement report of its round has, and leading to the same
 * people. Null before it has begun. @param sees whether the reader may see the people behind a figure
 */
export async function gatherEngagement(deps: ConsoleDeps, campaign: Campaign, { sees }: { sees: boolean }) {
  const { id, kind, round, started_at } = campaign
  if (started_at === null) return null
  const figures = await readCampaignFigures(openReports(deps), { id })
  const asked: Asked = { kind: 'engagement', code: round, pathway: '', as_of: undefined }
  const mayLead = (count: Count | undefined) => sees && round !== '' && typeof count === 'number' && count > 0
  const { links: hit, ...counts } = figures
  const row = { key: String(id), name: '', counts }
  const section = kind === 'topic' ? 'topics' : 'other'
  const clicks = await listClicksOfCampaign(deps, { campaign_id: id })
  return {
    report_href: round === '' ? '' : `/console/reports/engagement?${new URLSearchParams({ round })}`,
    figures: FIGURES.map(([key, name, of]) => {
      const href = mayLead(counts[key]) ? peopleHref(asked, { section, row: row.key, column: key }) : ''
      return { name, count: presentCount(row, columnOf(key, name, of), href) }
    }),
    links: clicks.map(({ key, url }) => {
      const { people = 0, clicks: times = 0 } = hit[key] ?? {}
      const link = { key: `${id}-${key}`, name: url, counts: { accepted: counts.accepted, people, clicks: times } }
      const leads = section === 'topics' && mayLead(people)
      const href = leads ? peopleHref(asked, { section: 'links', row: link.key, column: 'people' }) : ''
      return {
        url,
        people: presentCount(link, columnOf('people', 'People', 'accepted'), href),
        clicks: presentCount(link, columnOf('clicks', 'Clicks', null), ''),
      }
    }),
  }
}
