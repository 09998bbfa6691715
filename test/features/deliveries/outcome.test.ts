import { expect, test } from 'vitest'
import { decideOutcome, decideTrial, faultOutcome, isAccountLimit } from '../../../src/features/deliveries/outcome.ts'
import type { DialogueResult } from '../../../src/platform/mail/smtp-session.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const refused = (code: number, enhanced?: string, reachedData = false): DialogueResult => ({
  ...{ kind: 'refused', code, enhanced, reachedData },
  words: `${code} ${enhanced ?? ''} no`,
})

test('accepted is accepted, and an end without an answer is uncertain: never a guess, and both use budget', () => {
  expect(decideOutcome({ kind: 'accepted', code: 250, enhanced: '2.0.0', words: 'ok' }, 1)).toMatchObject({
    ...{ state: 'accepted', code: 250, counted: true, retry_ms: undefined, close_sender_ms: undefined },
  })
  expect(decideOutcome({ kind: 'unknown', words: 'dropped' }, 1)).toMatchObject({
    ...{ state: 'uncertain', code: undefined, counted: true, retry_ms: undefined, close_sender_ms: undefined },
  })
})

test.each([
  [451, '4.3.0', 'deferred'],
  [450, '4.2.0', 'deferred'],
  [450, '4.2.2', 'deferred'],
  [450, undefined, 'deferred'],
  [421, '4.3.2', 'deferred'],
  [454, '4.3.0', 'deferred'],
  [451, '4.7.1', 'deferred'],
  [550, '5.1.1', 'rejected'],
  [550, '5.1.2', 'rejected'],
  [552, '5.2.2', 'rejected'],
  [553, '5.6.7', 'rejected'],
  [550, undefined, 'rejected'],
  [554, '5.6.0', 'rejected'],
  [550, '5.7.13', 'rejected'],
] as const)('%i %s is about this person: %s, and the account stays open', (code, enhanced, state) => {
  expect(decideOutcome(refused(code, enhanced), 1)).toMatchObject({
    state,
    close_sender_ms: undefined,
    domain_refuses: false,
  })
})

test.each([
  [550, '5.4.5', HOUR],
  [554, '5.4.5', HOUR],
  [452, '4.5.3', MINUTE],
  [452, undefined, MINUTE],
  [421, '4.7.0', MINUTE],
  [421, '4.7.28', MINUTE],
  [450, '4.7.1', MINUTE],
  [454, '4.7.0', MINUTE],
] as const)(
  '%i %s is the account’s: it closes, and the person is tried again, even after the last try',
  (code, enhanced, ms) => {
    expect(isAccountLimit(code, enhanced)).toBe(true)
    for (const tries of [1, 9, 10, 50]) {
      expect(decideOutcome(refused(code, enhanced), tries)).toMatchObject({
        ...{ state: 'deferred', retry_ms: ms, close_sender_ms: ms, domain_refuses: false },
      })
    }
  },
)

test.each([
  [530, '5.7.0'],
  [530, undefined],
  [534, '5.7.9'],
  [535, '5.7.8'],
  [538, '5.7.11'],
  [553, '5.1.7'],
  [550, '5.1.8'],
] as const)(
  '%i %s refuses us, whoever the mail is for: nobody is rejected for it and no domain stopped',
  (code, enhanced) => {
    expect(decideOutcome(refused(code, enhanced), 20)).toMatchObject({
      ...{ state: 'deferred', close_sender_ms: MINUTE, domain_refuses: false },
    })
  },
)

test.each([
  [550, '5.7.1'],
  [554, '5.7.1'],
  [550, '5.7.26'],
  [554, '5.7.9'],
] as const)('%i %s is rejected, and counts against the domain', (code, enhanced) => {
  expect(decideOutcome(refused(code, enhanced), 1)).toMatchObject({
    state: 'rejected',
    domain_refuses: true,
    close_sender_ms: undefined,
  })
})

test('the waits between tries grow from a minute to 16 hours, then it is given up with the server’s own words', () => {
  const waits = Array.from({ length: 10 }, (_, at) => decideOutcome(refused(451, '4.3.0'), at + 1))
  expect(waits.slice(0, 9).map((outcome) => (outcome.retry_ms ?? 0) / MINUTE)).toEqual([
    1, 5, 15, 30, 60, 120, 240, 480, 960,
  ])
  expect(waits[9]).toMatchObject({
    state: 'rejected',
    code: 451,
    words: '451 4.3.0 no',
    retry_ms: undefined,
    domain_refuses: false,
  })
})

test('only what reached DATA uses budget', () => {
  expect(decideOutcome(refused(550, '5.1.1', false), 1).counted).toBe(false)
  expect(decideOutcome(refused(554, '5.6.0', true), 1).counted).toBe(true)
  expect(decideOutcome(refused(451, '4.3.0', true), 1).counted).toBe(true)
  expect(faultOutcome('gone')).toMatchObject({ state: 'rejected', counted: false, words: 'gone' })
})

const trial = (code: number, enhanced: string | undefined, address: string | null = 'ben@x.example') => {
  const words = `${code} ${enhanced ?? ''} no`
  return decideTrial({ kind: 'refused', address, code, enhanced, words }, 1)
}

test('a partner who is refused for now puts the introduction off as if it were their own reader, and uses no budget', () => {
  expect(trial(451, '4.3.0')).toMatchObject({
    ...{ state: 'deferred', counted: false, is_try: true, retry_ms: MINUTE, close_sender_ms: undefined },
    words: 'About the address of their partner: 451 4.3.0 no',
  })
})

test('a partner who is refused for good, or for the last time, ends it for both', () => {
  expect(trial(550, '5.1.1')).toMatchObject({
    ...{ state: 'skipped', skipped_reason: 'partner_unreachable', counted: false, domain_refuses: false },
    partner: {
      address: 'ben@x.example',
      code: 550,
      enhanced_code: '5.1.1',
      words: '550 5.1.1 no',
      domain_refuses: false,
    },
  })
  expect(trial(550, '5.7.1').partner).toMatchObject({ domain_refuses: true })
  const last = decideTrial(
    { kind: 'refused', address: 'b@x.example', code: 451, enhanced: undefined, words: '451' },
    10,
  )
  expect(last).toMatchObject({ state: 'skipped', partner: { code: 451 } })
})

test('what the server says about the account or about us means the same when a partner was asked about', () => {
  for (const [code, enhanced] of [
    [550, '5.4.5'],
    [452, '4.5.3'],
    [421, '4.7.0'],
    [530, '5.7.0'],
    [550, '5.1.8'],
  ] as const) {
    expect(trial(code, enhanced)).toEqual(decideOutcome(refused(code, enhanced), 1))
  }
  expect(trial(550, '5.1.1', null)).toEqual(decideOutcome(refused(550, '5.1.1'), 1))
  const gone = { kind: 'not_begun', words: 'gone' } as const
  expect(decideTrial(gone, 1)).toEqual(decideOutcome(gone, 1))
})
