import { type Static, Type } from '@fastify/type-provider-typebox'
import type { Hierarchy, MatchingSettings } from '../../features/matching/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { MODES, ODD_ONES, POLICIES } from './words.ts'

const text = Type.String({ default: '', maxLength: 200 })
const Many = Type.Optional(Type.Union([text, Type.Array(text, { maxItems: 100 })]))
const Ticked = Type.Optional(Type.String({ maxLength: 1 }))

/** The fields of the form. `key` and `weight` come once for each criterion, in its order. */
export const CriteriaFields = Type.Object({
  version: text,
  other: text,
  other_institution: Ticked,
  never_former_partners: Ticked,
  both_agreed_to_conduct: Ticked,
  mentor_with_protege: Ticked,
  key: Many,
  weight: Many,
  policy: text,
  mode: text,
  odd_one: text,
  group_size: text,
  /** What stood in the form when it was opened, as JSON. */
  seen: Type.String({ default: '', maxLength: 20_000 }),
  /** "up sector": what a button moves. */
  move: text,
  /** An answer to make a criterion of. */
  answer: text,
  add: text,
})
export type CriteriaFields = Static<typeof CriteriaFields>

const CHECKS = ['other_institution', 'never_former_partners', 'both_agreed_to_conduct', 'mentor_with_protege'] as const
const WORDS = ['other', 'policy', 'mode', 'odd_one', 'group_size'] as const
type Check = (typeof CHECKS)[number]
type Word = (typeof WORDS)[number]

/** The form as it is shown: every value as a text, so that what was typed wrongly stays. */
export interface CriteriaTyped extends Record<Word, string>, Record<Check, boolean> {
  criteria: { key: string; weight: string }[]
}

export function typedFrom({ hierarchy, policy, mode, odd_one, group_size }: MatchingSettings): CriteriaTyped {
  const { rules, criteria } = hierarchy
  return {
    ...{ policy, mode, odd_one, group_size: String(group_size), other: rules.other },
    other_institution: rules.other_institution ?? false,
    never_former_partners: rules.never_former_partners,
    both_agreed_to_conduct: rules.both_agreed_to_conduct ?? false,
    mentor_with_protege: rules.mentor_with_protege ?? false,
    criteria: criteria.map(({ key, weight }) => ({ key, weight: String(weight) })),
  }
}

export function readTyped(fields: CriteriaFields): CriteriaTyped {
  const keys = listOf(fields.key)
  const weights = listOf(fields.weight)
  const criteria = keys.map((key, at) => ({ key, weight: (weights[at] ?? '').trim() }))
  const ticked = Object.fromEntries(CHECKS.map((name) => [name, fields[name] === '1'])) as Record<Check, boolean>
  const words = Object.fromEntries(WORDS.map((name) => [name, fields[name].trim()])) as Record<Word, string>
  return { ...words, ...ticked, criteria: added(moved(unique(criteria), fields.move), fields) }
}

const listOf = (given: string | string[] | undefined) => (given === undefined ? [] : [given].flat())
const unique = (criteria: CriteriaTyped['criteria']) =>
  criteria.filter(({ key }, at) => criteria.findIndex((one) => one.key === key) === at)

function moved(criteria: CriteriaTyped['criteria'], move: string): CriteriaTyped['criteria'] {
  const [way, key] = move.split(' ')
  const from = criteria.findIndex((one) => one.key === key)
  const to = way === 'up' ? from - 1 : from + 1
  if (from < 0 || to < 0 || to >= criteria.length) return criteria
  return criteria
    .with(from, criteria[to] as (typeof criteria)[number])
    .with(to, criteria[from] as (typeof criteria)[number])
}

/** Before it has a key of its own, a criterion made of an answer is known by that. */
const OF_ANSWER = 'answer:'
const USUAL_WEIGHT = '10'

function added(criteria: CriteriaTyped['criteria'], { add, answer }: CriteriaFields): CriteriaTyped['criteria'] {
  if (add === '' || answer === '' || criteria.some(({ key }) => key === OF_ANSWER + answer)) return criteria
  return [...criteria, { key: OF_ANSWER + answer, weight: USUAL_WEIGHT }]
}

/** What was typed, upon what is saved: for the service to judge, so a weight that is no number stays one. */
export function settingsOf(typed: CriteriaTyped, saved: Hierarchy) {
  const { policy, mode, odd_one, group_size, criteria, other, ...ticked } = typed
  return {
    hierarchy: {
      rules: { ...saved.rules, other, ...ticked },
      criteria: criteria.flatMap(({ key, weight }) => {
        const known = saved.criteria.find((one) => one.key === key) ?? criterionOfAnswer(key)
        return known ? [{ ...known, weight: weight === '' ? Number.NaN : Number(weight) }] : []
      }),
    } as Hierarchy,
    policy: policy as MatchingSettings['policy'],
    mode: mode as MatchingSettings['mode'],
    odd_one: odd_one as MatchingSettings['odd_one'],
    group_size: Number(group_size),
  }
}

function criterionOfAnswer(key: string): Hierarchy['criteria'][number] | undefined {
  if (!key.startsWith(OF_ANSWER)) return undefined
  const answer = key.slice(OF_ANSWER.length)
  const words = answer.replaceAll('_', ' ').trim()
  const slug = `shared_${answer.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 40)
  return {
    key: slug,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    kind: 'shared',
    answer,
    weight: 0,
    enough: 1,
  }
}

const CHOICES = { policy: POLICIES, mode: MODES, odd_one: ODD_ONES }

/** What a browser's own form cannot send, and a group of a size that is none. */
export function faultsOfChoices(typed: CriteriaTyped): FieldFault[] {
  const unknown = (Object.keys(CHOICES) as (keyof typeof CHOICES)[])
    .filter((name) => !Object.hasOwn(CHOICES[name], typed[name]))
    .map((field) => ({ field, message: 'Choose one of these.' }))
  const size = Number(typed.group_size)
  if (Number.isInteger(size) && size >= 3 && size <= 8) return unknown
  return [...unknown, { field: 'group_size', message: 'A group has 3 to 8 people.' }]
}

/** What stood in the form when it was opened; what cannot be read counts as the form itself: nothing was changed. */
export function readSeen(seen: string, typed: CriteriaTyped): CriteriaTyped {
  try {
    const read = JSON.parse(seen) as CriteriaTyped
    return Array.isArray(read.criteria) ? { ...typed, ...read } : typed
  } catch {
    return typed
  }
}

export interface Contested {
  field: string
  theirs: string
  mine: string
}

/** Mine upon theirs: where only they have changed something theirs holds, where both have it is mine, and said. */
export function rebase(mine: CriteriaTyped, seen: CriteriaTyped, theirs: CriteriaTyped) {
  const contested: Contested[] = []
  const choose = (field: string, values: { mine: string; seen: string; theirs: string }) => {
    if (values.mine === values.seen) return values.theirs
    if (values.theirs !== values.seen && values.theirs !== values.mine)
      contested.push({ field, theirs: values.theirs, mine: values.mine })
    return values.mine
  }
  const weightIn = ({ criteria }: CriteriaTyped, key: string) => criteria.find((one) => one.key === key)?.weight ?? ''
  const words = Object.fromEntries(
    WORDS.map((name) => [name, choose(name, { mine: mine[name], seen: seen[name], theirs: theirs[name] })]),
  ) as Record<Word, string>
  const ticked = Object.fromEntries(
    CHECKS.map((name) => {
      const values = { mine: String(mine[name]), seen: String(seen[name]), theirs: String(theirs[name]) }
      return [name, choose(name, values) === 'true']
    }),
  ) as Record<Check, boolean>
  const order = [
    ...mine.criteria,
    ...theirs.criteria.filter(({ key }) => !mine.criteria.some((one) => one.key === key)),
  ]
  const criteria = order.map(({ key }) => ({
    key,
    weight: choose(key, { mine: weightIn(mine, key), seen: weightIn(seen, key), theirs: weightIn(theirs, key) }),
  }))
  return { typed: { ...words, ...ticked, criteria }, contested }
}
