import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MOST_TRIES, TRIED_FOR_MS, waitAfter } from '../../../src/features/webhooks/rules.ts'

test('nine waits follow ten tries, never shorter than planned and never a tenth longer', () => {
  const tries = fc.integer({ min: 1, max: MOST_TRIES - 1 })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(tries, random, (made, chance) => {
      const [wait, planned] = [waitAfter(made, chance) ?? 0, waitAfter(made, 0) ?? 0]
      return planned > 0 && wait >= planned && wait <= planned * 1.1 + 1
    }),
  )
  for (const made of [MOST_TRIES, MOST_TRIES + 1, 100]) expect(waitAfter(made, 0)).toBeUndefined()
})

test('a message is tried for a little over three days', () => {
  expect(TRIED_FOR_MS / 3_600_000).toBeCloseTo(75.58, 1)
})
