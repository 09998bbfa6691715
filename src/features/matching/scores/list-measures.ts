import { keyOf, listOf } from './answers.ts'
import type { MatchingApplicant } from './applicant.ts'
import type { Criterion } from './hierarchy.ts'
import type { ListMeasure, PackedList } from './profiles.ts'

/**
 * Choices of one list that are looked at: counts of common choices are kept in one byte. A form offers twenty; only free
 * text comes near.
 */
const MOST_CHOICES = 250

/**
 * Packs the list answers that criteria compare. One numbering of choices for all lists, so that what one person wishes
 * for and another chose are the same number.
 */
export function packLists(
  criteria: readonly Criterion[],
  applicants: readonly MatchingApplicant[],
): { listMeasures: ListMeasure[]; lists: PackedList[]; choices: string[] } {
  const numberOf = choiceNumbers()
  const lists: PackedList[] = []
  const indexOf = (answer: string): number => {
    const at = lists.findIndex((list) => list.answer === answer)
    return at < 0 ? lists.push(packList(answer, applicants, numberOf.choice)) - 1 : at
  }
  const listMeasures: ListMeasure[] = []
  for (const criterion of criteria) {
    if (criterion.kind !== 'shared' && criterion.kind !== 'wish_choices') continue
    const { key, weight, enough, answer } = criterion
    const wish = criterion.kind === 'wish_choices'
    const theirs = indexOf(wish ? criterion.among : answer)
    listMeasures.push({ key, weight, wish, mine: indexOf(answer), theirs, enough })
  }
  return { listMeasures, lists, choices: numberOf.texts }
}

/** How many choices a person made. */
export function lengthOf(list: PackedList, person: number): number {
  return (list.starts[person + 1] ?? 0) - (list.starts[person] ?? 0)
}

/** The choices that one person made in one list and another in another. */
export function commonChoices(mine: PackedList, me: number, theirs: PackedList, them: number): number[] {
  const chosen = new Set(theirs.items.subarray(theirs.starts[them], theirs.starts[them + 1]))
  return [...mine.items.subarray(mine.starts[me], mine.starts[me + 1])].filter((choice) => chosen.has(choice))
}

function packList(
  answer: string,
  applicants: readonly MatchingApplicant[],
  numberOf: (choice: string) => number,
): PackedList {
  const starts = new Uint32Array(applicants.length + 1)
  const items: number[] = []
  for (const [person, applicant] of applicants.entries()) {
    const chosen = [...new Set(listOf(applicant, answer).map(numberOf))].slice(0, MOST_CHOICES)
    chosen.sort((a, b) => a - b)
    for (const choice of chosen) items.push(choice)
    starts[person + 1] = items.length
  }
  return { answer, starts, items: Uint32Array.from(items) }
}

/** Numbers choices as they occur: spellings of one choice have one number. */
function choiceNumbers() {
  const texts: string[] = []
  const byKey = new Map<string, number>()
  const byText = new Map<string, number>()
  return {
    texts,
    choice(text: string): number {
      const seen = byText.get(text)
      if (seen !== undefined) return seen
      const key = keyOf(text)
      const number = byKey.get(key) ?? texts.push(text) - 1
      byKey.set(key, number)
      byText.set(text, number)
      return number
    },
  }
}
