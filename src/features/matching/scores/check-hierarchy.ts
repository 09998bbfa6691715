import { Value } from 'typebox/value'
import type { FieldFault } from '../../../lib/errors.ts'
import { ANSWER_COLUMNS, choiceReader } from './answers.ts'
import { CRITERIA, type Criterion, type CriterionKind, type Hierarchy, MOST_CRITERIA, Rules } from './hierarchy.ts'

/**
 * What is wrong with a hierarchy, by field ("criteria.2.weight"); empty when it can be scored with. Takes what came in
 * unchecked as well, so that every fault is said in words and all of them at once.
 * @param knownAnswers the answers that forms have; the columns every application has need not be among them
 */
export function checkHierarchy(hierarchy: Hierarchy, knownAnswers: ReadonlySet<string>): FieldFault[] {
  const { rules, criteria } = hierarchy as Partial<Hierarchy>
  const faults = schemaFaults(Rules, rules, 'rules')
  if (!Array.isArray(criteria) || criteria.length === 0) {
    return [...faults, { field: 'criteria', message: 'There must be at least one criterion.' }]
  }
  if (criteria.length > MOST_CRITERIA) {
    faults.push({ field: 'criteria', message: `There may be at most ${MOST_CRITERIA} criteria.` })
  }
  const keys = new Set<string>()
  for (const [at, criterion] of criteria.entries()) {
    const field = `criteria.${at}`
    const found = criterionFaults(criterion, field)
    faults.push(...found)
    if (found.length > 0) continue
    if (keys.has(criterion.key)) {
      faults.push({ field: `${field}.key`, message: `Another criterion is called "${criterion.key}" already.` })
    }
    keys.add(criterion.key)
    faults.push(...answerFaults(criterion, field, knownAnswers), ...meaningFaults(criterion, field, criteria))
  }
  if (criteria.every((criterion) => criterion?.weight === 0)) {
    faults.push({ field: 'criteria', message: 'Every weight is 0: at least one criterion must count.' })
  }
  return faults
}

function criterionFaults(criterion: Criterion, field: string): FieldFault[] {
  if (typeof criterion !== 'object' || criterion === null) {
    return [{ field, message: 'A criterion must have a key, a kind and a weight.' }]
  }
  if (!Object.hasOwn(CRITERIA, criterion.kind ?? '')) {
    const kinds = Object.keys(CRITERIA).join(', ')
    return [{ field: `${field}.kind`, message: `"${criterion.kind}" is no kind of criterion; there are ${kinds}.` }]
  }
  const { weight } = criterion
  if (!Number.isInteger(weight) || weight < 0 || weight > 100) {
    const other = schemaFaults(CRITERIA[criterion.kind], { ...criterion, weight: 0 }, field)
    return [{ field: `${field}.weight`, message: 'A weight is a whole number from 0 to 100.' }, ...other]
  }
  return schemaFaults(CRITERIA[criterion.kind], criterion, field)
}

function answerFaults(criterion: Criterion, field: string, known: ReadonlySet<string>): FieldFault[] {
  const named = [
    ...('answer' in criterion ? [['answer', criterion.answer] as const] : []),
    ...('among' in criterion ? [['among', criterion.among] as const] : []),
  ]
  return named
    .filter(([, answer]) => !known.has(answer) && !ANSWER_COLUMNS.some((column) => column === answer))
    .map(([name, answer]) => ({
      field: `${field}.${name}`,
      message: `No form of the round has an answer "${answer}".`,
    }))
}

/** What each kind must have beyond its shape: choices that are told apart, and names that lead somewhere. */
function meaningFaults(criterion: Criterion, field: string, criteria: readonly Criterion[]): FieldFault[] {
  switch (criterion.kind) {
    case 'alike':
      return [...twiceFaults(criterion.choices, `${field}.choices`), ...nearFaults(criterion, field)]
    case 'scale':
      return twiceFaults(criterion.steps, `${field}.steps`)
    case 'hours':
      return criterion.from_hour < criterion.to_hour
        ? []
        : [{ field: `${field}.to_hour`, message: 'The day must end after it begins.' }]
    case 'wish':
      return wishFaults(criterion, field, criteria)
    case 'wish_choices':
      return criterion.answer === criterion.among
        ? [{ field: `${field}.among`, message: 'A wish is looked for among another answer than itself.' }]
        : []
    default:
      return []
  }
}

function nearFaults({ choices, near }: Extract<Criterion, { kind: 'alike' }>, field: string): FieldFault[] {
  const choice = choiceReader(choices)
  const pairs = new Set<string>()
  return (near ?? []).flatMap(({ between }, at) => {
    const unknown = between
      .filter((text) => choice(text) === undefined)
      .map((text) => ({ field: `${field}.near.${at}.between`, message: `"${text}" is not one of the choices.` }))
    if (unknown.length > 0) return unknown
    const pair = between.map(choice).toSorted().join(' ')
    if (pairs.has(pair)) return [{ field: `${field}.near.${at}.between`, message: 'These two are there twice.' }]
    pairs.add(pair)
    return []
  })
}

function wishFaults(
  wish: Extract<Criterion, { kind: 'wish' }>,
  field: string,
  criteria: readonly Criterion[],
): FieldFault[] {
  const faults = twiceFaults(
    wish.means.map(({ text }) => text),
    `${field}.means`,
  )
  const about = criteria.find((criterion) => criterion?.key === wish.about)
  if (about?.kind !== 'alike' && about?.kind !== 'scale') {
    const message = `"${wish.about}" is no criterion of the kind alike or scale, so there is nothing to compare.`
    return [...faults, { field: `${field}.about`, message }]
  }
  const needsScale = wish.means.findIndex(({ relation }) => ['more', 'less', 'similar'].includes(relation))
  if (about.kind === 'alike' && needsScale >= 0) {
    const message = 'More, less and similar need a criterion of the kind scale.'
    faults.push({ field: `${field}.means.${needsScale}.relation`, message })
  }
  return faults
}

function twiceFaults(texts: readonly string[], field: string): FieldFault[] {
  const choice = choiceReader(texts)
  return texts.flatMap((text, at) =>
    choice(text) === at ? [] : [{ field: `${field}.${at}`, message: `"${text}" is there twice.` }],
  )
}

type Schema = (typeof CRITERIA)[CriterionKind] | typeof Rules

function schemaFaults(schema: Schema, value: unknown, field: string): FieldFault[] {
  const faults = new Map<string, string>()
  for (const { keyword, instancePath, params, message } of Value.Errors(schema, value)) {
    const path = [field, ...instancePath.split('/').slice(1)].join('.')
    const names = (params as { requiredProperties?: string[]; additionalProperties?: string[] }) ?? {}
    if (keyword === 'required')
      for (const name of names.requiredProperties ?? []) faults.set(`${path}.${name}`, 'Is missing.')
    else if (keyword === 'additionalProperties')
      for (const name of names.additionalProperties ?? []) faults.set(`${path}.${name}`, 'Is not known here.')
    else if (!faults.has(path)) faults.set(path, sentence(message))
  }
  return [...faults].map(([at, message]) => ({ field: at, message }))
}

const sentence = (message: string) => `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
