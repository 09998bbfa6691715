import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { listCountryCodes } from '../../src/lib/countries.ts'
import { instantAtLocalTime, isTimeZone, zoneOfCountry } from '../../src/lib/time-zones.ts'

test.each([
  ['AU', 'Australia/Sydney'],
  ['US', 'America/New_York'],
  ['CA', 'America/Toronto'],
  ['BR', 'America/Sao_Paulo'],
  ['RU', 'Europe/Moscow'],
  ['ID', 'Asia/Jakarta'],
  ['IN', 'Asia/Kolkata'],
  ['NP', 'Asia/Kathmandu'],
])('%s is assumed to be in %s', (code, zone) => {
  expect(zoneOfCountry(code)).toBe(zone)
})

test('every country has a zone that exists', () => {
  for (const code of [...listCountryCodes(), 'ZZ']) expect(isTimeZone(zoneOfCountry(code))).toBe(true)
})

test.each([
  ['2016-06-01', '09:00', 'Asia/Kolkata', '2016-06-01T03:30:00.000Z'],
  ['2016-06-01', '09:00', 'Asia/Kathmandu', '2016-06-01T03:15:00.000Z'],
  ['2016-06-01', '09:00', 'Australia/Lord_Howe', '2016-05-31T22:30:00.000Z'],
  ['2016-01-01', '09:00', 'Australia/Lord_Howe', '2015-12-31T22:00:00.000Z'],
  ['2016-06-01', '09:00', 'Pacific/Kiritimati', '2016-05-31T19:00:00.000Z'],
])('%s %s in %s is %s', (date, time, zone, instant) => {
  expect(instantAtLocalTime(date, time, zone).toISOString()).toBe(instant)
})

test.each([
  ['2016-03-13', '02:30', 'America/New_York', '2016-03-13T07:00:00.000Z'],
  ['2016-10-02', '02:15', 'Australia/Lord_Howe', '2016-10-01T15:30:00.000Z'],
  // Samoa crossed the date line: 30 December 2011 does not exist there
  ['2011-12-30', '09:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s %s, which daylight saving skips in %s, is the first instant after the gap', (date, time, zone, instant) => {
  expect(instantAtLocalTime(date, time, zone).toISOString()).toBe(instant)
})

test.each([
  ['2016-11-06', '01:30', 'America/New_York', '2016-11-06T05:30:00.000Z'],
  ['2016-04-03', '01:45', 'Australia/Lord_Howe', '2016-04-02T14:45:00.000Z'],
])('%s %s, which comes twice in %s, is its first occurrence', (date, time, zone, instant) => {
  expect(instantAtLocalTime(date, time, zone).toISOString()).toBe(instant)
})

test('clocks in the zone show the time asked for, or the first one after it that they show', () => {
  const zones = listCountryCodes().map(zoneOfCountry)
  const day = fc.date({ min: new Date('2013-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(day, fc.constantFrom(...zones), (instant, zone) => {
      const [date, time] = [instant.toISOString().slice(0, 10), instant.toISOString().slice(11, 16)] as const
      const found = instantAtLocalTime(date, time, zone)
      const local = DateTime.fromJSDate(found, { zone }).toFormat('yyyy-MM-dd HH:mm')
      expect(local >= `${date} ${time}`).toBe(true)
      if (local !== `${date} ${time}`) {
        // A gap: an instant earlier, clocks showed less than was asked for.
        const before = DateTime.fromMillis(found.getTime() - 1, { zone }).toFormat('yyyy-MM-dd HH:mm')
        expect(before < `${date} ${time}`).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['2016-02-30', '09:00', 'UTC'],
  ['2016-2-3', '09:00', 'UTC'],
  ['2016-02-03', '24:00', 'UTC'],
  ['2016-02-03', '9:00', 'UTC'],
  ['2016-02-03', '09:00', 'Mars/Olympus'],
])('%s %s %s is refused', (date, time, zone) => {
  expect(() => instantAtLocalTime(date, time, zone)).toThrow(RangeError)
})
