import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signToken, tokenKeys, verifyToken } from '../../src/lib/tokens.ts'

const keys = tokenKeys(['the present key of this installation', 'the key of last year'])

test('a token gives back the id it was made for, also in capital letters', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 47 }), (id) => {
      const token = signToken(keys, 'reply', id)
      expect(token).toMatch(/^[a-z2-7]{28}$/)
      expect(verifyToken(keys, 'reply', token)).toBe(id)
      expect(verifyToken(keys, 'reply', token.toUpperCase())).toBe(id)
    }),
  )
})

test('a token of last year still verifies, one of a stranger does not', () => {
  expect(verifyToken(keys, 'reply', signToken(tokenKeys(['the key of last year']), 'reply', 7))).toBe(7)
  expect(verifyToken(keys, 'reply', signToken(tokenKeys(['another key']), 'reply', 7))).toBeUndefined()
})

test('a token for one purpose is worth nothing for another', () => {
  expect(verifyToken(keys, 'unsubscribe', signToken(keys, 'reply', 7))).toBeUndefined()
})

test('a token changed in any character, cut or lengthened is refused', () => {
  const token = signToken(keys, 'bounce', 123_456)
  for (let at = 0; at < token.length - 1; at++) {
    const other = token[at] === 'a' ? 'b' : 'a'
    expect(verifyToken(keys, 'bounce', token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined()
  }
  expect(verifyToken(keys, 'bounce', token.slice(0, -2))).toBeUndefined()
  expect(verifyToken(keys, 'bounce', `${token}aa`)).toBeUndefined()
  expect(verifyToken(keys, 'bounce', '')).toBeUndefined()
})
