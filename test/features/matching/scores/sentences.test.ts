import { expect, test } from 'vitest'
import {
  DEFAULT_HIERARCHY,
  explainPair,
  type MatchingApplicant,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { applicant } from './applicants.ts'

function explain(one: Partial<MatchingApplicant>, two: Partial<MatchingApplicant>) {
  const profiles = packProfiles(DEFAULT_HIERARCHY, [
    applicant(1, { given_name: 'Amina', family_name: 'Diallo', country_code: 'SN', ...one }),
    applicant(2, { given_name: 'Mateo', family_name: 'Silva', country_code: 'PT', ...two }),
  ])
  return explainPair(profiles, DEFAULT_HIERARCHY, 0, 1)
}

test('a pair that suits is told why, in the order of the hierarchy', () => {
  const { sentences, summary } = explain(
    {
      sector: 'Academic / university',
      career_stage: 'Early career (0-5 years)',
      answers: {
        interests: ['Copyright', 'Metadata and cataloguing', 'Library spaces'],
        partner_interests: ['Open access'],
        partner_sector: 'Same sector as mine',
        partner_career_stage: 'More experienced',
      },
    },
    {
      sector: 'Academic / university',
      career_stage: 'Mid career (6-15 years)',
      answers: { interests: ['Open access', 'Copyright', 'Metadata and cataloguing'] },
    },
  )
  expect(sentences).toEqual([
    'Both are interested in copyright, and metadata and cataloguing',
    'Amina wished for open access, which Mateo has',
    'Both work in academic libraries',
    'Amina wished for a partner of the same library sector, which Mateo is',
    'Both are awake at the same time for about 15 hours a day',
    'Early career and mid career are one step apart',
    'Amina wished for a more experienced partner, which Mateo is',
    'Both write in English',
  ])
  expect(summary).toBe(
    'You are both interested in copyright, and metadata and cataloguing, work in academic libraries, and are awake at the same time for about 15 hours a day.',
  )
})

test('what is missing, unmet or unknown is said as plainly', () => {
  const { sentences, summary } = explain(
    {
      country_code: 'NZ',
      language: 'fr',
      sector: 'Public',
      answers: {
        interests: ['Makerspaces'],
        partner_interests: ['Copyright', 'Open access'],
        partner_sector: 'A different sector',
        partner_career_stage: 'Similar to mine',
      },
    },
    {
      language: 'es',
      sector: 'Academic / university',
      career_stage: 'Retired',
      answers: { interests: ['Copyright'], partner_sector: 'Same sector as mine' },
    },
  )
  expect(sentences).toEqual([
    'Shared interests: nothing in common',
    'Amina wished for copyright and open access; Mateo has copyright',
    'Library sector: public and academic / university differ',
    'Amina wished for a partner of another library sector, which Mateo is',
    'Mateo wished for a partner of the same library sector, which Amina is not',
    'Both are awake at the same time for about 6 hours a day',
    'Career stage: not known of Amina, so it speaks neither for nor against',
    'Amina wished for a partner of a similar career stage, which cannot be told',
    'Amina writes in French, Mateo in Spanish',
  ])
  expect(summary).toBe('Your answers have little in common, so there is much to tell each other.')
})

test('two people of one given name are told apart', () => {
  const { sentences } = explain(
    { given_name: 'Mateo', answers: { partner_interests: ['Advocacy'] } },
    { answers: { interests: ['Collections'] } },
  )
  expect(sentences).toContain('Mateo Diallo wished for advocacy, which Mateo Silva does not have')
})

test('the points of each side are told criterion by criterion', () => {
  const { criteria } = explain(
    { answers: { interests: ['Copyright', 'Advocacy'], partner_interests: ['Preservation', 'Copyright'] } },
    { answers: { interests: ['Copyright', 'Collections', 'Makerspaces'] } },
  )
  expect(criteria.map(({ key, sides }) => [key, ...sides.map(({ got, possible }) => `${got}/${possible}`)])).toEqual([
    ['interests', '12.5/25', '12.5/25'],
    ['wished_interests', '10/20', '0/0'],
    ['sector', '10/20', '10/20'],
    ['wished_sector', '0/0', '0/0'],
    ['waking_hours', '13/13', '13/13'],
    ['career_stage', '6/12', '6/12'],
    ['wished_career_stage', '0/0', '0/0'],
    ['language', '5/5', '5/5'],
  ])
})

test('a wish of one is not told to both', () => {
  const { summary } = explain(
    { answers: { partner_interests: ['Copyright'] } },
    { answers: { interests: ['Copyright'] } },
  )
  expect(summary).not.toContain('copyright')
})

test('choices with names of things that every object has are only texts', () => {
  const { sentences } = explain(
    { answers: { interests: ['constructor', '__proto__'] } },
    { answers: { interests: ['__proto__', 'constructor'] } },
  )
  expect(sentences[0]).toBe('Both are interested in constructor and __proto__')
})
