import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleOf } from '../../../../src/features/reports/delivery/example.ts'

test.each([
  ['nothing', null, 'a@x.example', ''],
  ['an address in capitals', '550 <ADA.L@X.EXAMPLE> unknown', 'ada.l@x.example', '550 <…> unknown'],
  ['its local part alone', "mailbox 'ada.l' is full", 'ada.l@x.example', "mailbox '…' is full"],
  ['a short local part, which is a word of its own', 'no such user', 'no@x.example', 'no such user'],
  ['a short local part that is quoted', "<ana>: no mailbox 'Ana'", 'ana@x.example', "<…>: no mailbox '…'"],
  ['another address', 'forwarded to bob@y.example.', 'ada.l@x.example', 'forwarded to …'],
  ['several lines', '550-first\r\n550 second', null, '550-first 550 second'],
  ['an address that is a pattern', 'user a.*+(b)@x.example is gone', 'a.*+(b)@x.example', 'user … is gone'],
])('%s', (_, words, address, expected) => {
  expect(exampleOf(words, address)).toBe(expected)
})

test('no address is ever left, and no example is long, whatever a server says', () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.string(), fc.string(), (address, before, after) => {
      const example = exampleOf(`${before} <${address}> ${after}`, address)
      expect(example.toLowerCase()).not.toContain(address.toLowerCase())
      expect(example.length).toBeLessThanOrEqual(161)
    }),
  )
})

test('a server that says very much is read in no time', () => {
  expect(exampleOf('a@'.repeat(500_000), 'a@x.example').length).toBeLessThanOrEqual(161)
})
