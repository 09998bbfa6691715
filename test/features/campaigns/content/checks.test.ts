import { expect, test } from 'vitest'
import {
  type CampaignCheck,
  checkCampaign,
  checkVariant,
  compileVariant,
  FINDING_CODES,
  type FindingCode,
  findEmptyFields,
  SAMPLE_ROW,
  type VariantText,
} from '../../../../src/features/campaigns/content/index.ts'
import { NO_EXTRAS } from '../../../../src/features/campaigns/schema.ts'
import { compileText, textWith } from './texts.ts'

type Variant = CampaignCheck['variants'][number]

async function variantWith(change: Partial<VariantText> = {}, more: Partial<Variant> = {}): Promise<Variant> {
  const text = textWith(change)
  const language = more.language ?? 'en'
  const compiled = await compileVariant({ language, lane: 'campaign', text }).catch(() => undefined)
  return { language, lane: 'campaign', text, compiled, ...more }
}

async function campaignWith(change: Partial<CampaignCheck> = {}): Promise<CampaignCheck> {
  return {
    variants: [await variantWith()],
    default_language: 'en',
    fallbacks: {},
    from_name: 'The ILN team',
    audience: { count: 1000, last_count: 1020, empty_fields: [] },
    send_at: new Date('2016-03-03T09:00:00Z'),
    now: new Date('2016-03-01T09:00:00Z'),
    version: 2,
    tested_version: 2,
    last_subjects: ['Something else'],
    recent_overlap: null,
    automatic: false,
    ...change,
  }
}

const text =
  (change: Partial<VariantText>, more: Partial<Variant> = {}) =>
  async () =>
    campaignWith({ variants: [await variantWith(change, more)] })
const body = (body_markdown: string) => text({ body_markdown })
const campaign = (change: Partial<CampaignCheck>) => () => campaignWith(change)
const audience = (change: Partial<CampaignCheck['audience']>) =>
  campaign({ audience: { count: 1000, last_count: null, empty_fields: [], ...change } })
const picture = { url: 'https://x.example/big.png', alt: 'A room' }

const TAGS = { given_name: 'FNAME', family_name: 'LNAME', country: 'COUNTRY', partner: 'PARTNER' }

/** Each code with a campaign that has just this fault, and what its sentence says. */
const SEEDED: Record<FindingCode, [level: string, make: () => Promise<CampaignCheck>, says: RegExp]> = {
  merge_unknown: ['problem', body('a\n\n{{partner.nickname}}'), /{{partner.nickname}}/],
  merge_unavailable: ['problem', body('{{links.survey}}'), /{{links.survey}} is not available yet/],
  merge_unclosed: ['problem', text({ subject: 'For {{partner.given_name' }), /"{{partner.given_name" is not closed/],
  merge_unopened: ['problem', body('partner.given_name}}'), /"}}" closes/],
  merge_not_plain: ['problem', body('{{#each partners}}'), /"{{#each partners}}"/],
  merge_in_url: ['problem', body('[x](https://x.example/?a={{partner.email}})'), /"x" leads to/],
  link_empty: ['problem', body('[the guide]()'), /"the guide" has no address/],
  link_malformed: ['problem', body('[the guide](www.x.example)'), /"the guide" leads to "www.x.example"/],
  button_misplaced: ['problem', body('Read {.button}'), /directly after a link/],
  text_too_large: ['problem', body('word '.repeat(50_000)), /245 KB/],
  language_unknown: [
    'problem',
    async () => campaignWith({ variants: [await variantWith({}, { language: 'xx' })], default_language: 'xx' }),
    /"xx" is not a known language/,
  ],
  body_empty: ['problem', body('  \n'), /no text/],
  unsubscribe_missing: [
    'problem',
    async () => {
      const compiled = await compileVariant({ language: 'en', lane: 'automatic', text: textWith() })
      return campaignWith({ variants: [await variantWith({}, { compiled })] })
    },
    /no link to stop/,
  ],
  sender_missing: ['problem', campaign({ from_name: ' ' }), /no sender/],
  default_language_missing: ['problem', campaign({ default_language: 'fr' }), /own language, fr/],
  picture_without_description: ['problem', body('![](https://x.example/a.png)'), /https:\/\/x.example\/a.png/],
  link_dead: [
    'warning',
    text(
      { body_markdown: 'a\n\n[the guide](https://x.example/gone)' },
      { dead_links: { 'https://x.example/gone': 'answered 404' } },
    ),
    /The link https:\/\/x.example\/gone answered 404\.$/,
  ],
  picture_large: [
    'warning',
    text({ extras: { ...NO_EXTRAS, image: picture } }, { picture_bytes: { [picture.url]: 300 * 1024 } }),
    /big.png has 300 KB/,
  ],
  html_large: ['warning', body('word '.repeat(17_000)), /9\d KB of HTML/],
  html_too_large: ['problem', body('word '.repeat(25_000)), /13\d KB of HTML/],
  subject_empty: ['problem', text({ subject: ' ' }), /empty/],
  subject_long: ['warning', text({ subject: 'A subject that does not end '.repeat(3) }), /83 characters/],
  subject_capitals: ['warning', text({ subject: 'READ THIS NOW {{partner.given_name}}' }), /"READ THIS NOW Mateo"/],
  subject_as_before: ['warning', campaign({ last_subjects: ['topic 1:  Getting to KNOW you'] }), /was used before/],
  preheader_missing: ['warning', text({ preheader: '' }), /no preheader/],
  click_here: ['warning', body('a\n\nTo read, [click here](https://x.example/).'), /"click here"/],
  heading_order: ['warning', body('## One\n\n#### Two'), /level 4 follows level 2/],
  field_empty: [
    'problem',
    audience({ empty_fields: [{ field: 'partner.email', count: 7, names: ['Ana', 'Bo'] }] }),
    /{{partner.email}} is empty for 7 people \(Ana, Bo and 5 more\)/,
  ],
  audience_empty: ['problem', audience({ count: 0 }), /Nobody/],
  audience_changed: ['warning', audience({ last_count: 1200 }), /1000 people; the last one was 1200/],
  not_tested: ['warning', campaign({ tested_version: 1 }), /No test email/],
  time_past: ['problem', campaign({ send_at: new Date('2016-03-01T08:59:00Z') }), /2016-03-01 08:59 UTC, is past/],
  same_people_within_day: [
    'warning',
    campaign({ recent_overlap: { count: 12, campaign_id: 4 } }),
    /12 people get campaign 4/,
  ],
  second_person_needed: ['problem', campaign({ second_person: { over: 100, given: false } }), /More than 100/],
  mailchimp_missing: [
    'problem',
    campaign({ mailchimp: { tags: null, beside: [], subject_lengths: {} } }),
    /no audience there is connected/,
  ],
  mailchimp_field: [
    'problem',
    async () => ({
      ...(await body('Ask {{partner.email}}')()),
      mailchimp: { tags: TAGS, beside: [], subject_lengths: {} },
    }),
    /Mailchimp cannot fill {{partner.email}}/,
  ],
  mailchimp_tag: [
    'problem',
    campaign({ mailchimp: { tags: TAGS, beside: ['Yours, *|FNAME|*'], subject_lengths: {} } }),
    /Mailchimp would take/,
  ],
  mailchimp_subject: [
    'problem',
    campaign({ mailchimp: { tags: TAGS, beside: [], subject_lengths: { en: 151 } } }),
    /has 151 characters, and Mailchimp takes 150/,
  ],
  mailchimp_replies: [
    'warning',
    campaign({ mailchimp: { tags: TAGS, beside: ['a | b * c'], subject_lengths: { en: 150 } } }),
    /which email they answer/,
  ],
}

test('through Mailchimp a country can be read in English only, and a tag of its own is found in any text', async () => {
  const mailchimp = { tags: TAGS, beside: [], subject_lengths: {} }
  const from = { body_markdown: 'From {{participant.country}}' }
  const english = await campaignWith({ mailchimp, variants: [await variantWith(from, { language: 'en-GB' })] })
  expect(checkCampaign({ ...english, default_language: 'en-GB' })).toMatchObject([{ code: 'mailchimp_replies' }])
  const french = await campaignWith({
    mailchimp,
    variants: [await variantWith(), await variantWith(from, { language: 'fr' })],
  })
  expect(checkCampaign(french)).toMatchObject([
    { code: 'mailchimp_field', variant: 'fr', message: expect.stringContaining('its audience has it in English') },
  ])
  for (const change of [{ subject: 'For our reader *|FNAME|*' }, { body_markdown: 'Dear *|FNAME|*' }]) {
    const found = checkCampaign(await campaignWith({ mailchimp, variants: [await variantWith(change)] }))
    expect(found).toMatchObject([{ code: 'mailchimp_tag', variant: 'en' }])
  }
})

test('a page of one reader, copied from an email, is refused: everybody would act for that one', async () => {
  const token = 'abcdefghijklmnopqrstuvwxyz23'
  const pages = [
    'u/*',
    'p/preferences/*',
    'p/confirm/*',
    'p/check-in/*/',
    'apply/resume/*?x=1',
    'interest/leave/*',
    't/*/abc',
  ]
  for (const page of pages) {
    const url = `https://pairpost.example/${page.replace('*', token)}`
    const text = textWith({ body_markdown: `[Stop](${url})` })
    const found = checkVariant({ language: 'en', lane: 'campaign', text, compiled: undefined })
    expect(found, url).toMatchObject([
      { code: 'link_malformed', message: expect.stringContaining('the page of one reader') },
    ])
  }
  for (const page of ['apply/2016A', 'conduct', `u/${token}more`, `wiki/u/${token.toUpperCase()}`]) {
    const text = textWith({ body_markdown: `[Read](https://pairpost.example/${page})` })
    expect(checkVariant({ language: 'en', lane: 'campaign', text, compiled: undefined })).toEqual([])
  }
})

test('a campaign with nothing wrong has no findings', async () => {
  expect(checkCampaign(await campaignWith())).toEqual([])
  expect(checkCampaign(await campaignWith({ send_at: null, second_person: { over: 100, given: true } }))).toEqual([])
})

test.each(FINDING_CODES)('%s is found, alone, and named in a sentence', async (code) => {
  const [level, make, says] = SEEDED[code]
  const findings = checkCampaign(await make())
  expect(findings.map((finding) => finding.code)).toEqual([code])
  expect(findings[0]).toMatchObject({ level, message: expect.stringMatching(says) })
  expect(findings[0]?.message).toMatch(/\.$|\?$/)
})

test('a finding names its language and line, and problems come first', async () => {
  const findings = checkCampaign(
    await campaignWith({
      variants: [
        await variantWith({ preheader: '' }),
        await variantWith({ body_markdown: 'Bonjour,\n\n{{x.y}}' }, { language: 'fr' }),
      ],
    }),
  )
  expect(findings).toMatchObject([
    { level: 'problem', code: 'merge_unknown', variant: 'fr', line: 3 },
    { level: 'warning', code: 'preheader_missing', variant: 'en' },
  ])
})

test('automatic email is not compared with the campaign before it', async () => {
  const changed = { count: 1000, last_count: 3, empty_fields: [] }
  const overlap = { count: 12, campaign_id: 4 }
  expect(checkCampaign(await campaignWith({ automatic: true, audience: changed, recent_overlap: overlap }))).toEqual([])
})

test('an empty field is one that this person lacks in the language they read, when no fallback fills it', async () => {
  const compiled = new Map([
    ['en', await compileText({ body_markdown: '{{partner.given_name}} {{partner.email}}' })],
    ['fr', await compileText({ body_markdown: '{{partner.given_name}}' }, 'fr')],
  ])
  const alone = { ...SAMPLE_ROW, partners: [] }
  const rows = [SAMPLE_ROW, alone, { ...alone, given_name: 'Bo', family_name: '' }, { ...alone, language: 'fr-CA' }]
  const settings = { default_language: 'en', fallbacks: {}, sender_name: 'x' }
  expect(findEmptyFields(rows, compiled, settings)).toEqual([
    { field: 'partner.email', count: 2, names: ['Amina Okafor', 'Bo'] },
  ])
  expect(findEmptyFields(rows, compiled, { ...settings, fallbacks: { 'partner.email': '(soon)' } })).toEqual([])
})
