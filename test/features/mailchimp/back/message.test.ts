import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptFromThere, TAKEN_FIELDS } from '../../../../src/features/mailchimp/back/accept.ts'
import { EVENT_KINDS, parseMessage } from '../../../../src/features/mailchimp/back/message.ts'
import { LIST, message } from './told.ts'

const parse = (body: string) => parseMessage(Buffer.from(body))

test('whatever octets come, reading them ends, and what it gives can be stored', () => {
  const names = [
    'type',
    'fired_at',
    'data[email]',
    'data[old_email]',
    'data[new_email]',
    'data[list_id]',
    'data[id]',
    'data[reason]',
  ]
  const pair = fc.tuple(
    fc.oneof(
      fc.constantFrom(...names, 'data[merges][FNAME]', '__proto__', 'constructor'),
      fc.string({ unit: 'binary' }),
    ),
    fc.oneof(fc.constantFrom(...EVENT_KINDS, LIST, 'ana@x.example'), fc.string({ unit: 'binary', maxLength: 400 })),
  )
  const form = fc.array(pair, { maxLength: 20 }).map((pairs) => Buffer.from(new URLSearchParams(pairs).toString()))
  fc.assert(
    fc.property(
      fc.oneof(
        form,
        fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets)),
      ),
      (body) => {
        const told = parseMessage(body)
        if (!told) return
        expect(EVENT_KINDS).toContain(told.kind)
        for (const value of [...Object.values(told), ...Object.values(told.merges)])
          if (typeof value === 'string') expect(value.includes('\0')).toBe(false)
        expect(told.hash === null).toBe(told.kind === 'campaign')
        expect(Object.getPrototypeOf(told.merges)).toBe(Object.prototype)
      },
    ),
    { numRuns: 2000 },
  )
})

test('an archived contact is told as an unsubscription that is none; a complaint is one in any case', () => {
  const reasons = [
    { action: 'delete', reason: 'manual' },
    { action: 'delete', reason: 'abuse' },
    { action: 'unsub', reason: 'manual' },
    {},
  ]
  expect(reasons.map((said) => parse(message('unsubscribe', { email: 'a@x.example', ...said }))?.reason)).toEqual([
    ...['delete', 'abuse', 'manual', null],
  ])
})

test('a word that is no word of Mailchimp is kept nowhere', () => {
  const told = parse(message('cleaned', { email: 'a@x.example', reason: 'see ana@x.example', campaign_id: '<b>' }))
  expect(told).toMatchObject({ kind: 'cleaned', reason: null, mailchimp_campaign: null })
})

test('what is accepted from there is accepted again as it stands', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TAKEN_FIELDS), fc.string({ unit: 'binary', maxLength: 300 }), (field, value) => {
      const accepted = acceptFromThere(field, value)
      if (accepted !== undefined) expect(acceptFromThere(field, accepted)).toBe(accepted)
    }),
    { numRuns: 2000 },
  )
  expect(acceptFromThere('given_name', '  ')).toBeUndefined()
  expect(acceptFromThere('family_name', '  ')).toBe('')
  expect(acceptFromThere('family_name', 'x'.repeat(201))).toBeUndefined()
  expect(acceptFromThere('language', ' PT-br ')).toBe('pt-BR')
})
