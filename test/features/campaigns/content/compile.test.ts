import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMessage } from '../../../../src/features/campaigns/content/index.ts'
import { compileText, valuesWith } from './texts.ts'

const HOSTILE = [
  '<script>alert(1)</script>',
  '{{partner.email}}',
  '{{{x}}}',
  "$& $1 $` $'",
  '"><img src=x onerror=alert(1)>',
  'O\'Brien & "Söhne"',
  '%s %00 \\0 \\u0000',
]

test.each(HOSTILE)('a name %s stays what it is, wherever it stands', async (given_name) => {
  const compiled = await compileText({
    subject: 'For {{participant.given_name}}',
    preheader: 'Dear {{participant.given_name}}',
    extras: {
      image: { url: 'https://x.example/a.png', alt: 'A picture for {{participant.given_name}}' },
      video: null,
      curator: '{{participant.given_name}}',
      links: [{ title: 'For {{participant.given_name}}', url: 'https://x.example/' }],
    },
  })
  const { subject, html, text } = renderMessage(compiled, valuesWith({ given_name }))
  const safe = given_name.replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c,
  )
  expect(subject).toBe(`For ${given_name}`)
  expect(text).toContain(`Hello ${given_name},`)
  expect(html).toContain(`Hello <bdi>${safe}</bdi>,`)
  expect(html).toContain(`alt="A picture for ${safe}"`)
  expect(html).not.toMatch(/<script|<img src=x/)
})

test('no name can start a header, a paragraph of its own, or turn the text round', async () => {
  const compiled = await compileText({ subject: 'For {{participant.given_name}}' })
  const given_name = 'Eve\r\nBcc: all@example.org\n\nPay here\u2028\u202E\u0000'
  const { subject, html, text } = renderMessage(compiled, valuesWith({ given_name }))
  expect(subject).toBe('For Eve Bcc: all@example.org Pay here')
  expect(text).toContain('Hello Eve Bcc: all@example.org Pay here,\n')
  expect(html).toContain('<bdi>Eve Bcc: all@example.org Pay here</bdi>')
})

test('any name leaves the text around it as it was', async () => {
  const compiled = await compileText()
  const frame = renderMessage(compiled, valuesWith({ given_name: 'NAME' }))
  const [before, after] = frame.html.split('NAME') as [string, string]
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (given_name) => {
      const { html } = renderMessage(compiled, valuesWith({ given_name: `x${given_name}` }))
      expect(html.startsWith(before)).toBe(true)
      expect(html.endsWith(after)).toBe(true)
      expect(html.slice(before.length, html.length - after.length)).not.toMatch(/[<>"'\n]/)
    }),
  )
})

test('what the writer types as HTML or as a template is text', async () => {
  const { html } = renderMessage(
    await compileText({
      subject: '<b> & "quotes"',
      body_markdown: '<script>alert(1)</script> & <mj-raw>x</mj-raw> </mj-text> &amp; <!-- <% %> [[x]]',
      extras: {
        image: { url: 'https://x.example/a.png?a=1&b=2', alt: 'a "b" <c>' },
        video: null,
        curator: '<i>',
        links: [],
      },
    }),
    valuesWith(),
  )
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;mj-raw&gt;x')
  expect(html).toContain('&lt;/mj-text&gt;')
  expect(html).toContain('alt="a &quot;b&quot; &lt;c&gt;"')
  expect(html).toContain('src="https://x.example/a.png?a=1&amp;b=2"')
  expect(html).toMatch(/<title>&lt;b&gt; &amp; &quot;quotes&quot;<\/title>/)
})

test('someone without a partner reads "your partner", with a capital where a sentence begins', async () => {
  const compiled = await compileText({
    body_markdown:
      'You and {{partner.given_name}} begin. {{partner.given_name}} may write first.\n\n- {{partner.country}} is far.\n- In {{partner.country}}',
  })
  const { text } = renderMessage(compiled, valuesWith({ partners: [] }))
  expect(text).toContain('You and your partner begin. Your partner may write first.')
  expect(text).toContain("- Your partner's country is far.\n- In your partner's country")
})

test('a trio has two partners, and countries are written in the language of the text', async () => {
  const partners = [
    { given_name: 'Anna', family_name: 'Berg', country_code: 'DE', address: 'a@x.example' },
    { given_name: 'Li', family_name: 'Wei', country_code: 'CN', address: null },
  ]
  const english = valuesWith({ partners })
  expect(english['partner.given_name']).toBe('Anna and Li')
  expect(english['partner.full_name']).toBe('Anna Berg and Li Wei')
  expect(english['partner.country']).toBe('Germany and China')
  expect(english['round.ends_on']).toBe('June 30, 2016')
  expect(valuesWith({ partners }, 'fr')['partner.country']).toBe('Allemagne et Chine')
  expect(valuesWith({ partners: [] }, 'fr')['partner.given_name']).toBe('votre partenaire')
})

test('a button alone in its paragraph is a table cell Outlook draws; in a sentence it is a styled link', async () => {
  const { html, text } = renderMessage(
    await compileText({
      body_markdown: '[Read it](https://x.example/a){.button}\n\nOr [that](https://x.example/b){.button} one.',
    }),
    valuesWith(),
  )
  expect(html).toMatch(/<td align="center" bgcolor="#0b5c6b"[^>]*>\s*<a href="https:\/\/x\.example\/a"/)
  expect(html).toMatch(/<a href="https:\/\/x\.example\/b" class="button" style="display:inline-block/)
  expect(`${html}${text}`).not.toContain('{.button}')
})

test('the text part shows lists, links and quotes as one would type them', async () => {
  const { text } = renderMessage(
    await compileText({
      body_markdown: [
        '# Title',
        'See [our guide](https://x.example/guide), or <https://x.example/plain>, or write to help@x.example.',
        '1. one\n2. two\n   - inner',
        '> quoted words',
        '---',
        '[Only a link](https://x.example/only)',
        '![A cat](https://x.example/cat.png)',
      ].join('\n\n'),
    }),
    valuesWith(),
  )
  expect(text).toContain(
    [
      'Title\n=====',
      'See our guide [1], or https://x.example/plain, or write to help@x.example.\n[1] https://x.example/guide',
      '1. one\n2. two\n   - inner',
    ].join('\n\n'),
  )
  expect(text).toContain('> quoted words')
  expect(text).toContain('* * *\n\nOnly a link: https://x.example/only\n\n[A cat]')
})

test('the whole of an address may be a link field, which becomes a link also when it stands bare', async () => {
  const compiled = await compileText({
    body_markdown: '[Stop]({{links.unsubscribe}}){.button}\n\nOr open {{links.unsubscribe}} yourself.',
  })
  const { html, text } = renderMessage(compiled, valuesWith())
  expect(html.match(/href="https:\/\/pairpost\.example\/u\/abc\?x=1&amp;y=2"/g)).toHaveLength(3)
  expect(text).toContain('Or open https://pairpost.example/u/abc?x=1&y=2 yourself.')
})

test('automatic email has no link to stop it, a campaign always has', async () => {
  const { compileVariant } = await import('../../../../src/features/campaigns/content/index.ts')
  const { textWith } = await import('./texts.ts')
  const automatic = await compileVariant({ language: 'en', lane: 'automatic', text: textWith() })
  expect(automatic.fields).not.toContain('links.unsubscribe')
  expect((await compileText()).fields).toContain('links.unsubscribe')
})

test('a language without fixed words of its own gets them in English, marked as such', async () => {
  const { html, text } = renderMessage(
    await compileText({ body_markdown: 'שלום {{participant.given_name}}' }, 'he'),
    valuesWith({}, 'he'),
  )
  expect(html).toMatch(/<html lang="he" dir="rtl"/)
  expect(html).toContain('<div dir="ltr" lang="en">')
  expect(text).toMatch(/^\u200Fשלום/)
  expect(text).toMatch(/^You receive this email/m)
})

test('compiling the same text twice gives the same', async () => {
  expect(await compileText()).toEqual(await compileText())
  expect(JSON.parse(JSON.stringify(await compileText()))).toEqual(await compileText())
})

test.each([
  ['{{partner.givenname}}', /no merge field {{partner.givenname}}.*{{partner.given_name}}/],
  ['{{#if partner.given_name}}x{{/if}}', /not a plain merge field/],
  ['{{> footer}}', /not a plain merge field/],
  ['{{lookup partner "given_name"}}', /not a plain merge field/],
  ['{{constructor.constructor}}', /no merge field {{constructor.constructor}}/],
  ['{{toString}}', /no merge field {{toString}}/],
  ['{{{partner.given_name}}}', /too many braces/],
  ['{{partner.given_name', /not closed/],
  ['{{partner.given_name}', /not closed/],
  ['partner.given_name}}', /never opened/],
  ['{{}}', /not a plain merge field/],
  ['{{links.survey}}', /not available yet/],
  ['[a](https://x.example/{{participant.given_name}})', /leads to "https:\/\/x.example\/{{participant.given_name}}"/],
  ['https://x.example/?to={{partner.email}}', /only be one {{links.…}} field/],
  ['[a]({{participant.given_name}})', /leads to "{{participant.given_name}}"/],
  ['[a](javascript:alert(1))', /not a web or mail address/],
  ['[a](data:text/html,x)', /not a web or mail address/],
  ['![a](file:///etc/passwd)', /not a web or mail address/],
  ['[a](https://user:pass@x.example/)', /not a web or mail address/],
  ['[a]()', /"a" has no address/],
  ['[a](htp://x.example)', /not a web or mail address/],
  ['[a](https://x.example/a b)', /not written as \[text\]/],
  ['[a](https://x.example', /not written as \[text\]/],
  ['A {.button} here', /directly after a link/],
])('%s is refused by name, with its line', async (wrong, message) => {
  const failure = await compileText({ body_markdown: `Hello,\n\nyou.\n${wrong}` }).catch((error) => error)
  expect(failure).toMatchObject({ code: 'not_compilable' })
  expect(failure.message).toMatch(message)
  expect(failure.faults[0]).toMatchObject({
    field: 'variants.en.body_markdown',
    message: expect.stringMatching(/^Line 4: /),
  })
})

test('two megabytes of text, fifty thousand broken fields and deep nesting are answered at once', async () => {
  const begin = performance.now()
  await expect(compileText({ body_markdown: 'word '.repeat(420_000) })).rejects.toThrow(/2051 KB; the limit is 200 KB/)
  await expect(compileText({ body_markdown: '{{a}}\n'.repeat(33_000) })).rejects.toThrow(/no merge field {{a}}/)
  await expect(compileText({ body_markdown: '[x]('.repeat(40_000) })).rejects.toThrow(/not written/)
  await expect(compileText({ body_markdown: '{{'.repeat(100_000) })).rejects.toThrow(/not closed/)
  await compileText({ body_markdown: '> '.repeat(5_000) })
  await compileText({ body_markdown: '**a'.repeat(20_000) })
  await compileText({ body_markdown: '{{partner.given_name}} '.repeat(8_000) })
  expect(performance.now() - begin).toBeLessThan(20_000)
})
