import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  checkVariant,
  compileVariant,
  parseTopicFile,
  renderMessage,
} from '../../../../src/features/campaigns/content/index.ts'
import { valuesWith } from './texts.ts'

const FOLDER = 'demo/topics'
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'))
const readTopic = (name: string) =>
  parseTopicFile(readFileSync(`${FOLDER}/${name}`, 'utf8'), 'https://x.example/pictures')

test('there are nine topics and four translations', () => {
  expect(FILES).toHaveLength(13)
  expect(FILES.map((name) => readTopic(name).language).filter((language) => language !== 'en')).toEqual([
    'ar',
    'es',
    'fr',
    'fr',
  ])
})

describe.each(FILES)('%s', (name) => {
  test('compiles, passes its checks without a problem, and is small', async () => {
    const text = readTopic(name)
    const compiled = await compileVariant({ language: text.language, lane: 'campaign', text })
    const findings = checkVariant({ language: text.language, lane: 'campaign', text, compiled })
    expect(findings).toEqual([])

    const { subject, html, text: plain } = renderMessage(compiled, valuesWith({}, text.language))
    expect(Buffer.byteLength(html)).toBeLessThan(90 * 1024)
    expect(`${subject}${html}${plain}`).not.toMatch(/\{\{|\}\}|undefined|\[object/)
    expect(html).toContain('https://x.example/pictures/'.slice(0, text.extras.image ? undefined : 0))
    expect(html).toContain('href="https://pairpost.example/u/abc?x=1&amp;y=2"')
    expect(plain).toContain('https://pairpost.example/u/abc?x=1&y=2\n')
    for (const link of text.extras.links) {
      expect(html).toContain(`href="${link.url}"`)
      expect(plain).toContain(link.url)
    }
    for (const line of plain.split('\n')) if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(90)
    expect(compiled.links).toContain(text.extras.links[0]?.url)
  })
})

test('a topic in Arabic runs from right to left in both parts', async () => {
  const text = readTopic('01-getting-to-know-you.ar.md')
  const compiled = await compileVariant({ language: 'ar', lane: 'campaign', text })
  const { html, text: plain } = renderMessage(compiled, valuesWith({ given_name: 'Anna' }, 'ar'))

  expect(html).toMatch(/<html lang="ar" dir="rtl"/)
  expect(html).not.toMatch(/direction:ltr|dir="ltr"/)
  expect(html).toMatch(/direction:rtl/)
  expect(html).toMatch(/<div dir="rtl"><p[^>]*>مرحبًا <bdi>Anna<\/bdi>،/)
  expect(html).toMatch(/<ul style="[^"]*padding-right:24px/)

  const lines = plain.split('\n').filter((line) => line !== '')
  for (const line of lines) {
    if (line.includes('https://')) expect(line).toMatch(/^https:\/\/\S+$/)
    else expect(line).toMatch(/^\u200F/)
  }
  // The Latin name is isolated, so that the comma after it stays where it belongs.
  expect(lines[0]).toBe('\u200Fمرحبًا \u2068Anna\u2069،')
})

test('a topic is dark where the reader wants it, and reads without pictures', async () => {
  const text = readTopic('01-getting-to-know-you.md')
  const { html } = renderMessage(await compileVariant({ language: 'en', lane: 'campaign', text }), valuesWith())
  expect(html).toContain('@media (prefers-color-scheme: dark)')
  expect(html).toContain('<meta name="color-scheme" content="light dark">')
  expect(html).toMatch(/<img alt="Two librarians[^"]*" src="[^"]*" style="[^"]*" width="600"/)
  expect(html).toMatch(/max-width:600px/)
  expect(html).toMatch(/<title>Topic 1: Getting to know you<\/title>/)
  expect(html).toContain('>Say hello, tell your story, and agree on how you will keep in touch.&#847;')
})

test('a video is a linked card, a thumbnail a linked picture, a curator a line', async () => {
  const text = readTopic('05-professional-development.md')
  const thumbnail_url = 'https://video.example/lunch.jpg'
  const video = text.extras.video && { ...text.extras.video, thumbnail_url }
  const compiled = await compileVariant({
    language: 'en',
    lane: 'campaign',
    text: { ...text, extras: { ...text.extras, video } },
  })
  const { html, text: plain } = renderMessage(compiled, valuesWith())
  expect(html).toContain('Guest curator: Marisol Quiroga and Benny Tan')
  expect(html).toMatch(
    /<a href="https:\/\/video\.example\/watch[^>]*>\s*<img[^>]*src="https:\/\/video\.example\/lunch\.jpg"/,
  )
  expect(plain).toContain('Guest curator: Marisol Quiroga and Benny Tan')
  expect(plain).toContain('https://video.example/watch/learning-on-a-lunch-break')
})

test('front matter that calls itself JavaScript is refused, and so is a key of the wrong kind', () => {
  expect(() => parseTopicFile('---js\n{ subject: process.exit(1) }\n---\nHello', 'https://x.example')).toThrow(
    /front matter/,
  )
  expect(() => parseTopicFile('---\nsubject: [a\n---\nHello', 'https://x.example')).toThrow(/cannot be read/)
  expect(() => parseTopicFile('---\nsubject: 5\nlinks: no\nlocale: qqq\n---\n', 'https://x.example')).toThrow(
    /locale.*subject.*links/s,
  )
})

test('the other prepared emails are read too', () => {
  const email = parseTopicFile(readFileSync('demo/emails/check-in.md', 'utf8'), 'https://x.example')
  expect(email).toMatchObject({ slug: 'check-in', number: null, language: 'en', extras: { image: null, links: [] } })
  expect(email.body_markdown).toMatch(/^Dear/)
})
