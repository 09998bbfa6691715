import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { type Place, planSchedule } from '../../../src/features/campaigns/schedule/schedule-rules.ts'
import type { InvalidInput } from '../../../src/lib/errors.ts'

const NOW = new Date('2016-03-01T09:00:00Z')
const place = (country_code: string, time_zone: string | null = null): Place => ({ country_code, time_zone })

/** When the people of one place are due, as an ISO instant. */
function dueIn(where: Place, at: string, local_time: string, now = NOW, hold_seconds = 0): string | undefined {
  return planSchedule({ at, local_time, hold_seconds }, [where], now).places[0]?.due_at.toISOString()
}

function faultOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return (error as InvalidInput).faults
  }
}

test.each([
  ['yesterday', 'at'],
  ['', 'at'],
  ['2016-03-03', 'without a time'],
  ['2016-03-03T09:00:00', 'without a zone'],
  ['2016-02-30T09:00:00Z', 'no such day'],
  ['2016-13-01T09:00:00Z', 'no such month'],
  ['2016-03-03T24:00:00Z', 'no such hour'],
  ['2016-03-03T09:60:00Z', 'no such minute'],
  ['2016-03-03T09:00:00+25:00', 'no such zone'],
  ['2016-03-03T09:00:00z; drop table', 'rubbish after it'],
])('a time that cannot be read is refused by field: "%s" (%s)', (at) => {
  expect(faultOf(() => planSchedule({ at }, [], NOW))).toEqual([
    { field: 'at', message: expect.stringMatching(/must be "now" or an instant/) },
  ])
})

test('a past time and one more than a year away are refused', () => {
  expect(() => planSchedule({ at: '2016-03-01T08:00:00Z' }, [], NOW)).toThrow(/past/)
  expect(() => planSchedule({ at: '2017-03-03T09:00:00Z' }, [], NOW)).toThrow(/more than a year/)
  expect(() => planSchedule({ at: '2016-02-29T23:00:00Z', local_time: '09:00' }, [place('KE')], NOW)).toThrow(/past/)
})

test('a time of some minutes ago means now: people type slower than clocks run', () => {
  expect(planSchedule({ at: '2016-03-01T08:58:00Z' }, [], NOW)).toMatchObject({ send_at: NOW, starts_at: NOW })
})

test('without a local time everybody is due at the same instant', () => {
  const at = '2016-03-03T10:00:00+01:00'
  expect(planSchedule({ at }, [place('KE'), place('BR')], NOW)).toEqual({
    send_at: new Date('2016-03-03T09:00:00Z'),
    hold_until: null,
    starts_at: new Date('2016-03-03T09:00:00Z'),
    places: [],
  })
})

test('nothing starts before the hold is over', () => {
  const plan = planSchedule({ at: 'now', hold_seconds: 600 }, [], NOW)
  expect(plan.hold_until?.toISOString()).toBe('2016-03-01T09:10:00.000Z')
  expect(plan.starts_at).toEqual(plan.hold_until)
  expect(planSchedule({ at: '2016-03-02T09:00:00Z', hold_seconds: 600 }, [], NOW).starts_at).toEqual(
    new Date('2016-03-02T09:00:00Z'),
  )
})

test.each([
  ['KE', null, '2016-03-03T06:00:00.000Z'],
  ['IN', null, '2016-03-03T03:30:00.000Z'],
  ['NP', null, '2016-03-03T03:15:00.000Z'],
  ['AU', 'Australia/Lord_Howe', '2016-03-02T22:00:00.000Z'],
  ['AU', 'Australia/Eucla', '2016-03-03T00:15:00.000Z'],
  ['AU', null, '2016-03-02T22:00:00.000Z'],
  ['NZ', null, '2016-03-02T20:00:00.000Z'],
  ['US', null, '2016-03-03T14:00:00.000Z'],
  ['US', 'Pacific/Honolulu', '2016-03-03T19:00:00.000Z'],
  ['SE', 'Not/A_Zone', '2016-03-03T08:00:00.000Z'],
  ['BV', null, '2016-03-03T09:00:00.000Z'],
])('nine in the morning of 3 March in %s (own zone %s) is %s', (country, zone, instant) => {
  expect(dueIn(place(country, zone), '2016-03-03T00:00:00Z', '09:00')).toBe(instant)
})

test('the day is the one that was written, whatever the zone it was written in', () => {
  expect(dueIn(place('KE'), '2016-03-03T22:00:00-05:00', '09:00')).toBe('2016-03-03T06:00:00.000Z')
})

test('today is not past, and an hour that is over where somebody lives comes there tomorrow', () => {
  expect(dueIn(place('KE'), '2016-03-01T00:00:00Z', '09:00')).toBe('2016-03-02T06:00:00.000Z')
  expect(dueIn(place('US'), '2016-03-01T00:00:00Z', '09:00')).toBe('2016-03-01T14:00:00.000Z')
  expect(dueIn(place('NZ'), 'now', '09:00')).toBe('2016-03-01T20:00:00.000Z')
  // It is already tomorrow in Auckland and tomorrow's nine o'clock is over there too.
  expect(dueIn(place('NZ'), 'now', '09:00', new Date('2016-03-01T23:30:00Z'))).toBe('2016-03-02T20:00:00.000Z')
})

test('an hour that falls into the hold comes on the next day, at that hour', () => {
  expect(dueIn(place('GB'), 'now', '09:30', NOW, 3600)).toBe('2016-03-02T09:30:00.000Z')
  expect(dueIn(place('GB'), 'now', '11:00', NOW, 3600)).toBe('2016-03-01T11:00:00.000Z')
})

test('an hour that daylight saving skips is the first moment after it, and of two the first counts', () => {
  // Clocks in Berlin went from 02:00 to 03:00 on 27 March 2016, and from 03:00 back to 02:00 on 30 October.
  expect(dueIn(place('DE'), '2016-03-27T00:00:00Z', '02:30')).toBe('2016-03-27T01:00:00.000Z')
  expect(dueIn(place('DE'), '2016-10-30T00:00:00Z', '02:30')).toBe('2016-10-30T00:30:00.000Z')
  // Lord Howe goes back by half an hour only.
  expect(dueIn(place('AU', 'Australia/Lord_Howe'), '2016-04-03T00:00:00Z', '09:00')).toBe('2016-04-02T22:30:00.000Z')
})

test('the campaign starts where the hour comes first, and each place says which clock counts', () => {
  const plan = planSchedule(
    { at: '2016-03-03T00:00:00Z', local_time: '09:00' },
    [place('BR'), place('NZ'), place('KE')],
    NOW,
  )
  expect(plan.starts_at.toISOString()).toBe('2016-03-02T20:00:00.000Z')
  expect(plan.places.map(({ zone }) => zone)).toEqual(['America/Sao_Paulo', 'Pacific/Auckland', 'Africa/Nairobi'])
})

test('wherever somebody lives, the hour on their clock is the one asked for, never past, and within two days of the day', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 })
  fc.assert(
    fc.property(zones, minutes, fc.integer({ min: 0, max: 360 }), minutes, (zone, wall, ahead, into) => {
      const now = new Date(NOW.getTime() + into * 60_000)
      const day = DateTime.fromJSDate(now, { zone: 'utc' }).plus({ days: ahead })
      const local_time = `${String(Math.floor(wall / 60)).padStart(2, '0')}:${String(wall % 60).padStart(2, '0')}`
      const at = ahead === 0 ? 'now' : (day.toISO() as string)
      const [found] = planSchedule({ at, local_time }, [place('KE', zone)], now).places
      const shown = DateTime.fromJSDate(found?.due_at as Date, { zone })
      expect(shown.toMillis()).toBeGreaterThanOrEqual(now.getTime())
      const days = DateTime.fromISO(shown.toISODate() as string).diff(
        DateTime.fromISO(day.toISODate() as string),
        'days',
      )
      expect(days.days).toBeGreaterThanOrEqual(0)
      expect(days.days).toBeLessThanOrEqual(ahead === 0 ? 2 : 1)
      // A clock that skips the hour shows the first one after the gap; gaps are at most a day (Samoa), mostly an hour.
      if (shown.toFormat('HH:mm') !== local_time) {
        const before = shown.minus({ minutes: 1 })
        expect(shown.offset - before.offset).toBeGreaterThan(0)
      }
    }),
    { numRuns: 3000 },
  )
})
