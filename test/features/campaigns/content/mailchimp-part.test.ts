import { expect, test } from 'vitest'
import {
  listUnfillable,
  SAMPLE_ROW,
  type VariantText,
  writeForMailchimp,
} from '../../../../src/features/campaigns/content/index.ts'
import { compileText } from './texts.ts'

const TAGS = { given_name: 'FNAME', family_name: 'LNAME', country: 'COUNTRY', partner: 'PARTNER' }

async function written(
  change: Partial<VariantText>,
  settings: Partial<Parameters<typeof writeForMailchimp>[1]> = {},
  language = 'en',
) {
  return writeForMailchimp(await compileText(change, language), {
    ...{ language, default_language: language, fallbacks: {}, sender_name: 'The ILN team', tags: TAGS },
    round: SAMPLE_ROW,
    links: {
      apply: 'https://pairpost.example/apply/2016A',
      code_of_conduct: 'https://pairpost.example/conduct',
      expectations: 'https://pairpost.example/expectations',
      interest: 'https://pairpost.example/interest',
    },
    ...settings,
  })
}
const body = (body_markdown: string) => ({ body_markdown })

test('what is a reader’s own becomes a merge tag, isolated as in our own mail', async () => {
  const { html, text, subject } = await written({
    ...body('Hello {{participant.given_name}} ({{participant.full_name}}) in {{participant.country}}.'),
    subject: 'For {{participant.given_name}}',
  })
  expect(html).toContain('Hello <bdi>*|FNAME|*</bdi>')
  expect(html).toContain('<bdi>*|FNAME|**|IF:LNAME|* *|LNAME|**|END:IF|*</bdi>')
  expect(html).toContain('in <bdi>*|COUNTRY|*</bdi>.')
  expect(text).toContain('Hello *|FNAME|* (')
  expect(subject).toBe('For *|FNAME|*')
})

test('a field that somebody may lack has its fallback inside a condition, with a capital where a sentence begins', async () => {
  const { text, html } = await written(body('{{partner.given_name}} waits. Write to {{partner.given_name}}.'))
  const either = (words: string) => `*|IF:PARTNER|**|PARTNER|**|ELSE:|*${words}*|END:IF|*`
  expect(text.replace(/\s+/g, ' ')).toContain(`${either('Your partner')} waits. Write to ${either('your partner')}.`)
  expect(html).toContain(`<bdi>${either('your partner')}</bdi>`)
})

test('the fallback is the campaign’s, escaped, and can bring in no tag of its own', async () => {
  const fallbacks = { 'partner.given_name': '<b>R&D</b> *|UNSUB|*' }
  const { html, text } = await written(body('Write to {{partner.given_name}}.'), { fallbacks })
  expect(html).toContain('*|ELSE:|*&lt;b&gt;R&amp;D&lt;/b&gt; * |UNSUB|**|END:IF|*')
  expect(text).toContain('*|ELSE:|*<b>R&D</b> * |UNSUB|**|END:IF|*')
})

test('an empty fallback leaves the bare tag', async () => {
  const { text } = await written(body('Dear {{participant.family_name}},'))
  expect(text).toContain('Dear *|LNAME|*,')
})

test('what is the same for everybody is written out', async () => {
  const { text, html } = await written(body('{{round.name}} begins on {{round.starts_on}}. {{links.apply}}'), {}, 'fr')
  expect(text).toContain('1 mars 2016')
  expect(text).toContain('International Librarians Network 2016A')
  expect(html).toContain('href="https://pairpost.example/apply/2016A"')
})

test('both ways to stop are Mailchimp’s, its postal address stands under our footer, and no picture of ours is in it', async () => {
  const { text, html } = await written({}, { footer: 'Library Street 1\nStockholm' })
  expect(html).toContain('href="*|UNSUB|*"')
  expect(html).toContain('href="*|UPDATE_PROFILE|*"')
  expect(html).toContain('<bdi>Stockholm</bdi><br>*|HTML:LIST_ADDRESS_HTML|*<br>')
  expect(text).toContain('Library Street 1\nStockholm\n*|LIST:ADDRESS|*\n')
  expect(html).not.toMatch(/width="1"|\/t\//)
})

test('links are as they are, each as often as it was', async () => {
  const { html } = await written(body('[Read](https://example.org/a?b=1&c=2), then [watch](https://example.org/v).'))
  expect(html).toContain('href="https://example.org/a?b=1&amp;c=2"')
  expect(html).toContain('href="https://example.org/v"')
})

test('words that would read as a tag are broken up, also where a round’s name and the text make one', async () => {
  const { text, html } = await written(body('A star * |FNAME|* and {{round.name}}|LNAME|*'), {
    round: { ...SAMPLE_ROW, round_name: 'Round *|EMAIL|* *' },
  })
  const own = /\*\|(UNSUB|UPDATE_PROFILE|HTML:LIST_ADDRESS_HTML|LIST:ADDRESS)\|\*/g
  expect(text.replace(own, '')).not.toContain('*|')
  expect(html.replace(own, '')).not.toContain('*|')
})

test('Arabic keeps its direction and its own fixed words', async () => {
  const { html, text } = await written(body('مرحبا {{participant.given_name}}'), {}, 'ar')
  expect(html).toContain('dir="rtl"')
  expect(html).toContain('<bdi>*|FNAME|*</bdi>')
  expect(text).toContain('*|FNAME|*')
})

test('what Mailchimp cannot fill is named', () => {
  expect(
    listUnfillable(['participant.given_name', 'partner.email', 'links.confirm', 'match.reasons'], 'en', TAGS),
  ).toEqual([...(['partner.email', 'links.confirm', 'match.reasons'] as const)])
  expect(listUnfillable(['round.name', 'links.unsubscribe', 'links.preferences', 'sender.name'], 'en', {})).toEqual([])
  expect(listUnfillable(['participant.country'], 'en-GB', TAGS)).toEqual([])
  expect(listUnfillable(['participant.country'], 'fr', TAGS)).toEqual(['participant.country'])
  expect(listUnfillable(['participant.full_name', 'partner.given_name'], 'en', { given_name: 'FNAME' })).toHaveLength(2)
})
