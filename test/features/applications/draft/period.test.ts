import { expect, test } from 'vitest'
import { chooseRound, isLinkOld, mayVerify, periodOf } from '../../../../src/features/applications/draft/period.ts'

const timetable = {
  ...{ applications_open_on: '2016-01-18', applications_close_on: '2016-02-14', confirm_by: null },
  ...{ starts_on: '2016-03-07', ends_on: null },
}
const NOTHING = {
  applications_open_on: null,
  applications_close_on: null,
  confirm_by: null,
  starts_on: null,
  ends_on: null,
}

test.each([
  ['2016-01-17T23:59:59.999Z', 'planned'],
  ['2016-01-18T00:00:00.000Z', 'open'],
  // Baker Island, UTC-12, still has 14 February.
  ['2016-02-15T11:59:59.999Z', 'open'],
  ['2016-02-15T12:00:00.000Z', 'closed'],
])('at %s the form is %s', (at, period) => {
  expect(periodOf(timetable, new Date(at)).period).toBe(period)
})

test('a timetable with gaps: without a closing day the start of the round closes, without an opening day nothing opens', () => {
  const open = { ...timetable, applications_close_on: null }
  expect(periodOf(open, new Date('2016-03-06T23:00:00Z')).period).toBe('open')
  expect(periodOf(open, new Date('2016-03-07T00:00:00Z')).period).toBe('closed')
  expect(periodOf({ ...open, starts_on: null }, new Date('2030-01-01T00:00:00Z')).period).toBe('open')
  expect(periodOf(NOTHING, new Date()).period).toBe('undecided')
  expect(periodOf({ ...NOTHING, starts_on: '2016-03-07' }, new Date('2016-04-01')).period).toBe('closed')
})

test('a form that was sent in time may be verified for a week, also when applications have closed since', () => {
  const closes_at = new Date('2016-02-15T12:00:00Z')
  const sent = new Date('2016-02-15T11:59:00Z')
  expect(mayVerify(sent, { closes_at }, new Date('2016-02-22T11:59:00Z'))).toBe(true)
  expect(mayVerify(sent, { closes_at }, new Date('2016-02-22T11:59:00.001Z'))).toBe(false)
  expect(mayVerify(new Date('2016-01-20'), { closes_at }, new Date('2016-02-15T11:00:00Z'))).toBe(true)
  expect(isLinkOld(sent, new Date('2016-02-22T11:59:00Z'))).toBe(false)
  expect(isLinkOld(sent, new Date('2016-02-22T12:00:00Z'))).toBe(true)
})

test('of several rounds the one is spoken of whose form is open, else that which opens next, else the newest', () => {
  const rounds = [
    { ...NOTHING, code: 'later', applications_open_on: '2016-08-01' },
    { ...timetable, code: 'open' },
    { ...NOTHING, code: 'old', starts_on: '2015-01-01' },
  ]
  expect(chooseRound(rounds, new Date('2016-02-01'))?.code).toBe('open')
  expect(chooseRound(rounds, new Date('2016-04-01'))?.code).toBe('later')
  expect(chooseRound(rounds.slice(1), new Date('2016-04-01'))?.code).toBe('open')
  expect(chooseRound([], new Date())).toBeUndefined()
})
