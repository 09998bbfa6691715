import type { PlanReview, PreviewPerson } from '../../features/campaigns/index.ts'
import type { Introduction, IntroductionTrouble } from '../../features/partnerships/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import type { ReviewFacts } from '../campaigns/facts.ts'
import { presentPlan } from '../campaigns/present-plan.ts'
import { presentReview, type Reader } from '../campaigns/present-review.ts'
import type { When } from '../campaigns/when.ts'
import { CAMPAIGN_STATES } from '../campaigns/wording.ts'
import { nameOf } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { previewSrc } from '../write/query.ts'

interface Facts {
  facts: ReviewFacts
  introduction: Introduction
  when: When
  plan: PlanReview | undefined
  /** For whom the text may look wrong, to look at it as one of them. */
  people: readonly PreviewPerson[]
  troubles: readonly IntroductionTrouble[]
  query: { as?: string | undefined; size?: string | undefined; scheme?: string | undefined }
  faults: FieldFault[]
}

/** View model of the introduction before it is scheduled. */
export function presentIntroduction(given: Facts, { reader, now }: { reader: Reader; now: Date }) {
  const { facts, introduction, when, plan, troubles, faults } = given
  const { campaign, audience } = facts
  const planned = presentPlan(
    { id: campaign.id, version: campaign.version, audience, when, plan },
    { zone: reader.zone, now },
  )
  const review = presentReview(facts, { when, plan: planned, reader, faults, now })
  return {
    ...review,
    partnerships: sayPartnerships(introduction.partnerships),
    expected: introduction.partnerships,
    people: audience.recipients,
    choices: review.choices.filter(({ value }) => value !== 'local'),
    preview: presentPreview(given),
    troubles: presentTroubles(troubles),
    button: sayButton(introduction, audience, planned.button),
    nobody: audience.recipients === 0,
    when_choice: when.choice,
  }
}

/** Such as "Introduce 581 partnerships: email 1,162 people on 3 March, 09:00 UTC". @param schedule as a campaign's button says it */
function sayButton({ partnerships }: Introduction, { skipped }: ReviewFacts['audience'], schedule: string): string {
  const whom = Object.keys(skipped).length === 0 ? sayPartnerships(partnerships) : 'all who can be reached'
  return `Introduce ${whom}: ${schedule.replace(/^Schedule for/, 'email')}`
}

const sayPartnerships = (count: number) => (count === 1 ? '1 partnership' : `${formatCount(count)} partnerships`)

function presentPreview({ facts, people, query }: Facts) {
  const { id, language } = facts.campaign
  const [first] = people
  const as = query.as ?? (first ? String(first.id) : 'sample')
  const scheme = query.scheme === 'dark' ? 'dark' : 'light'
  const option = (value: string, text: string) => ({ value, text, chosen: value === as })
  return {
    src: previewSrc(id, language, { as, scheme, part: 'html', size: 'desktop', q: '' }),
    phone: query.size === 'phone',
    dark: scheme === 'dark',
    readers: [
      ...people.map((person) => option(String(person.id), `${nameOf(person)} (${person.country_code})`)),
      option('sample', 'A sample reader'),
    ],
  }
}

/** View model of an introduction that is scheduled, or has gone. */
export function presentIntroduced(
  introduction: Extract<Introduction, { scheduled: true }>,
  troubles: readonly IntroductionTrouble[],
  zone: string,
) {
  const { campaign_id, state, starts_at, partnerships, waiting } = introduction
  return {
    report_href: `/console/campaigns/${campaign_id}/report`,
    badge: CAMPAIGN_STATES[state] ?? { text: state, tone: 'quiet' },
    partnerships: sayPartnerships(partnerships),
    at: presentTime(starts_at, zone),
    zone: presentZone(zone, starts_at),
    troubles: presentTroubles(troubles),
    // Those under way are told of by the report.
    waiting: state === 'done' && waiting > 0 ? sayPartnerships(waiting) : '',
  }
}

const KINDS: Record<IntroductionTrouble['kind'], { tone: 'bad' | 'wait'; text: string }> = {
  neither: { tone: 'bad', text: 'neither has it' },
  one_only: { tone: 'bad', text: 'one only has it' },
  waiting: { tone: 'wait', text: 'waits for you' },
}

function presentTroubles(troubles: readonly IntroductionTrouble[]) {
  return troubles.map(({ kind, people, words, campaign_id }) => ({
    badge: KINDS[kind],
    words,
    people: people.map((person) => ({
      name: nameOf(person),
      href: `/console/participants/${person.person_id}?campaign=${campaign_id}#why`,
      has_it: person.has_it,
    })),
    decide_href: kind === 'waiting' ? `/console/campaigns/${campaign_id}/people?state=uncertain,held` : '',
  }))
}
