import type { Column, Count, Report, Row, Section } from '../../src/features/reports/index.ts'
import { countryName } from '../../src/lib/countries.ts'

/** Reports as the features make them, with everything that a page must show: written by hand, of no database. */

const column = (key: string, name: string, of: string | null = null, more: Partial<Column> = {}): Column => ({
  ...{ key, name, of, unit: 'people', definition: key, is_estimate: false },
  ...more,
})

const STEPS = [
  column('applicants', 'Applicants'),
  column('participants', 'Participants', 'applicants'),
  column('matched', 'Matched', 'participants'),
  column('in_touch', 'In touch', 'matched'),
  column('completed', 'Completed', 'matched'),
]

const row = (key: string, name: string, columns: Column[], counts: Count[]): Row => ({
  key,
  name,
  counts: Object.fromEntries(columns.map((one, at) => [one.key, counts[at] ?? 'unknown'])),
})

const section = (key: string, name: string, row_name: string, more: Partial<Section>): Section => ({
  ...{ key, name, row_name, columns: STEPS, rows: [], total: null, note: '', chart: null, has_people: true },
  empty: 'Nobody has applied yet. Import applications, and they appear here.',
  ...more,
})

/** Falls from step to step, never the same share twice. */
const stepsOf = (applicants: number, at: number): Count[] => {
  const participants = Math.floor((applicants * (80 + (at % 15))) / 100)
  const matched = Math.floor((participants * (90 + (at % 10))) / 100)
  return [applicants, participants, matched, Math.floor((matched * (60 + (at % 30))) / 100), 'unknown']
}

const split = (key: string, name: string, row_name: string, values: [string, string][]): Section => {
  const counts = values.map((_, at) => stepsOf(Math.max(1, Math.floor(260 / (at + 1)) - at), at))
  const sum = STEPS.map((_, of) =>
    counts.every((one) => typeof one[of] === 'number')
      ? counts.reduce((all, one) => all + Number(one[of]), 0)
      : 'unknown',
  )
  return section(key, name, row_name, {
    rows: values.map(([value, words], at) => row(value, words, STEPS, counts[at] ?? [])),
    total: row('', 'All', STEPS, sum),
    chart: { kind: 'bars', column: 'participants' },
  })
}

const named = (names: string[]): [string, string][] => names.map((name) => [name.toLowerCase(), name])
const COUNTRIES =
  'AU US BR IN EG CN FR DE NG KE ZA PH ID TR MX AR CL CO PE EC BO UY PY VE CR PA GT HN SV NI CU DO HT JM TT BB GY SR GB IE NL BE LU CH AT IT ES PT GR CY MT PL CZ SK HU RO BG HR SI RS BA ME MK AL LT LV EE FI SE NO DK IS RU UA BY MD GE AM AZ KZ UZ KG TJ TM MN JP KR TW HK SG MY TH VN LA'
const definitions = (columns: Column[]) =>
  columns.map(({ key, name }) => ({
    key,
    name,
    version: 1,
    words: `People who ${name.toLowerCase()} in this round, each counted once, by what was recorded until the moment of the data; people who were erased since are counted as everybody else.`,
  }))

const head = { as_of: null, data_at: '2016-03-03T09:00:00.000Z', pathway: null, round: '2016A' }

export const ROUND: Report = {
  ...head,
  kind: 'round',
  title: 'Round 2016A',
  sentences: [
    'Of 1,267 applicants, 1,162 take part (92 %), from 95 countries.',
    '1,150 of 1,162 participants have a partner (99 %).',
    'How many are in touch is not known yet: no check-in has been answered.',
  ],
  sections: [
    split('funnel', 'From application to the end', 'Round', [['2016A', '2016A']]),
    split(
      'country',
      'Countries',
      'Country',
      COUNTRIES.split(' ').map((code) => [code, countryName(code)]),
    ),
    split(
      'sector',
      'Sectors',
      'Sector',
      named(['Public', 'Academic', 'School', 'Special', 'National', 'Health', 'Law', 'Not said']),
    ),
    split(
      'career_stage',
      'Career stages',
      'Career stage',
      named(['Student', 'New', 'Middle', 'Senior', 'Retired', 'Not said']),
    ),
    split('pathway', 'Pathways', 'Pathway', named(['ALIA', 'IRRT', 'Direct', 'رابطة المكتبات', '图书馆学会'])),
    split('experience', 'New and returning', 'Experience', named(['New', 'Returning'])),
  ],
  definitions: definitions(STEPS),
}

const ROUND_COLUMNS = [
  column('applicants', 'Applicants'),
  column('participants', 'Participants', 'applicants'),
  column('countries', 'Countries', null, { unit: 'countries' }),
  ...STEPS.slice(2),
  column('returning', 'Returning', 'participants'),
]
const PUBLISHED: [string, number, number][] = [
  ['2013A', 92, 18],
  ['2013B', 391, 39],
  ['2014A', 764, 76],
  ['2014B', 630, 73],
  ['2015A', 820, 79],
  ['2015B', 862, 85],
  ['2016A', 1162, 95],
]

export const ROUNDS: Report = {
  ...head,
  kind: 'rounds',
  round: null,
  title: 'Rounds compared',
  sentences: ['2016A is the largest of 7 rounds: 1,162 participants from 95 countries, 300 more than in 2015B.'],
  sections: [
    section('rounds', 'Rounds', 'Round', {
      columns: ROUND_COLUMNS,
      rows: PUBLISHED.map(([code, participants, countries], at) =>
        row(code, code, ROUND_COLUMNS, [
          ...[Math.floor(participants * 1.1), participants, countries, Math.floor(participants * 0.98)],
          ...(['unknown', 'unknown', Math.floor((participants * at) / 9)] as const),
        ]),
      ),
      chart: { kind: 'lines', column: 'participants' },
    }),
  ],
  definitions: definitions(ROUND_COLUMNS),
}

const MAIL = [
  column('recipients', 'Recipients'),
  column('accepted', 'Accepted', 'recipients'),
  column('rejected', 'Rejected', 'recipients'),
  column('uncertain', 'Uncertain', 'recipients'),
  column('bounced', 'Bounced', 'accepted'),
  column('bounced_hard', 'Hard bounces', 'accepted'),
  column('complained', 'Complained', 'accepted'),
  column('unsubscribed', 'Unsubscribed', 'accepted'),
  column('replied', 'Replied', 'accepted'),
  column('auto_replied', 'Automatic replies', 'accepted'),
  column('clicked', 'Clicked', 'accepted'),
  column('clicks', 'Clicks', null, { unit: 'clicks' }),
  column('agreed', 'Agreed to be counted', 'accepted'),
  column('opened', 'Opened (estimate)', 'agreed', { is_estimate: true }),
]
const LINKS = [column('people', 'People'), column('clicks', 'Clicks', null, { unit: 'clicks' })]

export const ENGAGEMENT: Report = {
  ...head,
  kind: 'engagement',
  title: 'Engagement, round 2016A',
  sentences: ['Topic 3 was clicked by most: 612 of 1,008 (61 %).'],
  sections: [
    section('topics', 'Topics', 'Topic', {
      columns: MAIL,
      rows: Array.from({ length: 9 }, (_, at) =>
        row(String(at + 1), `Topic ${at + 1}: ${['Open access', 'الوصول الحر', '图书馆与社区'][at % 3]}`, MAIL, [
          ...[1162, 1150 - at, 9, 1, 12 + at, at, at % 2, 3, 40 + at, 31, 612 - at * 20, 800, 500, 400 - at * 9],
        ]),
      ),
      chart: { kind: 'bars', column: 'clicked' },
    }),
    section('other', 'Other campaigns', 'Campaign', { columns: MAIL, empty: 'No other campaign has been scheduled.' }),
    section('links', 'Links', 'Link', {
      columns: LINKS,
      rows: Array.from({ length: 30 }, (_, at) =>
        row(`${at}`, `https://library.example/topics/${at}/a-long-address-of-a-text?edition=${at}`, LINKS, [
          300 - at,
          330 - at,
        ]),
      ),
      chart: { kind: 'bars', column: 'people' },
    }),
  ],
  definitions: definitions([...MAIL, ...LINKS]),
}

export const ASSOCIATION: Report = {
  ...ROUND,
  kind: 'association',
  pathway: 'ALIA',
  title: 'ALIA, round 2016A',
  sentences: ['57 people came by ALIA.'],
  sections: [
    section('country', 'Countries', 'Country', {
      rows: [
        row('AU', 'Australia', STEPS, [50, 40, 'hidden', 'hidden', 'unknown']),
        row('', 'Other countries', STEPS, [7, 6, 5, 'hidden', 'unknown']),
      ],
      note: 'Countries of fewer than 5 people are put together.',
      has_people: false,
    }),
  ],
}
