import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countsByRecipient, violations, worstWindow } from './analyse.ts'
import type { SinkMessage } from './event.ts'

/** Counts every window (t - seconds, t] that ends with a message, one by one. */
function bruteForce(times: number[], seconds: number): number {
  const counts = times.map((until) => times.filter((time) => time <= until && until - time < seconds * 1000).length)
  return Math.max(0, ...counts)
}

function seen(times: Partial<Pick<SinkMessage, 'mail_at' | 'data_at' | 'dot_at'>>, rest: Partial<SinkMessage> = {}) {
  const message: SinkMessage = {
    event: 'message',
    id: 1,
    connection: 1,
    mail_from: 'a@b.example',
    rcpt: ['ana@lib.example'],
    refused: [],
    message_id: null,
    mail_at: 0,
    data_at: null,
    dot_at: null,
    bytes: 0,
    taken: true,
    reply: null,
    replied: true,
    fault: null,
    ...times,
    ...rest,
  }
  return message
}

describe('the worst window', () => {
  test('is what counting every window by hand gives', () => {
    const instants = fc.oneof(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 0, max: 20 }).map((tenths) => 1_700_000_000_000 + tenths * 500),
      fc.double({ min: 1_700_000_000_000, max: 1_700_000_005_000, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(instants, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (times, seconds) => {
        expect(worstWindow(times, seconds).count).toBe(bruteForce(times, seconds))
      }),
      { numRuns: 500 },
    )
  })

  test('is half-open: two messages exactly the window apart are never in one', () => {
    expect(worstWindow([0, 1000], 1).count).toBe(1)
    expect(worstWindow([0, 999.999], 1).count).toBe(2)
    expect(worstWindow([1_700_000_000_000.1, 1_700_000_001_000.1], 1).count).toBe(1)
  })

  test('of nothing is nothing', () => {
    expect(worstWindow([], 60)).toEqual({ count: 0, until: undefined })
  })
})

describe('violations', () => {
  test('are found at each of the three moments by itself', () => {
    const messages = [
      seen({ mail_at: 0, data_at: 100, dot_at: 200 }),
      seen({ mail_at: 1000, data_at: 1050, dot_at: 1300 }),
    ]
    expect(violations(messages, [{ count: 1, seconds: 1 }])).toEqual([
      { limit: { count: 1, seconds: 1 }, moment: 'data_at', count: 2, until: 1050 },
    ])
  })

  test('count every dialogue that reached DATA, also one that was cut off, and no other', () => {
    const messages = [
      seen({ mail_at: 0 }),
      seen({ mail_at: 1, data_at: 2 }, { taken: false }),
      seen({ mail_at: 2, data_at: 3, dot_at: 4 }),
    ]
    const found = violations(messages, [{ count: 1, seconds: 1 }])
    expect(found.map(({ moment, count }) => [moment, count])).toEqual([
      ['mail_at', 2],
      ['data_at', 2],
    ])
    expect(violations(messages, [{ count: 2, seconds: 1 }])).toEqual([])
  })
})

test('recipients are counted by what was taken', () => {
  const messages = [
    seen({}),
    seen({}, { rcpt: ['ANA@lib.example'] }),
    seen({}, { taken: false, rcpt: ['ben@x.example'] }),
  ]
  expect([...countsByRecipient(messages)]).toEqual([['ana@lib.example', 2]])
})
