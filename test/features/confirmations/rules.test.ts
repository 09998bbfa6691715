import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  confirmationDeadline,
  isConfirmationOpen,
  judgeAnswer,
  reminderTimes,
  SAID,
  type Standing,
  sayRefusal,
} from '../../../src/features/confirmations/rules.ts'

const CONFIRM_BY = '2016-02-15'
const DEADLINE = new Date('2016-02-16T12:00:00Z')
const BEFORE = new Date('2016-02-10T09:00:00Z')

const STATES = ['applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn', 'removed'] as const
const instants = fc.date({ min: new Date('2016-01-01'), max: new Date('2016-04-01'), noInvalidDate: true })
const standings: fc.Arbitrary<Standing> = fc.record({
  state: fc.constantFrom(...STATES),
  code_of_conduct_agreed: fc.boolean(),
  confirm_by: fc.option(fc.constant(CONFIRM_BY)),
  is_asked: fc.boolean(),
  is_introduced: fc.boolean(),
  last_said_at: fc.option(instants),
})
const answers = fc.record({ answer: fc.constantFrom(...SAID), said_at: instants })

const ASKED: Standing = {
  state: 'applied',
  code_of_conduct_agreed: true,
  confirm_by: CONFIRM_BY,
  is_asked: true,
  is_introduced: false,
  last_said_at: null,
}

test('the last day is over when it is over everywhere: noon in UTC of the day after, in summer and over leap days too', () => {
  expect(confirmationDeadline(CONFIRM_BY)).toEqual(DEADLINE)
  expect(confirmationDeadline('2016-02-28')).toEqual(new Date('2016-02-29T12:00:00Z'))
  expect(confirmationDeadline('2016-12-31')).toEqual(new Date('2017-01-01T12:00:00Z'))
  expect(isConfirmationOpen({ confirm_by: CONFIRM_BY }, new Date(DEADLINE.getTime() - 1))).toBe(true)
  expect(isConfirmationOpen({ confirm_by: CONFIRM_BY }, DEADLINE)).toBe(false)
  expect(isConfirmationOpen({ confirm_by: null }, DEADLINE)).toBe(true)
})

test('nobody is confirmed who did not agree to the code of conduct, waits, was not asked, has left, was introduced or is late', () => {
  fc.assert(
    fc.property(standings, instants, (standing, said_at) => {
      const verdict = judgeAnswer(standing, { answer: 'confirmed', said_at })
      if (!('to' in verdict) || !verdict.is_change) return
      expect(standing.code_of_conduct_agreed && !standing.is_introduced).toBe(true)
      expect(['applied', 'declined', 'lapsed']).toContain(standing.state)
      expect(standing.state !== 'applied' || standing.is_asked).toBe(true)
      expect(isConfirmationOpen(standing, said_at)).toBe(true)
    }),
  )
})

test('an answer changes the state to what was said and never brings back who has left; said again it changes nothing', () => {
  fc.assert(
    fc.property(standings, answers, (standing, said) => {
      const verdict = judgeAnswer(standing, said)
      if (!('to' in verdict)) return
      expect(verdict.is_change).toBe(verdict.to !== standing.state)
      expect([said.answer, 'declined']).toContain(verdict.to)
      if (said.answer === 'confirmed') expect(verdict.to).toBe('confirmed')
      if (verdict.is_change) expect(['withdrawn', 'removed']).not.toContain(standing.state)
      const after = { ...standing, state: verdict.to, last_said_at: said.said_at }
      const again = judgeAnswer(after, { answer: verdict.to, said_at: said.said_at })
      expect(again).toEqual({ to: verdict.to, is_change: false })
    }),
  )
})

test('in whatever order two answers are read, the one that was said last stands, or a person is asked', () => {
  fc.assert(
    fc.property(answers, answers, (one, other) => {
      const apply = (order: (typeof one)[]) =>
        order.reduce(
          ({ standing, asks }, said) => {
            const verdict = judgeAnswer(standing, said)
            if ('refused' in verdict) return { standing, asks: true }
            const last = Math.max(standing.last_said_at?.getTime() ?? 0, said.said_at.getTime())
            return { standing: { ...standing, state: verdict.to, last_said_at: new Date(last) }, asks }
          },
          { standing: ASKED, asks: false },
        )
      fc.pre(one.said_at.getTime() !== other.said_at.getTime())
      const [first, last] = [one, other].sort((a, b) => a.said_at.getTime() - b.said_at.getTime()) as [
        typeof one,
        typeof one,
      ]
      const straight = apply([first, last])
      const crossed = apply([last, first])
      if (!crossed.asks) expect(crossed.standing.state).toBe(straight.standing.state)
      // What was said last is never undone by what was said before it.
      if (isConfirmationOpen(ASKED, last.said_at)) expect(crossed.standing.state).toBe(straight.standing.state)
    }),
  )
})

test.each([
  ['applied', 'confirmed', BEFORE, 'confirmed'],
  ['applied', 'declined', BEFORE, 'declined'],
  ['applied', 'withdrawn', BEFORE, 'declined'],
  ['confirmed', 'declined', BEFORE, 'declined'],
  ['declined', 'confirmed', BEFORE, 'confirmed'],
  ['lapsed', 'confirmed', BEFORE, 'confirmed'],
  ['lapsed', 'confirmed', DEADLINE, 'late'],
  ['applied', 'confirmed', DEADLINE, 'late'],
  ['confirmed', 'confirmed', DEADLINE, 'confirmed'],
  ['confirmed', 'declined', DEADLINE, 'late'],
  ['waitlisted', 'confirmed', BEFORE, 'waitlisted'],
  ['waitlisted', 'declined', BEFORE, 'waitlisted'],
  ['waitlisted', 'withdrawn', DEADLINE, 'withdrawn'],
  ['withdrawn', 'confirmed', BEFORE, 'left'],
  ['removed', 'declined', BEFORE, 'left'],
] as const)('%s, and says %s at %o: %s', (state, answer, said_at, outcome) => {
  const verdict = judgeAnswer({ ...ASKED, state }, { answer, said_at })
  expect('to' in verdict ? verdict.to : verdict.refused).toBe(outcome)
})

test('who was not asked can leave and nothing else; who was introduced can only write', () => {
  const unasked = { ...ASKED, is_asked: false }
  expect(judgeAnswer(unasked, { answer: 'confirmed', said_at: BEFORE })).toEqual({ refused: 'not_asked' })
  expect(judgeAnswer(unasked, { answer: 'withdrawn', said_at: BEFORE })).toEqual({ to: 'withdrawn', is_change: true })
  const introduced = { ...ASKED, state: 'confirmed', is_introduced: true }
  expect(judgeAnswer(introduced, { answer: 'declined', said_at: BEFORE })).toEqual({ refused: 'introduced' })
  expect(judgeAnswer(introduced, { answer: 'confirmed', said_at: BEFORE })).toMatchObject({ is_change: false })
})

test('every refusal is a sentence for staff', () => {
  fc.assert(
    fc.property(standings, answers, (standing, said) => {
      const verdict = judgeAnswer(standing, said)
      if ('refused' in verdict) expect(sayRefusal(verdict.refused, standing)).toMatch(/^[A-Z].{10,}\.$/)
    }),
  )
})

test('reminders stand in order at the hour of the request, each day once', () => {
  const at = new Date('2016-03-26T09:30:00Z')
  expect(reminderTimes(at, [12, 7, 7]).map((time) => [time.days, time.at.toISOString()])).toEqual([
    [7, '2016-04-02T09:30:00.000Z'],
    [12, '2016-04-07T09:30:00.000Z'],
  ])
})
