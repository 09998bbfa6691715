import { expect, test } from 'vitest'
import { findContradictions, type MatchingProblem } from '../../../../src/features/matching/solve/index.ts'
import { peopleOf, problemOf } from './problems.ts'

const NAMES = ['Ann Lee', 'Ben Ho', 'Cleo Diaz', 'Dan Wu', 'Eva Roy']

function problem(changes: Partial<MatchingProblem>, countries = ['AU', 'AU', 'GB', 'FR', 'JP']): MatchingProblem {
  const applicants = peopleOf(countries).map((person, at) => {
    const [given_name, family_name] = (NAMES[at] as string).split(' ') as [string, string]
    return { ...person, given_name, family_name }
  })
  return problemOf(applicants, changes)
}

const said = (changes: Partial<MatchingProblem>, countries?: string[]) =>
  findContradictions(problem(changes, countries)).map(({ message }) => message)

test('locks that can be kept contradict nothing', () => {
  expect(
    said({
      locks: [
        [1, 3],
        [2, 4],
      ],
      bans: [[1, 4]],
    }),
  ).toEqual([])
  expect(said({ locks: [] })).toEqual([])
})

test('somebody kept with two people is named with both, once', () => {
  expect(
    findContradictions(
      problem({
        locks: [
          [1, 3],
          [3, 4],
        ],
      }),
    ),
  ).toEqual([
    {
      message: 'Cleo Diaz is to be kept together with Ann Lee and Dan Wu, but can have one partner only.',
      person_ids: [3, 1, 4],
    },
  ])
})

test('a pair both kept and banned', () => {
  expect(findContradictions(problem({ locks: [[1, 3]], bans: [[1, 3]] }))).toEqual([
    { message: 'Ann Lee and Cleo Diaz are both to be kept together and never to be paired.', person_ids: [1, 3] },
  ])
})

test('a pair that a hard rule forbids, with the rule', () => {
  expect(said({ locks: [[1, 2]] })).toEqual([
    'Ann Lee and Ben Ho are to be kept together, but a hard rule forbids it: both live in Australia.',
  ])
  const partners = problem({ locks: [[1, 3]] })
  const applicants = partners.applicants.map((person) =>
    person.person_id === 1 ? { ...person, former_partner_ids: [3] } : person,
  )
  expect(findContradictions({ ...partners, applicants })[0]?.message).toBe(
    'Ann Lee and Cleo Diaz are to be kept together, but a hard rule forbids it: they were partners in an earlier round.',
  )
})

test('somebody who is not to be matched', () => {
  expect(
    said({
      locks: [
        [1, 77],
        [88, 99],
      ],
    }),
  ).toEqual([
    'Ann Lee is to be kept together with person 77, who is not among the people to be matched.',
    'Person 88 and person 99 are to be kept together, but neither is among the people to be matched.',
  ])
})

test('more protégés than a mentor has places, and a lock of two who are alike', () => {
  const mentoring = problem({
    mode: 'mentors',
    locks: [
      [1, 3],
      [1, 4],
      [3, 4],
    ],
  })
  const applicants = mentoring.applicants.map((person) => ({
    ...person,
    role: person.person_id === 1 ? ('mentor' as const) : ('protege' as const),
    capacity: 1,
  }))
  expect(findContradictions({ ...mentoring, applicants }).map(({ message }) => message)).toEqual([
    'Cleo Diaz and Dan Wu are to be kept together, but a hard rule forbids it: both are protégés.',
    'Ann Lee is to be kept together with Cleo Diaz and Dan Wu, but can have one partner only.',
    'Cleo Diaz is to be kept together with Ann Lee and Dan Wu, but can have one partner only.',
    'Dan Wu is to be kept together with Ann Lee and Cleo Diaz, but can have one partner only.',
  ])
  const roomy = applicants.map((person) => ({ ...person, capacity: 2 }))
  expect(
    findContradictions({
      ...mentoring,
      applicants: roomy,
      locks: [
        [1, 3],
        [1, 4],
      ],
    }),
  ).toEqual([])
})

test('in groups people may be kept with several, as many as a group takes, if all of them may be in one', () => {
  const locks: [number, number][] = [
    [1, 3],
    [3, 4],
    [4, 5],
  ]
  expect(said({ mode: 'groups', group_size: 4, locks })).toEqual([])
  expect(said({ mode: 'groups', group_size: 3, locks })).toEqual([
    'Ann Lee, Cleo Diaz, Dan Wu and Eva Roy are to be kept together, but a group has room for 3.',
  ])
  expect(said({ mode: 'groups', locks, bans: [[1, 5]] })).toEqual([
    'Ann Lee and Eva Roy are both to be kept together and never to be paired.',
  ])
})
