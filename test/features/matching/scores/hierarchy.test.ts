import { describe, expect, test } from 'vitest'
import {
  type Criterion,
  checkHierarchy,
  DEFAULT_HIERARCHY,
  describeHierarchy,
  type Hierarchy,
} from '../../../../src/features/matching/scores/index.ts'

const KNOWN = new Set(['interests', 'partner_sector', 'partner_career_stage', 'partner_interests'])

/** Faults of the default hierarchy with something changed, as "field: message". */
function faults(change: (hierarchy: { rules: Record<string, unknown>; criteria: Record<string, unknown>[] }) => void) {
  const changed = structuredClone(DEFAULT_HIERARCHY) as never
  change(changed)
  return checkHierarchy(changed, KNOWN).map(({ field, message }) => `${field}: ${message}`)
}

test('the default hierarchy fits the forms of the programme', () => {
  expect(checkHierarchy(DEFAULT_HIERARCHY, KNOWN)).toEqual([])
})

describe('what is wrong is told by field', () => {
  test.each<[string, Parameters<typeof faults>[0], string[]]>([
    [
      'no criteria',
      (hierarchy) => {
        hierarchy.criteria = []
      },
      ['criteria: There must be at least one criterion.'],
    ],
    [
      'all weights zero',
      ({ criteria }) => {
        for (const criterion of criteria) criterion.weight = 0
      },
      ['criteria: Every weight is 0: at least one criterion must count.'],
    ],
    [
      'weights that are none',
      ({ criteria }) => {
        Object.assign(criteria[0] ?? {}, { weight: 12.5 })
        Object.assign(criteria[1] ?? {}, { weight: -1 })
        Object.assign(criteria[2] ?? {}, { weight: 101 })
        Object.assign(criteria[4] ?? {}, { weight: '7' })
      },
      [0, 1, 2, 4].map((at) => `criteria.${at}.weight: A weight is a whole number from 0 to 100.`),
    ],
    [
      'an unknown kind',
      ({ criteria }) => {
        Object.assign(criteria[0] ?? {}, { kind: 'horoscope' })
      },
      [
        'criteria.0.kind: "horoscope" is no kind of criterion; there are alike, scale, shared, hours, language, wish, wish_choices.',
      ],
    ],
    [
      'one key twice',
      ({ criteria }) => {
        Object.assign(criteria[7] ?? {}, { key: 'interests' })
      },
      ['criteria.7.key: Another criterion is called "interests" already.'],
    ],
    [
      'an answer that no form has',
      ({ criteria }) => {
        Object.assign(criteria[0] ?? {}, { answer: 'shoe_size' })
        Object.assign(criteria[1] ?? {}, { among: 'hobbies' })
      },
      [
        'criteria.0.answer: No form of the round has an answer "shoe_size".',
        'criteria.1.among: No form of the round has an answer "hobbies".',
      ],
    ],
    [
      'a likeness of something that is no choice',
      ({ criteria }) => {
        Object.assign(criteria[2] ?? {}, { near: [{ between: ['Public', 'Circus'], percent: 50 }] })
      },
      ['criteria.2.near.0.between: "Circus" is not one of the choices.'],
    ],
    [
      'a likeness said twice',
      ({ criteria }) => {
        const near = { between: ['Public', 'School'], percent: 50 }
        Object.assign(criteria[2] ?? {}, { near: [near, { ...near, between: ['School', 'Public'] }] })
      },
      ['criteria.2.near.1.between: These two are there twice.'],
    ],
    [
      'a choice twice',
      ({ criteria }) => {
        Object.assign(criteria[5] ?? {}, { steps: ['Student', 'student ', 'Retired'] })
      },
      ['criteria.5.steps.0: "Student" is there twice.'],
    ],
    [
      'a day that ends before it begins',
      ({ criteria }) => {
        Object.assign(criteria[4] ?? {}, { from_hour: 22, to_hour: 7 })
      },
      ['criteria.4.to_hour: The day must end after it begins.'],
    ],
    [
      'a wish about nothing',
      ({ criteria }) => {
        Object.assign(criteria[3] ?? {}, { about: 'language' })
      },
      ['criteria.3.about: "language" is no criterion of the kind alike or scale, so there is nothing to compare.'],
    ],
    [
      'more or less of what has no order',
      ({ criteria }) => {
        Object.assign(criteria[6] ?? {}, { about: 'sector' })
      },
      ['criteria.6.means.1.relation: More, less and similar need a criterion of the kind scale.'],
    ],
    [
      'a wish looked for among itself',
      ({ criteria }) => {
        Object.assign(criteria[1] ?? {}, { among: 'partner_interests' })
      },
      ['criteria.1.among: A wish is looked for among another answer than itself.'],
    ],
    [
      'rules that do not exist, or are missing',
      ({ rules }) => {
        delete rules.never_former_partners
        rules.same_shoes = true
      },
      ['rules.never_former_partners: Is missing.', 'rules.same_shoes: Is not known here.'],
    ],
  ])('%s', (_, change, expected) => {
    expect(faults(change).toSorted()).toEqual(expected.toSorted())
  })

  test('what is no hierarchy at all', () => {
    for (const nothing of [{}, { rules: null, criteria: 'no' }, { criteria: [null, 3, {}] }]) {
      expect(checkHierarchy(nothing as unknown as Hierarchy, KNOWN)).not.toEqual([])
    }
  })
})

test('a hierarchy is described in words', () => {
  const { rules, criteria } = describeHierarchy({
    rules: { other: 'region', other_institution: true, never_former_partners: true, mentor_with_protege: true },
    criteria: [
      ...DEFAULT_HIERARCHY.criteria.filter(({ kind }) => kind !== 'alike'),
      {
        key: 'home_town_size',
        kind: 'alike',
        answer: 'town',
        weight: 0,
        choices: ['Small', 'Large'],
        near: [{ between: ['Large', 'Large'], percent: 80 }],
        other_percent: 10,
      } satisfies Criterion,
    ],
  })
  expect(rules).toEqual([
    'Partners live in different regions of the world.',
    'Partners work at different institutions, where both named theirs.',
    'Two people who were partners before are never paired again.',
    'One is a mentor and the other a protégé.',
    'Pairs that a director ruled out are never made.',
  ])
  expect(criteria.map(({ label, weight, words }) => `${label} (${weight}): ${words}`)).toMatchInlineSnapshot(`
    [
      "Shared interests (25): The more choices both made, the better: 3 in common are the best, or all where one of the two made fewer.",
      "Wished interests (20): Only for those who have such a wish. The more of the wished choices the partner made, the better: 3 of them are the best, or all where fewer were wished for.",
      "Wished sector (15): Only for those who have such a wish, about the answer to “sector”: “Same sector as mine” asks for the same; “A different sector” asks for another one.",
      "Waking hours (13): The longer both are awake at the same time, from 07:00 to 22:00 on their own clocks, the better: 10 hours a day are enough.",
      "Career stage (12): In 5 steps from Student to Retired: the same step 100 %, one step apart 80 %, 2 steps apart 50 %, 3 steps apart 30 % and 4 steps apart 20 %.",
      "Wished career stage (10): Only for those who have such a wish, about the answer to “Career stage”: “More experienced” asks for further up; “Similar to mine” asks for the same, and is half met by one step away; “Less experienced” asks for further down.",
      "Language (5): The same language is the best; different ones count 50 %.",
      "Home town size (0): Does not count. The same answer is the best; different ones count 10 %. Except: Large twice 80 %.",
    ]
  `)
})
