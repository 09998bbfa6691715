import type { FieldFault } from '../../lib/errors.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { type PresentedTime, presentTime, presentZone } from '../present/time.ts'
import type { ReviewFacts } from './facts.ts'
import type { PresentedPlan } from './present-plan.ts'
import { presentWho } from './present-who.ts'
import type { When } from './when.ts'
import { KINDS, number, subjectOf } from './wording.ts'

export interface Reader {
  name: string
  zone: string
  reads_people: boolean
}

type Finding = ReviewFacts['findings'][number]

/** View model of campaigns/review. */
export function presentReview(
  facts: ReviewFacts,
  input: { when: When; plan: PresentedPlan; reader: Reader; faults: FieldFault[]; now: Date },
) {
  const { campaign, audience, second_person } = facts
  const { id } = campaign
  const { when, plan, reader, faults, now } = input
  const findings = shownFindings(facts)
  const languages = [campaign.language, ...Object.keys(campaign.variants)]
  return {
    id,
    subject: subjectOf(campaign.subject),
    lang: campaign.subject === '' ? 'en' : campaign.language,
    preheader: campaign.preheader,
    kind: KINDS[campaign.kind] ?? campaign.kind,
    write_href: `/console/campaigns/${id}`,
    preview_href: `/console/campaigns/${id}/preview`,
    texts: languages.map(nameLanguage).join(', '),
    who: presentWho(id, audience, campaign.audience, reader.reads_people),
    problems: findings.filter(({ level }) => level === 'problem'),
    warnings: findings.filter(({ level }) => level === 'warning'),
    all_clear: findings.length === 0,
    second_person: presentSecondPerson(facts, reader.name),
    second_open: second_person.over !== null && audience.recipients > second_person.over && !second_person.given,
    by_mailchimp: campaign.channel === 'mailchimp',
    choices: presentChoices(campaign, { when, zone: reader.zone, now }),
    day: when.day,
    time: when.time,
    day_fault: messageOf(faults, 'day'),
    time_fault: messageOf(faults, 'time'),
    plan,
    faults,
  }
}

/** What the list of checks shows. Whether the time is past is said where the time is chosen. */
export function shownFindings({ campaign, findings }: ReviewFacts) {
  return findings
    .filter(({ code }) => code !== 'time_past')
    .map((finding, at) => ({
      id: `finding-${at + 1}`,
      level: finding.level,
      message: finding.line === undefined ? finding.message : `Line ${finding.line}: ${finding.message}`,
      language: finding.variant === null || finding.variant === campaign.language ? '' : nameLanguage(finding.variant),
      ...placeOf(campaign.id, finding),
    }))
}

/** Where one mends it. */
function placeOf(id: number, { code }: Finding): { href: string; place: string } {
  const own = `/console/campaigns/${id}`
  if (code === 'second_person_needed') return { href: '#second-person', place: 'The second person' }
  if (code.startsWith('audience_')) return { href: `${own}/audience`, place: 'Choose who gets it' }
  if (code === 'not_tested') return { href: own, place: 'Send a test' }
  if (code === 'same_people_within_day') return { href: '#when', place: 'Choose another time' }
  return { href: own, place: 'Go to the text' }
}

function presentSecondPerson({ campaign, audience, second_person }: ReviewFacts, name: string) {
  const { over, given, by, written_by } = second_person
  if (over === null || audience.recipients <= over) return null
  return {
    given,
    by: by ?? 'Somebody',
    over: number(over),
    may: !given && written_by !== name,
    version: campaign.version,
  }
}

interface Choice {
  value: string
  text: string
  hint: string
  chosen: boolean
}

function presentChoices(
  { planned_at, channel }: ReviewFacts['campaign'],
  { when, zone, now }: { when: When; zone: string; now: Date },
): Choice[] {
  const chosen = (value: string) => value === when.choice
  const byMailchimp = channel === 'mailchimp'
  const planned: PresentedTime | undefined = planned_at && planned_at > now ? presentTime(planned_at, zone) : undefined
  return [
    ...(planned
      ? [
          {
            value: 'planned',
            text: `As planned: ${planned.text} ${presentZone(zone, planned_at as Date)}`,
            hint: '',
            chosen: chosen('planned'),
          },
        ]
      : []),
    byMailchimp
      ? {
          ...{ value: 'now', text: 'As soon as Mailchimp can', chosen: chosen('now') },
          hint: 'On the next quarter of an hour; until then you can take it back.',
        }
      : {
          ...{ value: 'now', text: 'Now', chosen: chosen('now') },
          hint: 'It waits two minutes, in which you can take it back.',
        },
    {
      value: 'at',
      text: 'At another time',
      hint: `The day and time below, on your clock: ${presentZone(zone, now)}.`,
      chosen: chosen('at'),
    },
    ...(byMailchimp
      ? []
      : [
          {
            value: 'local',
            text: "At each recipient's own hour",
            hint: 'The day and time below, on the clock of each of them.',
            chosen: chosen('local'),
          },
        ]),
  ]
}

const messageOf = (faults: FieldFault[], field: string) => faults.find((fault) => fault.field === field)?.message ?? ''
