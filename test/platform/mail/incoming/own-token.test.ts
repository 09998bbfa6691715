import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signToken, tokenKeys } from '../../../../src/lib/tokens.ts'
import { findOwnMessageIds, findTokens } from '../../../../src/platform/mail/incoming/index.ts'

const KEYS = tokenKeys(['a secret of some length'])
const DOMAIN = 'programme.example'
const PURPOSES = { reply: 'reply', bounce: 'bounce', u: 'unsubscribe' } as const

/** As other systems write an address of ours. */
const WRAPPERS: Record<string, (local: string) => string> = {
  plain: (local) => `${local}@${DOMAIN}`,
  named: (local) => `"Programme, 2016A" <${local}@${DOMAIN}>`,
  quoted: (local) => `"${local}"@${DOMAIN}`,
  BATV: (local) => `prvs=0123abcdef=${local}@${DOMAIN}`,
  'old BATV': (local) => `btv1==123abcdef==${local}@${DOMAIN}`,
  SRS0: (local) => `SRS0=HHH=TT=${DOMAIN}=${local}@forwarder.example`,
  SRS1: (local) => `SRS1=HHH=second.example==HHH=TT=${DOMAIN}=${local}@forwarder.example`,
  VERP: (local) => `list-bounces+${local}=${DOMAIN}@list.example`,
  'quoted-printable': (local) => `${local.replace('+', '=2B')}=40${DOMAIN}`,
  url: (local) => `mailto:${local.replace('+', '%2B')}%40${DOMAIN}?subject=unsubscribe`,
  minus: (local) => `${local.replace('+', '-')}@${DOMAIN}`,
}

const localPart = fc
  .tuple(fc.constantFrom('reply', 'bounce', 'u'), fc.integer({ min: 1, max: 2 ** 47 }))
  .map(([word, id]) => {
    const purpose = PURPOSES[word as keyof typeof PURPOSES]
    const token = signToken(KEYS, purpose, id)
    return { purpose, token, local: `${word}+${token}` }
  })
const casing = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => [...text].map((letter, at) => (at % 2 ? letter.toUpperCase() : letter)).join(''),
)

describe('a token of ours', () => {
  test('is found in every wrapper, in any case', () => {
    fc.assert(
      fc.property(
        localPart,
        fc.constantFrom(...Object.values(WRAPPERS)),
        casing,
        ({ purpose, token, local }, wrap, change) => {
          const text = `some <words@before.example>, ${change(wrap(local))}; and <after@it.example>`
          expect(findTokens(text, 'to', DOMAIN)).toContainEqual({ purpose, token, from: 'to' })
        },
      ),
    )
  })

  test('is not seen in an address of somebody else, unless a server of ours wrote it down', () => {
    const { token } = { token: signToken(KEYS, 'bounce', 7) }
    const text = `bounce+${token}@other.example`
    expect(findTokens(`${text}, <hello@${DOMAIN}>`, 'to', DOMAIN)).toEqual([])
    expect(findTokens(text, 'delivered_to')).toEqual([{ purpose: 'bounce', token, from: 'delivered_to' }])
  })

  test('is given once however often it stands there', () => {
    const address = `reply+${signToken(KEYS, 'reply', 7)}@${DOMAIN}`
    expect(findTokens(`${address}, ${address.toUpperCase()}`, 'to', DOMAIN)).toHaveLength(1)
  })

  test('a truncated one is not found, and no text makes it throw', () => {
    expect(findTokens(`reply+${signToken(KEYS, 'reply', 7).slice(0, 20)}@${DOMAIN}`, 'to', DOMAIN)).toEqual([])
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(Array.isArray(findTokens(text, 'to', DOMAIN))).toBe(true)
        expect(Array.isArray(findOwnMessageIds(text, DOMAIN))).toBe(true)
      }),
    )
  })

  test('a megabyte of what nearly is one is read at once', () => {
    const start = performance.now()
    for (const text of [
      'reply+'.repeat(200_000),
      `u+${'a'.repeat(1_000_000)}`,
      'u-'.repeat(500_000),
      '1.'.repeat(500_000),
    ]) {
      findTokens(text, 'to', DOMAIN)
      findOwnMessageIds(text, DOMAIN)
    }
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('a Message-ID of ours', () => {
  test('is found among others, in any case, and not of another domain', () => {
    const own = `12.${signToken(KEYS, 'resend', 12)}@${DOMAIN}`
    expect(findOwnMessageIds(`<a@b.example> <${own}>`, DOMAIN)).toEqual([own])
    expect(findOwnMessageIds(`<${own.toUpperCase()}> <${own}>`, 'Programme.EXAMPLE')).toEqual([own])
    expect(findOwnMessageIds(`<${own}.evil.example> <${own.replace(DOMAIN, 'other.example')}>`, DOMAIN)).toEqual([])
  })
})
