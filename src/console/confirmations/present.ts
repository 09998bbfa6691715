import type { ListedCampaign } from '../../features/campaigns/index.ts'
import type { ConfirmationGroup } from '../../features/confirmations/index.ts'
import type { DeliveryCounts } from '../../features/deliveries/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { presentListRow } from '../campaigns/present-list.ts'
import { leftOut } from '../campaigns/present-who.ts'
import { people } from '../campaigns/wording.ts'
import { daysUntil, dueWords } from '../home/days.ts'
import { formatCount } from '../present/numbers.ts'
import { presentDay, presentTime, presentZone } from '../present/time.ts'
import { faultOf } from '../settings/form.ts'
import type { ConfirmationFacts } from './gather.ts'
import { GROUP_WORDS, SHOWN_GROUPS } from './groups.ts'

export type CountedCampaign = ListedCampaign & { counts: DeliveryCounts | undefined }

/** The ask form as it was typed. */
export interface AskTyped {
  when: string
  day: string
  time: string
  remind_after_days: string
}

export interface ConfirmationReader {
  zone: string
  now: Date
  /** May ask and remind. */
  writes: boolean
  /** May change campaigns: the texts. */
  writes_campaigns: boolean
  sees_people: boolean
}

/** View model of confirmations/overview. */
export function presentConfirmations(
  facts: ConfirmationFacts,
  { typed, faults, reader }: { typed: AskTyped; faults: readonly FieldFault[]; reader: ConfirmationReader },
) {
  const { round, summary } = facts
  const { zone, now } = reader
  const path = `/console/rounds/${encodeURIComponent(round.code)}/confirmations`
  const isOpen = summary.deadline === null || now < summary.deadline
  return {
    path,
    name: round.name,
    emails_href: `/console/rounds/${encodeURIComponent(round.code)}/emails`,
    round_href: `/console/rounds/${encodeURIComponent(round.code)}`,
    sentence: sentenceOf(facts),
    deadline: deadlineOf(facts, reader),
    zone: presentZone(zone, now),
    figures: presentFigures(facts, path, reader),
    remind: reader.writes && isOpen ? presentRemind(facts) : null,
    ask: reader.writes && isOpen ? presentAsk(facts, { path, typed, faults, reader }) : null,
    no_last_day: summary.confirm_by === null,
    emails: facts.campaigns.map((campaign) => presentEmail(campaign, facts, reader)).sort(byTime),
  }
}

function sentenceOf({ counted, summary }: ConfirmationFacts): string {
  const { applicants } = counted.counts
  const { confirmed, silent, asked } = summary.counts
  if (applicants === 0) return 'Nobody has applied to this round yet.'
  const first = `${formatCount(confirmed)} of ${people(applicants).replace(/people|person/, 'applicants')} ${confirmed === 1 ? 'has' : 'have'} confirmed (${share(confirmed, applicants)}).`
  if (asked === 0) return `${first} Nobody has been asked yet.`
  return `${first} ${formatCount(silent)} of ${formatCount(asked)} who were asked ${silent === 1 ? 'is' : 'are'} silent (${share(silent, asked)}).`
}

function deadlineOf({ summary }: ConfirmationFacts, { zone, now }: ConfirmationReader): string {
  const { confirm_by, deadline } = summary
  if (confirm_by === null || deadline === null)
    return 'The round has no last day to confirm. Set it, and people can be asked.'
  const day = presentDay(confirm_by)
  const end = `${presentTime(deadline, zone).text}, ${presentZone(zone, deadline)}`
  if (now >= deadline)
    return `The last day to confirm was ${day}; it had ended everywhere on ${end}. What came later waits in the Inbox.`
  const due = dueWords(daysUntil(deadline, now, zone))
  return `The last day to confirm is ${day}. Answers count until it has ended everywhere: ${end}, ${due}.`
}

/** One decimal, such as "61.6 %". */
const share = (part: number, all: number) => `${Math.round((part * 1000) / all) / 10} %`

/** Of whom a figure is a part: the silent of those who were asked, the others of all applicants. */
function presentFigures({ counted, summary }: ConfirmationFacts, path: string, reader: ConfirmationReader) {
  const { applicants } = counted.counts
  const { asked } = summary.counts
  const shown: ConfirmationGroup[] =
    asked === 0 ? ['confirmed'] : ['asked', 'confirmed', 'declined', 'silent', 'bounced', 'in_inbox']
  return SHOWN_GROUPS.filter((group) => summary.counts[group] > 0 || shown.includes(group)).map((group) => {
    const count = summary.counts[group]
    const [all, of] = group === 'silent' ? [asked, 'asked'] : [applicants, 'applicants']
    return {
      name: GROUP_WORDS[group].name,
      count: formatCount(count),
      href: reader.sees_people && count > 0 ? `${path}/people?group=${group}` : '',
      base: all === 0 || count === 0 ? '' : `of ${formatCount(all)} ${of} (${share(count, all)})`,
    }
  })
}

function presentRemind({ summary }: ConfirmationFacts) {
  const { silent } = summary.counts
  if (silent === 0) return null
  const who = silent === 1 ? 'the one who is silent' : `the ${formatCount(silent)} silent`
  return {
    text: `Remind ${who}`,
    expected: silent,
    hint: 'The reminder leaves after two minutes, in which you can cancel it. Who may not be mailed is left out.',
  }
}

function presentAsk(
  { summary, to_ask, draft_subject }: ConfirmationFacts,
  given: { path: string; typed: AskTyped; faults: readonly FieldFault[]; reader: ConfirmationReader },
) {
  if (!to_ask || summary.confirm_by === null) return null
  const { typed, faults, reader } = given
  const { recipients, skipped } = to_ask
  const isFirst = summary.counts.asked === 0
  const whom = `${people(recipients).replace('people', 'applicants').replace('person', 'applicant')}`
  return {
    path: given.path,
    heading: isFirst ? 'Ask to confirm' : 'Ask those who were not asked yet',
    text: `Ask ${whom} to confirm`,
    anybody: recipients > 0,
    words:
      recipients === 0
        ? 'Whoever was not asked yet cannot be asked by email:'
        : `${whom} who ${recipients === 1 ? 'has applied and was' : 'have applied and were'} not asked yet. They answer by replying YES or NO, or by the link in it.`,
    skipped: Object.entries(skipped).map(([reason, count]) => leftOut(reason, count)),
    subject: draft_subject ?? '',
    text_href: summary.draft_id !== null && reader.writes_campaigns ? `/console/campaigns/${summary.draft_id}` : '',
    review_href:
      summary.draft_id !== null && reader.writes_campaigns ? `/console/campaigns/${summary.draft_id}/review` : '',
    may_look: reader.writes_campaigns,
    expected: recipients,
    typed: { ...typed, now: typed.when !== 'at' },
    day_fault: faultOf(faults, 'day'),
    time_fault: faultOf(faults, 'time'),
    remind_fault: faultOf(faults, 'remind_after_days'),
    zone: presentZone(reader.zone, reader.now),
  }
}

function presentEmail(campaign: CountedCampaign, { summary }: ConfirmationFacts, reader: ConfirmationReader) {
  const row = presentListRow(campaign, campaign.counts, { zone: reader.zone, writes: reader.writes_campaigns })
  const reminder = summary.reminders.find(({ campaign_id }) => campaign_id === campaign.id)
  const goesItself = campaign.state === 'draft' && reminder?.sends_itself === true
  const at = campaign.started_at ?? campaign.starts_at ?? campaign.planned_at
  const words = goesItself
    ? 'It leaves by itself then, to whoever is silent.'
    : campaign.state === 'draft'
      ? 'A draft: it waits for somebody to send it.'
      : row.figures
  return {
    href: row.href,
    subject: row.subject,
    badge: goesItself ? { tone: 'info', text: 'planned' } : row.badge,
    words: [row.kind, words].filter(Boolean).join('. '),
    at: at ? presentTime(at, reader.zone) : null,
    over: campaign.state === 'done',
    id: campaign.id,
    may_take_out: goesItself && reader.writes,
  }
}

const byTime = (a: { at: { iso: string } | null }, b: { at: { iso: string } | null }) =>
  (a.at?.iso ?? '9').localeCompare(b.at?.iso ?? '9')
