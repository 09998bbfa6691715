import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddress } from '../../src/lib/address.ts'

test.each([
  ['  Anna.Carter@Uni-AU.example ', 'anna.carter@uni-au.example'],
  ['Anna Carter <anna@library.example>', 'anna@library.example'],
  ['"Carter, Anna" <anna@library.example>', 'anna@library.example'],
  ['<anna@library.example>', 'anna@library.example'],
  ['anna@library.example <ANNA@library.example>', 'anna@library.example'],
  ['mailto:anna@library.example?subject=Hello', 'anna@library.example'],
  ['\ufeffanna@library.example\u200b', 'anna@library.example'],
  ["o'brien+list@library.example", "o'brien+list@library.example"],
  ['anna@Bücherei.example', 'anna@xn--bcherei-n2a.example'],
  ['anna@例え。テスト', 'anna@xn--r8jz45g.xn--zckzah'],
])('%j is read as %s', (text, address) => {
  expect(parseAddress(text)).toMatchObject({ ok: true, address, needs_smtputf8: false })
})

test('a local part in another script is kept and marked', () => {
  expect(parseAddress('用户@library.example')).toEqual({
    ok: true,
    address: '用户@library.example',
    domain: 'library.example',
    needs_smtputf8: true,
  })
})

test.each([
  ['', /missing/],
  [' \t ', /missing/],
  ['anna', /no @/],
  ['anna@', /nothing after/],
  ['@library.example', /nothing before/],
  ['anna@b@library.example', /more than one @/],
  ['anna@library.example, ben@library.example', /more than one address/],
  ['anna@library.example <ben@library.example>', /more than one address/],
  ['anna@library.example\r\nBcc: ben@library.example', /line break/],
  ['an\u0000na@library.example', /control character/],
  ['an na@library.example', /space/],
  ['an\u00a0na@library.example', /space/],
  ['an\u202ena@library.example', /invisible/],
  ['anna@library', /no dot/],
  ['anna@library..example', /dot/],
  ['anna@.library.example', /dot/],
  ['anna@library.example.', /dot/],
  ['.anna@library.example', /dot/],
  ['an..na@library.example', /dot/],
  ['anna@192.0.2.1', /top-level/],
  ['anna@[192.0.2.1]', /number in brackets/],
  ['anna@-library.example', /not a valid domain/],
  ['anna@lib_rary.example', /character/],
  ['anna@libr%61ry.example', /character/],
  ['"anna"@library.example', /character/],
  [`${'a'.repeat(65)}@library.example`, /65 characters; 64/],
  [`${'é'.repeat(33)}@library.example`, /66 characters; 64/],
  [`anna@${'a'.repeat(64)}.example`, /too long/],
  [`anna@${`${'a'.repeat(50)}.`.repeat(5)}example`, /too long|254/],
  [`${'a'.repeat(300)}@library.example`, /characters/],
  [`anna@${'a.'.repeat(5000)}example`, /254/],
])('%j is refused with a sentence', (text, message) => {
  const parsed = parseAddress(text)
  expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(message) })
  expect(!parsed.ok && parsed.message).toMatch(/\.$|\)\.$/)
})

test('sizes are exact: 64 octets before the @ and 254 in all', () => {
  const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(61)}`
  expect(domain).toHaveLength(189)
  expect(parseAddress(`${'x'.repeat(64)}@${domain}`)).toMatchObject({ ok: true })
  expect(parseAddress(`${'x'.repeat(64)}@${domain}c`)).toMatchObject({ ok: false })
})

test('what was read is read again as itself, and never holds what breaks a mail header', () => {
  const anything = fc.oneof(
    fc.emailAddress(),
    fc.string({ unit: 'grapheme' }),
    fc.tuple(fc.string({ unit: 'grapheme' }), fc.domain()).map(([local, domain]) => `${local}@${domain}`),
    fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map((parts) => parts.join('@')),
  )
  fc.assert(
    fc.property(anything, (text) => {
      const parsed = parseAddress(text)
      if (!parsed.ok) return
      expect(parseAddress(parsed.address)).toEqual(parsed)
      expect(parsed.address).toMatch(/^[^\s@<>",;:\\()[\]\p{Cc}]+@[a-z0-9.-]+\.[a-z0-9-]+$/u)
      expect(Buffer.byteLength(parsed.address)).toBeLessThanOrEqual(254)
    }),
    { numRuns: 2000 },
  )
})

test('every plain address is read', () => {
  fc.assert(
    fc.property(fc.emailAddress({ size: 'small' }), (text) => {
      expect(parseAddress(text)).toMatchObject({ ok: true, address: text.toLowerCase() })
    }),
  )
})
