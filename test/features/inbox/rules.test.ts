import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Guess } from '../../../src/features/inbox/index.ts'
import { answerSubject } from '../../../src/features/inbox/index.ts'
import {
  pointsOf,
  SCORE_THRESHOLD,
  scoreBounces,
  suppressesAtOnce,
} from '../../../src/features/inbox/read/bounce-score.ts'
import { planReply, type ReplyFacts } from '../../../src/features/inbox/read/reply-rules.ts'
import { outsideAddress } from '../../../src/features/inbox/read/sender-check.ts'
import { parseMailboxUrl } from '../../../src/features/inbox/receive/imap-settings.ts'
import { isOwnAddress } from '../../../src/features/inbox/receive/own-address.ts'
import { findSignatureFault } from '../../../src/features/inbox/receive/signature.ts'

const delivery = {
  ...{ id: 1, campaign_id: 1, campaign_kind: 'confirmation', is_test: false, person_id: 1, contact_id: null },
  ...{ address: 'ana@library.example', round_id: 1, round_names: ['2016A'] },
}

const someGuess: fc.Arbitrary<Guess> = fc.record({
  decision: fc.constantFrom('confirm', 'decline', 'question', 'mixed', 'auto_reply', 'unsubscribe', 'empty', 'other'),
  acts: fc.boolean(),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  words: fc.array(fc.constantFrom('yes', 'unsubscribe', 'no'), { maxLength: 3 }),
  language: fc.constantFrom('en', null),
  because: fc.constant('The reply neither agrees nor declines.'),
})

const someFacts: fc.Arbitrary<ReplyFacts> = fc.record({
  guess: someGuess,
  visible: fc.constantFrom('Yes.', 'Unsubscribe!', '', 'no, but'),
  origin: fc.record({
    delivery: fc.constantFrom(
      undefined,
      ...['confirmation', 'reminder', 'topic', 'automatic'].flatMap((campaign_kind) => [
        { ...delivery, campaign_kind },
        { ...delivery, campaign_kind, is_test: true },
      ]),
    ),
    found_by: fc.constantFrom('token', 'in_reply_to', 'references', 'address', null),
    person_id: fc.constantFrom(1, null),
    is_ambiguous: fc.boolean(),
    has_bad_token: fc.boolean(),
    is_from_person: fc.boolean(),
    is_from_another: fc.boolean(),
  }),
  has_sender: fc.boolean(),
  dmarc: fc.constantFrom('pass', 'fail', 'none', 'temperror', 'unchecked'),
  is_automatic: fc.boolean(),
  is_cut: fc.boolean(),
})

describe('who may answer for somebody', () => {
  test('an answer is recorded only when everything speaks for it', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const plan = planReply(facts)
        if (plan.do !== 'answer') return
        const { guess, origin } = facts
        expect(guess.acts && guess.decision === (plan.answer === 'confirmed' ? 'confirm' : 'decline')).toBe(true)
        expect(['confirmation', 'reminder']).toContain(origin.delivery?.campaign_kind)
        expect([origin.delivery?.is_test, origin.is_ambiguous, facts.is_automatic, facts.is_cut]).toEqual(
          Array(4).fill(false),
        )
        expect(['fail', 'temperror', 'unchecked']).not.toContain(facts.dmarc)
        expect(facts.has_sender && !origin.is_from_another && origin.person_id !== null).toBe(true)
        expect(origin.is_from_person || origin.found_by === 'token').toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  test('whatever is left to a person says why in a sentence', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const plan = planReply(facts)
        if (plan.do === 'ask') expect(plan.why).toMatch(/^[A-Z].{10,}\.$/s)
        if (plan.do === 'unsubscribe') expect(facts.origin.is_from_person && facts.dmarc !== 'fail').toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

const day = (number: number, hour = 12) => new Date(Date.UTC(2016, 2, 1 + number, hour))

describe('what bounces say of an address', () => {
  test.each([
    ['hard ones on five days', [0, 1, 2, 3, 4].map((at) => ({ class: 'hard', at: day(at) })), 5],
    ['soft ones on ten days', Array.from({ length: 10 }, (_, at) => ({ class: 'soft', at: day(at) })), 5],
    ['many on one day', Array.from({ length: 20 }, (_, at) => ({ class: 'hard', at: day(0, at) })), 1],
    [
      'the worst of a day counts',
      [
        { class: 'soft', at: day(0, 1) },
        { class: 'hard', at: day(0, 2) },
        { class: 'full', at: day(0, 3) },
      ],
      1,
    ],
    [
      'after a week without one it begins anew',
      [...[0, 1, 2, 3].map((at) => ({ class: 'hard', at: day(at) })), { class: 'hard', at: day(11) }],
      1,
    ],
    [
      'a week to the hour goes on',
      [
        { class: 'hard', at: day(0) },
        { class: 'hard', at: day(7) },
      ],
      2,
    ],
    [
      'what was refused for what was in it, or for where it came from',
      Array.from({ length: 20 }, (_, at) => ({ class: at % 2 ? 'policy' : 'blocked', at: day(at) })),
      0,
    ],
    ['nothing', [], 0],
  ])('%s', (_what, bounces, score) => {
    expect(scoreBounces(bounces)).toBe(score)
  })

  test('in whatever order they are read, the score is the same, at most a point a day, and never below nothing', () => {
    const bounce = fc.record({
      class: fc.constantFrom('hard', 'soft', 'policy', 'full', 'blocked', 'unknown', null),
      at: fc.integer({ min: 0, max: 60 * 24 }).map((hours) => new Date(Date.UTC(2016, 2, 1, hours))),
    })
    fc.assert(
      fc.property(fc.array(bounce, { maxLength: 40 }), (bounces) => {
        const score = scoreBounces(bounces)
        const days = new Set(bounces.filter((one) => pointsOf(one) > 0).map(({ at }) => at.toISOString().slice(0, 10)))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(days.size)
        expect(scoreBounces(bounces.toReversed())).toBe(score)
      }),
    )
    expect(SCORE_THRESHOLD).toBe(5)
  })

  test('only a report about our own address stops it at once', () => {
    const recipient = { action: 'failed', status: '5.1.1', diagnostic: '', class: 'hard', suppress: true } as const
    expect(suppressesAtOnce({ ...recipient, address: 'a@b.example' }, 'a@b.example')).toBe(true)
    expect(suppressesAtOnce({ ...recipient, address: null }, 'a@b.example')).toBe(true)
    expect(suppressesAtOnce({ ...recipient, address: 'other@b.example' }, 'a@b.example')).toBe(false)
    expect(suppressesAtOnce({ ...recipient, address: 'a@b.example', suppress: false }, 'a@b.example')).toBe(false)
  })
})

test.each([
  ['203.0.113.9', 'smtp', '203.0.113.9'],
  ['::ffff:203.0.113.9', 'smtp', '203.0.113.9'],
  ['2001:db8::1', 'smtp', '2001:db8::1'],
  ['127.0.0.1', 'smtp', undefined],
  ['::ffff:10.1.2.3', 'smtp', undefined],
  ['172.20.0.4', 'smtp', undefined],
  ['192.168.1.1', 'smtp', undefined],
  ['fd00::1', 'smtp', undefined],
  ['203.0.113.9', 'lmtp', undefined],
  ['not an address', 'smtp', undefined],
  [null, 'imap', undefined],
])('SPF is asked about %s by %s: %s', (client_ip, source, expected) => {
  expect(outsideAddress({ client_ip, source })).toBe(expected)
})

test('mail is for us at our domain, at what we write from, and at postmaster', () => {
  const config = { mailDomain: 'mail.programme.example', mailFrom: 'ILN <hello@iln.example>' }
  for (const address of [
    'reply+x@mail.programme.example',
    'ANY@Mail.Programme.Example',
    'hello@iln.example',
    'Postmaster',
  ])
    expect(isOwnAddress(config, address)).toBe(true)
  for (const address of [
    'other@iln.example',
    'x@evil-mail.programme.example.org',
    'x@notmail.programme.example',
    'x@programme.example',
    '',
  ])
    expect(isOwnAddress(config, address)).toBe(false)
})

test('a mailbox address is taken apart, its password not in its name', () => {
  expect(parseMailboxUrl('imaps://ana%40iln.example:p%40ss@imap.iln.example/Replies%2F2016')).toEqual({
    ...{ name: 'ana@iln.example at imap.iln.example, Replies/2016', host: 'imap.iln.example', port: 993, secure: true },
    ...{ auth: { user: 'ana@iln.example', pass: 'p@ss' }, mailbox: 'Replies/2016' },
  })
  expect(parseMailboxUrl('imap://a:b@[::1]:1430')).toMatchObject({
    host: '::1',
    port: 1430,
    secure: false,
    mailbox: 'INBOX',
  })
  expect(parseMailboxUrl('imaps://ana:100%@h').auth).toEqual({ user: 'ana', pass: '100%' })
})

test('whatever stands in a signature, it is no exception and not right', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: -400, max: 400 }), (noise, seconds) => {
      const now = new Date('2016-03-01T09:00:00Z')
      const at = Math.floor(now.getTime() / 1000) + seconds
      const about = { body: Buffer.from('x'), secret: 'secret', now }
      for (const header of [noise, `t=${at},v1=${noise}`, `t=${noise},v1=00`])
        expect(findSignatureFault({ ...about, header })).toMatch(/^(X-Pairpost|The signature)/)
    }),
  )
})

test.each([
  ['Can you?', 'Re: Can you?'],
  ['Re: Can you?', 'Re: Can you?'],
  ['RE : x', 'RE : x'],
  [null, 'Re:'],
  ['x'.repeat(400), `Re: ${'x'.repeat(246)}`],
])('an answer to %s', (subject, expected) => {
  expect(answerSubject(subject)).toBe(expected)
})
