import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Compiled,
  checkVariant,
  compileVariant,
  escapesOf,
  linksIn,
  placeLinks,
  REDIRECT,
  renderMessage,
  renderPieces,
  type VariantText,
} from '../../../../src/features/campaigns/content/index.ts'
import { linkKey } from '../../../../src/features/campaigns/content/link-key.ts'
import { NO_EXTRAS } from '../../../../src/features/campaigns/schema.ts'
import { compileText, textWith, valuesWith } from './texts.ts'

const EVERY_KIND: Partial<VariantText> = {
  body_markdown: [
    '[In a sentence](https://x.example/a?b=1&c=2), again [here it is](https://x.example/a?b=1&c=2 "Said twice").',
    '[A button](https://x.example/button){.button}',
    'Bare and plain: https://x.example/bare, and [one in a ![cat](https://x.example/cat.png) picture](http://x.example/around).',
    'Nobody counts [mail](mailto:help@x.example), [stopping]({{links.unsubscribe}}) or [applying]({{links.apply}}).',
  ].join('\n\n'),
  extras: {
    image: { url: 'https://x.example/top.png', alt: 'A room' },
    video: {
      url: 'https://x.example/video',
      title: 'A talk',
      thumbnail_url: 'https://x.example/thumbnail.png',
    },
    curator: null,
    links: [{ title: 'More', url: 'https://x.example/more' }],
  },
}
const COUNTED = [
  'https://x.example/a?b=1&c=2',
  'https://x.example/button',
  'http://x.example/around',
  'https://x.example/video',
  'https://x.example/more',
]
const BEGINNING = 'https://pairpost.example/t/token/'

const hrefsOf = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href as string)
const counted = ({ html, direction }: Compiled) =>
  renderPieces(
    placeLinks(html, { counted: true }),
    { ...valuesWith(), [REDIRECT]: BEGINNING },
    escapesOf(direction).html,
  )

test('a key is the same 60 bits of SHA-256 that RFC 4648 base32 writes, whatever the address', () => {
  expect(linkKey('https://x.example/')).toMatch(/^[a-z2-7]{12}$/)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (url) => {
      const bits = [...createHash('sha256').update(url).digest()].map((octet) => octet.toString(2).padStart(8, '0'))
      const fives = bits.join('').slice(0, 60).match(/.{5}/g) as string[]
      expect(linkKey(url)).toBe(
        fives.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)]).join(''),
      )
    }),
  )
})

test('every link to the web may lead through a redirect, by a key of its own; the same address by the same key', async () => {
  const compiled = await compileText(EVERY_KIND)
  expect(linksIn(compiled.html)).toEqual(COUNTED)
  const hrefs = hrefsOf(counted(compiled))
  const through = hrefs.filter((href) => href.startsWith(BEGINNING)).map((href) => href.slice(BEGINNING.length))
  // The address that stands there twice, and the video with its thumbnail.
  expect(through.sort()).toEqual([...COUNTED, COUNTED[0], COUNTED[3]].map((url) => linkKey(url as string)).sort())
  expect(new Set(through).size).toBe(COUNTED.length)
})

test('what is the reader’s own, mail and pictures never lead through it, and the text part has plain addresses', async () => {
  const compiled = await compileText(EVERY_KIND)
  const html = counted(compiled)
  const plain = hrefsOf(html).filter((href) => !href.startsWith(BEGINNING))
  expect(plain.sort()).toEqual(
    [
      ...['mailto:help@x.example', 'https://pairpost.example/apply/2016A', 'https://x.example/bare'],
      // What the writer put there, and the line under every message.
      ...Array(2).fill('https://pairpost.example/u/abc?x=1&amp;y=2'),
      'https://pairpost.example/p/preferences/abc',
    ].sort(),
  )
  for (const picture of ['cat', 'top', 'thumbnail']) expect(html).toContain(`src="https://x.example/${picture}.png"`)
  const { text } = renderMessage(compiled, { ...valuesWith(), [REDIRECT]: BEGINNING })
  for (const url of COUNTED) expect(text).toContain(url)
  expect(text).not.toContain(BEGINNING)
  expect(html).toContain('title="Said twice"')
})

test.each([
  ['https://x.example/a', 'https://x.example/a', false],
  ['<https://x.example/a>', 'https://x.example/a', false],
  ['[https://x.example/a](https://x.example/a?from=mail)', 'https://x.example/a?from=mail', false],
  ['[see HTTP://X.example](https://x.example/a)', 'https://x.example/a', false],
  ['[www.x.example](https://x.example/a)', 'https://x.example/a', false],
  ['[x.example](https://www.x.example/a)', 'https://www.x.example/a', false],
  ['[**x.example**/a ](https://x.example/a)', 'https://x.example/a', false],
  ['[bücher.example](https://bücher.example/a)', 'https://xn--bcher-kva.example/a', false],
  ['[x.example/a](https://x.example/a){.button}', 'https://x.example/a', false],
  ['[Node.js](https://nodejs.example/)', 'https://nodejs.example/', true],
  ['[the guide of x.example](https://x.example/a)', 'https://x.example/a', true],
  ['[awww.how nice](https://x.example/a)', 'https://x.example/a', true],
  ['[![x.example](https://x.example/cat.png)](https://x.example/a)', 'https://x.example/a', true],
])('a link that shows an address leads there and nowhere else: %s', async (body_markdown, url, isCounted) => {
  const compiled = await compileText({ body_markdown })
  expect(linksIn(compiled.html)).toEqual(isCounted ? [url] : [])
  expect(hrefsOf(counted(compiled))).toContain(isCounted ? BEGINNING + linkKey(url) : url)
})

test('so does one beside the text whose title is an address', async () => {
  const [video, more] = ['https://video.example/1', 'https://x.example/more']
  const extras = {
    ...NO_EXTRAS,
    video: { url: video, title: video },
    links: [{ title: 'x.example/more', url: more }],
  }
  const compiled = await compileText({ body_markdown: 'Words.', extras })
  expect(linksIn(compiled.html)).toEqual([])
  expect(hrefsOf(counted(compiled))).toEqual(expect.arrayContaining([video, more]))
})

test('where nobody counts, the message is what it was before there were redirects', async () => {
  const compiled = await compileText(EVERY_KIND)
  const { html } = renderMessage(compiled, valuesWith())
  expect(html).toContain('href="https://x.example/a?b=1&amp;c=2"')
  expect(html).not.toContain(BEGINNING)
  // Redirects put back by what they stand for.
  const back = COUNTED.reduce(
    (text, url) => text.replaceAll(BEGINNING + linkKey(url), url.replaceAll('&', '&amp;')),
    counted(compiled),
  )
  expect(back).toBe(html)
})

test('automatic email has nothing to count', async () => {
  const compiled = await compileVariant({ language: 'en', lane: 'automatic', text: textWith(EVERY_KIND) })
  expect(linksIn(compiled.html)).toEqual([])
  expect(compiled.html.filter((piece) => typeof piece !== 'string' && !('field' in piece))).toEqual([])
  expect(JSON.stringify(compiled)).not.toMatch(/reader\.(opening|redirect)/)
})

test('what was compiled before there were redirects reads as it did, and counts nothing', async () => {
  const compiled = await compileText(EVERY_KIND)
  const before: Compiled = { ...compiled, html: placeLinks(compiled.html, { counted: false }) }
  expect(linksIn(before.html)).toEqual([])
  expect(counted(before)).toBe(renderMessage(compiled, valuesWith()).html)
})

test('the picture that tells of an opening ends the message of who agreed, and nobody else has any', async () => {
  const compiled = await compileText()
  const write = (opening: string) =>
    renderMessage(compiled, { ...valuesWith(), 'reader.opening': opening }).html.match(/<img[^>]*><\/body>/)?.[0]
  expect(write('')).toBeUndefined()
  expect(write('https://pairpost.example/t/token?a=1&b=2')).toBe(
    '<img src="https://pairpost.example/t/token?a=1&amp;b=2" alt="" width="1" height="1" role="presentation"></body>',
  )
})

test('right to left, links lead through their redirects all the same', async () => {
  const compiled = await compileText({ body_markdown: 'مرحبا [الدليل](https://x.example/دليل?س=1&ص=2).' }, 'ar')
  expect(compiled.direction).toBe('rtl')
  const [url] = linksIn(compiled.html)
  expect(new URL(url as string).href).toBe(new URL('https://x.example/دليل?س=1&ص=2').href)
  expect(hrefsOf(counted(compiled))).toContain(BEGINNING + linkKey(url as string))
})

const LONG = `https://x.example/?q=${'a'.repeat(3000 - 21)}`

test.each([
  ['an ampersand', 'https://x.example/?a=1&amp=2&b=3', 'https://x.example/?a=1&amp=2&b=3'],
  ['quotes', `https://x.example/?q=%22a%22%27b%27`, `https://x.example/?q=%22a%22%27b%27`],
  ['a name in other letters', 'https://bücher.example/straße', 'https://xn--bcher-kva.example/stra%C3%9Fe'],
  ['what ends a line in quoted-printable', 'https://x.example/=3D==?a=b', 'https://x.example/=3D==?a=b'],
  ['3,000 characters', LONG, LONG],
])('a link with %s is the same in the text and beside it', async (_what, written, url) => {
  const compiled = await compileText({
    body_markdown: `[In the text](<${written}>)`,
    extras: { ...NO_EXTRAS, links: [{ title: 'Beside it', url: `${written} `.trim() }] },
  })
  expect(linksIn(compiled.html)).toEqual([url])
  const html = renderMessage(compiled, valuesWith()).html
  const href = url.replaceAll('&', '&amp;')
  expect(hrefsOf(html).filter((one) => one === href)).toHaveLength(2)
  expect(hrefsOf(counted(compiled)).filter((one) => one === BEGINNING + linkKey(url))).toHaveLength(2)
  // A header of an answer can hold it.
  expect(url).toMatch(/^[\x21-\x7e]+$/)
})

test('an address of more than 4,000 characters is refused with a sentence, in the text and beside it', async () => {
  const url = `https://x.example/${'a'.repeat(4001 - 18)}`
  expect(url).toHaveLength(4001)
  for (const change of [
    { body_markdown: `[The guide](${url})` },
    { extras: { ...NO_EXTRAS, links: [{ title: 'The guide', url }] } },
    // Short to read, long once it is written in letters that every program understands.
    { body_markdown: `[The guide](https://x.example/${'漢'.repeat(500)})` },
  ]) {
    const findings = checkVariant({ language: 'en', lane: 'campaign', text: textWith(change), compiled: undefined })
    expect(findings).toMatchObject([{ level: 'problem', code: 'link_malformed' }])
    expect(findings[0]?.message).toMatch(
      /^The link or picture "The guide" leads to an address of 4,\d{3} characters; 4,000 are the most\. Use a shorter one\.$/,
    )
    await expect(compileText(change)).rejects.toThrow()
  }
  expect(linksIn((await compileText({ body_markdown: `[The guide](${url.slice(0, -1)})` })).html)).toHaveLength(1)
})

test('the size of the HTML is that of the message as it leaves, redirects and picture with it', async () => {
  const links = Array.from({ length: 300 }, (_, at) => `[Part ${at}](https://x.example/${at})`).join(' ')
  const text = textWith({ body_markdown: `${links} ${'word '.repeat(8700)}` })
  const compiled = await compileText(text)
  const beginning = `https://pairpost.example/t/${'x'.repeat(28)}`
  const bytesWith = (redirect: string | undefined, opening: string) => {
    const values = { ...valuesWith(), [REDIRECT]: redirect ?? '', 'reader.opening': opening }
    const pieces = placeLinks(compiled.html, { counted: redirect !== undefined })
    return Buffer.byteLength(renderPieces(pieces, values, escapesOf('ltr').html))
  }
  const check = (redirect: string | undefined) =>
    checkVariant({
      ...{ language: 'en', lane: 'campaign', text, compiled },
      tracking: { redirect, opening: beginning },
    }).filter(({ code }) => /^html_/.test(code))
  const [plain, through] = [bytesWith(undefined, beginning), bytesWith(`${beginning}/`, beginning)]
  expect(plain).toBeLessThan(90 * 1024)
  expect(check(undefined)).toEqual([])
  expect(through).toBeGreaterThan(90 * 1024)
  expect(check(`${beginning}/`)).toMatchObject([{ message: expect.stringMatching(/^The email has \d+ KB of HTML/) }])
  const said = Number(/has (\d+) KB/.exec(check(`${beginning}/`)[0]?.message ?? '')?.[1])
  expect(Math.abs(said * 1024 - through)).toBeLessThan(1024)
})
