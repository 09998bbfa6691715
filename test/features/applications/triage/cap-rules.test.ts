import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasPlace, placesOf, standingOf } from '../../../../src/features/applications/triage/cap-rules.ts'

test.each([
  [0, 20, 10],
  [50, 20, 10],
  [54, 20, 10],
  [55, 20, 11],
  [1267, 20, 253],
  [1267, 100, 1267],
  [60, 1, 1],
])('of %i applicants, at %i %%, a country has %i places', (applicants, percent, places) => {
  expect(placesOf(applicants, percent)).toBe(places)
})

test('first come, first served: however they come, no country ever has more than its share of who has come by then', () => {
  const arrivals = fc.array(fc.constantFrom('AU', 'AU', 'AU', 'KE', 'BR', 'FI'), { maxLength: 400 })
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 100 }), (countries, cap_percent) => {
      const holding = new Map<string, number>()
      const waiting = new Map<string, number>()
      for (const [at, country] of countries.entries()) {
        const held = holding.get(country) ?? 0
        const waitlisted = waiting.get(country) ?? 0
        const may = hasPlace({ holding: held, waitlisted, applicants: at + 1, cap_percent })
        // Nobody overtakes: who has a place leaves one for each who came before and waits.
        expect(may).toBe(held + waitlisted < placesOf(at + 1, cap_percent))
        if (may) holding.set(country, held + 1)
        else waiting.set(country, waitlisted + 1)
      }
      for (const held of holding.values()) expect(held).toBeLessThanOrEqual(placesOf(countries.length, cap_percent))
    }),
  )
})

test('the standing of the countries counts everybody once, the largest first', () => {
  const standing = standingOf(
    [
      { country_code: 'KE', holding: 30, waitlisted: 0 },
      { country_code: 'AU', holding: 25, waitlisted: 5 },
      { country_code: 'US', holding: 40, waitlisted: 0 },
    ],
    20,
  )
  expect(standing).toMatchObject({ applicants: 100, places: 20 })
  expect(
    standing.countries.map(({ country, applicants, percent, free }) => [country, applicants, percent, free]),
  ).toEqual([
    ['United States of America', 40, 40, -20],
    ['Australia', 30, 30, -5],
    ['Kenya', 30, 30, -10],
  ])
  expect(standingOf([], 20)).toEqual({ cap_percent: 20, applicants: 0, places: 10, countries: [] })
})
