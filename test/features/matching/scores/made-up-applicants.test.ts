import { expect, test } from 'vitest'
import { DEFAULT_HIERARCHY, packProfiles } from '../../../../src/features/matching/scores/index.ts'
import { makeUpApplicants } from '../../../support/made-up-applicants.ts'

test('made-up applicants are the same for the same seed, and like those of the programme', () => {
  const applicants = makeUpApplicants(5000, 3)
  expect(makeUpApplicants(5000, 3)).toEqual(applicants)
  expect(makeUpApplicants(10, 4)).not.toEqual(makeUpApplicants(10, 3))

  const byCountry = Map.groupBy(applicants, ({ country_code }) => country_code)
  expect(byCountry.size).toBe(95)
  const share = (many: number) => many / applicants.length
  const largest = Math.max(...[...byCountry.values()].map((people) => people.length))
  expect(share(largest)).toBeGreaterThan(0.17)
  expect(share(largest)).toBeLessThan(0.23)
  const withoutWishes = applicants.filter(
    ({ answers }) =>
      answers.partner_sector === 'No preference' &&
      answers.partner_career_stage === 'No preference' &&
      (answers.partner_interests as string[]).length === 0,
  )
  expect(share(withoutWishes.length)).toBeGreaterThan(0.45)
  expect(share(withoutWishes.length)).toBeLessThan(0.56)
  expect(share(applicants.filter(({ former_partner_ids }) => former_partner_ids.length > 0).length)).toBeGreaterThan(
    0.05,
  )
  expect(packProfiles(DEFAULT_HIERARCHY, applicants).unknown).toEqual([])
})
