import type { Hierarchy } from './hierarchy.ts'

const ACADEMIC = 'Academic / university'
const PUBLIC = 'Public'
const SPECIAL = 'Special (law, health, corporate)'
const SCHOOL = 'School'
const NATIONAL = 'National or state'
const LIS_STUDENT = 'LIS student'
const ARCHIVES = 'Archives or museum'
const VENDOR = 'Vendor or association'
const OTHER = 'Other'

const near = (one: string, two: string, percent: number) => ({ between: [one, two] as [string, string], percent })

/** The decision hierarchy that a round starts with: the programme's form and what its directors looked at, in order. */
export const DEFAULT_HIERARCHY: Hierarchy = {
  rules: { other: 'country', never_former_partners: true, both_agreed_to_conduct: true },
  criteria: [
    { key: 'interests', label: 'Shared interests', kind: 'shared', answer: 'interests', weight: 25, enough: 3 },
    {
      key: 'wished_interests',
      label: 'Wished interests',
      kind: 'wish_choices',
      answer: 'partner_interests',
      among: 'interests',
      weight: 20,
      enough: 3,
    },
    {
      key: 'sector',
      label: 'Library sector',
      kind: 'alike',
      answer: 'sector',
      weight: 20,
      choices: [ACADEMIC, PUBLIC, SPECIAL, SCHOOL, NATIONAL, LIS_STUDENT, ARCHIVES, VENDOR, OTHER],
      near: [
        near(ACADEMIC, NATIONAL, 60),
        near(ACADEMIC, SPECIAL, 55),
        near(ACADEMIC, LIS_STUDENT, 50),
        near(ACADEMIC, ARCHIVES, 45),
        near(PUBLIC, SCHOOL, 55),
        near(PUBLIC, NATIONAL, 45),
        near(NATIONAL, ARCHIVES, 60),
        near(NATIONAL, SPECIAL, 45),
        near(SPECIAL, ARCHIVES, 45),
        near(SPECIAL, VENDOR, 40),
        // Two people whose sector the form does not know need not do the same work.
        near(OTHER, OTHER, 50),
      ],
      other_percent: 25,
    },
    {
      key: 'wished_sector',
      label: 'Wished sector',
      kind: 'wish',
      answer: 'partner_sector',
      about: 'sector',
      weight: 15,
      means: [
        { text: 'No preference', relation: 'any' },
        { text: 'Same sector as mine', relation: 'same' },
        { text: 'A different sector', relation: 'different' },
      ],
    },
    {
      key: 'waking_hours',
      label: 'Waking hours',
      kind: 'hours',
      weight: 13,
      from_hour: 7,
      to_hour: 22,
      enough_hours: 10,
    },
    {
      key: 'career_stage',
      label: 'Career stage',
      kind: 'scale',
      answer: 'career_stage',
      weight: 12,
      steps: ['Student', 'Early career (0-5 years)', 'Mid career (6-15 years)', 'Experienced (16+ years)', 'Retired'],
      by_distance: [100, 80, 50, 30, 20],
      untold: ['Prefer not to say'],
    },
    {
      key: 'wished_career_stage',
      label: 'Wished career stage',
      kind: 'wish',
      answer: 'partner_career_stage',
      about: 'career_stage',
      weight: 10,
      means: [
        { text: 'No preference', relation: 'any' },
        { text: 'More experienced', relation: 'more' },
        { text: 'Similar to mine', relation: 'similar' },
        { text: 'Less experienced', relation: 'less' },
      ],
    },
    { key: 'language', label: 'Language', kind: 'language', weight: 5, other_percent: 50 },
  ],
}
