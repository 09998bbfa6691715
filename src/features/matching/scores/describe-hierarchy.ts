import type { Criterion, CriterionOf, Hierarchy, Relation } from './hierarchy.ts'
import type { UnknownAnswer } from './profiles.ts'
import { labelOf, list } from './words.ts'

export interface DescribedCriterion {
  key: string
  label: string
  weight: number
  words: string
}

/** A hierarchy in words, as the console shows it to directors. */
export function describeHierarchy({ rules, criteria }: Hierarchy): { rules: string[]; criteria: DescribedCriterion[] } {
  const said = [
    rules.other === 'country' && 'Partners live in different countries.',
    rules.other === 'region' && 'Partners live in different regions of the world.',
    rules.other === 'none' && 'Partners may live in the same country.',
    rules.other_institution && 'Partners work at different institutions, where both named theirs.',
    rules.never_former_partners
      ? 'Two people who were partners before are never paired again.'
      : 'Two people who were partners before may be paired again.',
    rules.both_agreed_to_conduct && 'Both have agreed to the code of conduct.',
    rules.mentor_with_protege && 'One is a mentor and the other a protégé.',
    'Pairs that a director ruled out are never made.',
  ]
  return {
    rules: said.filter((sentence) => typeof sentence === 'string'),
    criteria: criteria.map((criterion) => ({
      key: criterion.key,
      label: labelOf(criterion),
      weight: criterion.weight,
      words: criterion.weight === 0 ? `Does not count. ${wordsOf(criterion, criteria)}` : wordsOf(criterion, criteria),
    })),
  }
}

/** What was answered that no table knows: one sentence a text, those of most people first. */
export function describeUnknown(unknown: readonly UnknownAnswer[], { criteria }: Hierarchy): string[] {
  return unknown
    .toSorted((a, b) => b.people - a.people)
    .map(({ key, text, people }) => {
      const criterion = criteria.find((one) => one.key === key)
      const label = criterion === undefined ? key : labelOf(criterion)
      const who = people === 1 ? 'One person' : `${people} people`
      const what = criterion?.kind === 'wish' ? 'It counts as no wish.' : 'It speaks neither for nor against anybody.'
      return `${label}: ${who} answered “${text}”, which is not among the choices. ${what}`
    })
}

function wordsOf(criterion: Criterion, criteria: readonly Criterion[]): string {
  switch (criterion.kind) {
    case 'alike':
      return sayAlike(criterion)
    case 'scale':
      return sayScale(criterion)
    case 'shared':
      return `The more choices both made, the better: ${criterion.enough} in common are the best, or all where one of the two made fewer.`
    case 'hours': {
      const { from_hour, to_hour, enough_hours } = criterion
      return `The longer both are awake at the same time, from ${clock(from_hour)} to ${clock(to_hour)} on their own clocks, the better: ${hours(enough_hours)} a day are enough.`
    }
    case 'language':
      return `The same language is the best; different ones count ${criterion.other_percent} %.`
    case 'wish':
      return sayWish(criterion, criteria)
    case 'wish_choices':
      return `Only for those who have such a wish. The more of the wished choices the partner made, the better: ${criterion.enough} of them are the best, or all where fewer were wished for.`
  }
}

function sayAlike({ near, other_percent }: CriterionOf<'alike'>): string {
  const tables = (near ?? []).map(({ between: [one, two], percent }) =>
    one === two ? `${one} twice ${percent} %` : `${one} and ${two} ${percent} %`,
  )
  const same = `The same answer is the best; different ones count ${other_percent} %`
  return tables.length === 0 ? `${same}.` : `${same}. Except: ${tables.join('; ')}.`
}

function sayScale({ steps, by_distance }: CriterionOf<'scale'>): string {
  const last = by_distance.length - 1
  const distances = by_distance.map((percent, distance) => {
    const apart = distance === 0 ? 'the same step' : distance === 1 ? 'one step apart' : `${distance} steps apart`
    return `${apart}${distance === last && distance < steps.length - 1 ? ' or more' : ''} ${percent} %`
  })
  return `In ${steps.length} steps from ${steps[0]} to ${steps.at(-1)}: ${list(distances)}.`
}

const RELATION_WORDS: Record<Exclude<Relation, 'any'>, string> = {
  same: 'the same',
  different: 'another one',
  similar: 'the same, and is half met by one step away',
  more: 'further up',
  less: 'further down',
}

function sayWish({ about, means }: CriterionOf<'wish'>, criteria: readonly Criterion[]): string {
  const compared = criteria.find(({ key }) => key === about)
  const meanings = means.flatMap(({ text, relation }) =>
    relation === 'any' ? [] : [`“${text}” asks for ${RELATION_WORDS[relation]}`],
  )
  const label = compared === undefined ? about : labelOf(compared)
  return `Only for those who have such a wish, about the answer to “${label}”: ${meanings.join('; ')}.`
}

const hours = (count: number) => `${count} ${count === 1 ? 'hour' : 'hours'}`
const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`
