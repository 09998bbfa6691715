import { expect, test } from 'vitest'
import { chooseRound } from '../../src/console/round-choice.ts'
import type { RoundRow } from '../../src/features/rounds/index.ts'

const NOW = new Date('2016-03-10T09:00:00Z')

test('without a choice it is the round that has begun and not ended, the later one of two', () => {
  const rounds = [round('2016B', '2016-08-01', '2016-12-31'), round('2016A', '2016-03-01', '2016-06-30')]
  expect(chooseRound(rounds, undefined, NOW)?.code).toBe('2016A')
  const both = [round('2016A', '2016-03-01', '2016-06-30'), round('2015B', '2015-09-01', '2016-03-31')]
  expect(chooseRound(both, undefined, NOW)?.code).toBe('2016A')
})

test('between rounds it is the next to begin, and after the last one the last one', () => {
  const rounds = [
    round('2017A', '2017-03-01', '2017-06-30'),
    round('2016B', '2016-08-01', '2016-12-31'),
    round('2015B', '2015-09-01', '2015-12-31'),
  ]
  expect(chooseRound(rounds, undefined, NOW)?.code).toBe('2016B')
  expect(chooseRound(rounds.slice(2), undefined, NOW)?.code).toBe('2015B')
  expect(chooseRound([], undefined, NOW)).toBeUndefined()
})

test('a choice holds, unless its round is gone', () => {
  const rounds = [round('2016A', '2016-03-01', '2016-06-30'), round('2013A', '2013-03-01', '2013-06-30')]
  expect(chooseRound(rounds, '2013A', NOW)?.code).toBe('2013A')
  expect(chooseRound(rounds, '1999Z', NOW)?.code).toBe('2016A')
})

function round(code: string, starts_on: string, ends_on: string): RoundRow {
  return {
    id: 1,
    code,
    name: `Round ${code}`,
    applications_open_on: null,
    applications_close_on: null,
    confirm_by: null,
    starts_on,
    ends_on,
    country_cap_percent: 20,
    created_at: NOW,
  }
}
