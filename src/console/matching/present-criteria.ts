import { describeHierarchy, type MatchingSettings } from '../../features/matching/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { faultOf, presentField } from '../settings/form.ts'
import { type Contested, type CriteriaTyped, settingsOf, typedFrom } from './criteria-form.ts'
import { MODES, ODD_ONES, POLICIES } from './words.ts'

interface Facts {
  code: string
  saved: MatchingSettings
  typed: CriteriaTyped
  faults: readonly FieldFault[]
  contested: readonly Contested[]
  /** Answers that the round's forms have. */
  answers: readonly string[]
}

const OTHER: Record<string, { name: string; words: string }> = {
  country: { name: 'Another country', words: 'Partners come from different countries.' },
  region: { name: 'Another region', words: 'Partners come from different regions of the world.' },
  none: { name: 'No rule', words: 'Two people of one country may be partners too.' },
}

const CHECKS = {
  never_former_partners: [
    'Never the same pair again',
    'Who were partners in an earlier round are not paired once more.',
  ],
  both_agreed_to_conduct: ['Both agreed to the code of conduct', ''],
  other_institution: ['Another institution', 'Where both named theirs, in the answer “institution”.'],
  mentor_with_protege: ['Only a mentor and a protégé', 'By the answer “role” of their forms.'],
} as const

/** View model of matching/criteria, but for the effect. */
export function presentCriteria({ code, saved, typed, faults, contested, answers }: Facts) {
  const { hierarchy } = settingsOf(typed, saved.hierarchy)
  const described = describeHierarchy(hierarchy).criteria
  const options = (choices: Record<string, { name: string; words: string }>, name: keyof CriteriaTyped) => ({
    name,
    fault: faultOf(faults, name),
    options: Object.entries(choices).map(([value, { name: text, words }], at) => ({
      // The first one is what a link from the summary of faults leads to.
      id: at === 0 ? name : `${name}-${value}`,
      value,
      text,
      hint: words,
      checked: typed[name] === value,
    })),
  })
  return {
    code,
    version: saved.version,
    seen: JSON.stringify(typedFrom(saved)),
    other: options(OTHER, 'other'),
    checks: Object.entries(CHECKS).map(([name, [text, hint]]) => ({
      name,
      text,
      hint,
      checked: typed[name as keyof typeof CHECKS],
    })),
    criteria_fault: faultOf(faults, 'criteria'),
    criteria: typed.criteria.flatMap(({ key, weight }, at) => {
      const words = described[at]
      if (!words) return []
      const fault = faults
        .filter(({ field }) => field.startsWith(`criteria.${at}.`))
        .map(({ message }) => message)
        .join(' ')
      return [
        {
          id: `criteria.${at}.weight`,
          key,
          label: words.label,
          words: words.words,
          value: weight,
          fault,
          first: at === 0,
          last: at === typed.criteria.length - 1,
        },
      ]
    }),
    answers: answers.filter((answer) => !hierarchy.criteria.some((one) => 'answer' in one && one.answer === answer)),
    policy: options(POLICIES, 'policy'),
    mode: options(MODES, 'mode'),
    odd_one: options(ODD_ONES, 'odd_one'),
    group_size: presentField(
      {
        name: 'group_size',
        label: 'People in a group',
        hint: 'Three to eight; for small groups only.',
        value: typed.group_size,
        type: 'number',
        short: true,
      },
      faults,
    ),
    contested: contested.map(({ field, theirs, mine }) => ({
      name: described.find(({ key }) => key === field)?.label ?? FIELD_NAMES[field] ?? field,
      theirs: sayValue(theirs),
      mine: sayValue(mine),
    })),
  }
}

const FIELD_NAMES: Record<string, string> = {
  other: 'Where partners come from',
  policy: 'What is best',
  mode: 'Who with whom',
  odd_one: 'The odd one',
  group_size: 'People in a group',
  ...Object.fromEntries(Object.entries(CHECKS).map(([name, [text]]) => [name, text])),
}

const NAMES: Record<string, { name: string }> = { ...OTHER, ...POLICIES, ...MODES, ...ODD_ONES }

function sayValue(value: string): string {
  if (value === 'true') return 'yes'
  if (value === 'false') return 'no'
  return NAMES[value]?.name ?? (value === '' ? 'nothing' : value)
}
