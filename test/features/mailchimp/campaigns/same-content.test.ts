import { expect, test } from 'vitest'
import { isSameContent } from '../../../../src/features/mailchimp/campaigns/same-content.ts'

const html =
  '<html><body><p style="margin:0">Caf\u00e9 &amp; tea, *|FNAME|*</p><a href="https://x.example/?a=1&amp;b=2">Read</a></body></html>'
const given = { html, plain_text: 'Caf\u00e9\nhttps://x.example/' }
const kept = (change: (html: string) => string) => isSameContent(given, { ...given, html: change(html) })

test('markup written in another way is the same', () => {
  expect(
    kept((text) => `<!DOCTYPE html>\r\n<!-- kept -->${text.replace('<p style="margin:0">', '<p\n class="x">\n')}`),
  ).toBe(true)
  expect(kept((text) => text.replace('\u00e9', '&#233;').replace('&amp;b', '&#38;b'))).toBe(true)
  expect(kept((text) => text.replace('<body>', '<body><style>p { margin: 0 }</style>'))).toBe(true)
})

test('other words, tags, links, or a cut are not', () => {
  expect(kept((text) => text.replace('tea', 'milk'))).toBe(false)
  expect(kept((text) => text.replace('*|FNAME|*', ''))).toBe(false)
  expect(kept((text) => text.replace('x.example', 'y.example'))).toBe(false)
  expect(kept((text) => text.slice(0, 60))).toBe(false)
  expect(isSameContent(given, { ...given, plain_text: '' })).toBe(false)
  expect(kept((text) => text.replace('\u00e9', '&#99999999;'))).toBe(false)
})
