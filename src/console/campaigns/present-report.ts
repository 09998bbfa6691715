import type { DeliveryOfPerson } from '../../features/deliveries/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { presentTime, presentZone } from '../present/time.ts'
import type { gatherEngagement } from '../reports/campaign-engagement.ts'
import type { ProgressReader, presentProgress } from './present-progress.ts'
import { leftOut } from './present-who.ts'
import type { ProgressFacts } from './progress.ts'
import { DELIVERY_TONES, KINDS, subjectOf } from './wording.ts'

/** View model of campaigns/report. */
export function presentReport(
  { campaign, skipped }: ProgressFacts,
  input: {
    progress: ReturnType<typeof presentProgress>
    reader: ProgressReader
    tests: DeliveryOfPerson[]
    links: string[]
    engagement: Awaited<ReturnType<typeof gatherEngagement>>
    public_url: string
  },
) {
  const { id, subject, started_at, finished_at, frozen_at, round, slug } = campaign
  const { reader, tests, links, engagement, public_url } = input
  const counted = new Set(engagement?.links.map(({ url }) => url))
  const own = `/console/campaigns/${id}`
  const time = (at: Date | null) => at && presentTime(at, reader.zone)
  const isPublic = campaign.kind === 'topic' && campaign.web_copy && slug !== null
  const isPublished = isPublic && started_at !== null && campaign.state !== 'cancelled'
  return {
    id,
    subject: subjectOf(subject),
    lang: subject === '' ? 'en' : campaign.language,
    kind: KINDS[campaign.kind] ?? campaign.kind,
    by_mailchimp: campaign.channel === 'mailchimp',
    progress: input.progress,
    is_draft: frozen_at === null && campaign.state === 'draft',
    review_href: reader.writes ? `${own}/review` : '',
    text_href: own,
    scheduled: time(frozen_at),
    leaves: campaign.automatic_key === null ? time(campaign.starts_at) : null,
    local_time: campaign.local_time ?? '',
    began: time(started_at),
    ended: time(finished_at),
    ended_words: campaign.state === 'cancelled' ? 'Cancelled' : 'Done',
    zone: presentZone(reader.zone, campaign.starts_at ?? campaign.created_at),
    written_in: [campaign.language, ...Object.keys(campaign.variants)].map(nameLanguage).join(', '),
    web_href: isPublished ? `${public_url}/topics/${encodeURIComponent(round)}/${slug}` : '',
    web_words: isPublic && !isPublished ? 'is published when the first copy leaves' : '',
    skipped: Object.entries(skipped)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => ({
        text: leftOut(reason, count),
        href: reader.reads_people ? `${own}/people?${new URLSearchParams({ state: 'skipped', reason })}` : '',
      })),
    engagement,
    // Links with figures stand in their table.
    links: links.filter((url) => !counted.has(url)),
    links_name: counted.size > 0 ? 'Links that are not counted' : 'Links in it',
    tests: tests.map((one) => ({
      address: one.address ?? '',
      badge: { tone: DELIVERY_TONES[one.state] ?? 'quiet', text: one.state },
      at: presentTime(one.accepted_at ?? one.due_at, reader.zone),
      words: one.state === 'accepted' ? '' : (one.words ?? ''),
    })),
  }
}
