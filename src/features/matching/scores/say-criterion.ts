import type { Criterion, CriterionOf, Hierarchy, Relation } from './hierarchy.ts'
import { commonChoices, lengthOf } from './list-measures.ts'
import { FULL } from './points.ts'
import type { ClassMeasure, PackedList, Profiles } from './profiles.ts'
import { minutesAwakeTogether, readOffsets } from './waking-hours.ts'
import { labelOf, type Met, type PairWords } from './words.ts'

/** Two choices that suit by at least so much are called near. */
const NEAR = 4000

/** What is said of a pair under one criterion. */
export interface Said {
  sentences: string[]
  /** A verb phrase that is true of both and worth telling both, if there is one. */
  shared?: string
}

interface Saying {
  profiles: Profiles
  hierarchy: Hierarchy
  words: PairWords
}

export function sayCriterion(saying: Saying, criterion: Criterion, i: number, j: number): Said {
  const { profiles } = saying
  if (criterion.kind === 'shared' || criterion.kind === 'wish_choices') {
    const measure = profiles.listMeasures.find(({ key }) => key === criterion.key)
    const [mine, theirs] = [profiles.lists[measure?.mine ?? -1], profiles.lists[measure?.theirs ?? -1]]
    if (!measure || !mine || !theirs) return { sentences: [] }
    if (criterion.kind === 'shared') return sayShared(saying, criterion, mine, i, j)
    return {
      sentences: [...sayWishedChoices(saying, mine, theirs, i, j), ...sayWishedChoices(saying, mine, theirs, j, i)],
    }
  }
  const measure = profiles.classMeasures.find(({ key }) => key === criterion.key)
  if (!measure) return { sentences: [] }
  switch (criterion.kind) {
    case 'alike':
    case 'scale':
      return sayAnswered(saying, criterion, measure, i, j)
    case 'hours':
      return sayHours(saying, criterion, measure, i, j)
    case 'language':
      return sayLanguage(saying, measure, i, j)
    default:
      return { sentences: [...sayWish(saying, criterion, measure, i, j), ...sayWish(saying, criterion, measure, j, i)] }
  }
}

function sayAnswered(
  { profiles, words }: Saying,
  criterion: CriterionOf<'alike'> | CriterionOf<'scale'>,
  measure: ClassMeasure,
  i: number,
  j: number,
): Said {
  const label = labelOf(criterion)
  const [mine, theirs] = [textAt(measure, i), textAt(measure, j)]
  if (mine === null || theirs === null) {
    return { sentences: [words.notTold(namesOf(profiles, i, j, [mine === null, theirs === null]), label)] }
  }
  const suits = suitsAt(measure, i, j)
  if (mine === theirs) {
    const phrase = words.bothChose(mine, label)
    return { sentences: [words.both(phrase)], ...(suits === FULL ? { shared: phrase } : {}) }
  }
  if (criterion.kind === 'alike') return { sentences: [words.choicesDiffer(mine, theirs, label, suits >= NEAR)] }
  const steps = Math.abs(criterion.steps.indexOf(mine) - criterion.steps.indexOf(theirs))
  return { sentences: [words.stepsApart(mine, theirs, steps)] }
}

function sayHours(
  { words }: Saying,
  { from_hour, to_hour }: CriterionOf<'hours'>,
  measure: ClassMeasure,
  i: number,
  j: number,
): Said {
  const [mine, theirs] = [readOffsets(textAt(measure, i) ?? ''), readOffsets(textAt(measure, j) ?? '')]
  // The minutes are those of a day in January and of one in July.
  const hours = Math.round(minutesAwakeTogether(mine, theirs, from_hour, to_hour) / 120)
  const shared = suitsAt(measure, i, j) === FULL ? { shared: words.bothAwake(hours) } : {}
  return { sentences: [words.awakeTogether(hours)], ...shared }
}

function sayLanguage({ profiles, words }: Saying, measure: ClassMeasure, i: number, j: number): Said {
  const [mine, theirs] = [textAt(measure, i) ?? '', textAt(measure, j) ?? '']
  if (mine !== theirs)
    return { sentences: [words.writeIn(nameBeside(profiles, i, j), mine, nameBeside(profiles, j, i), theirs)] }
  const phrase = words.bothWriteIn(mine)
  // That both write in the programme's own language tells nobody anything.
  return { sentences: [words.both(phrase)], ...(mine === 'en' ? {} : { shared: phrase }) }
}

function sayWish(
  { profiles, hierarchy, words }: Saying,
  criterion: CriterionOf<'wish'>,
  measure: ClassMeasure,
  me: number,
  them: number,
): string[] {
  if (measure.counts[measure.classOf[me] as number] !== 1) return []
  const about = hierarchy.criteria.find(({ key }) => key === criterion.about)
  const relation = textAt(measure, me) as Relation
  const met = isKnown(measure, me) && isKnown(measure, them) ? metBy(suitsAt(measure, me, them)) : 'unknown'
  return [words.wishedFor(nameBeside(profiles, me, them), nameBeside(profiles, them, me), relation, about, met)]
}

function sayShared(
  { profiles, words }: Saying,
  criterion: CriterionOf<'shared'>,
  list: PackedList,
  i: number,
  j: number,
): Said {
  const label = labelOf(criterion)
  const empty = [i, j].map((person) => lengthOf(list, person) === 0)
  if (empty.includes(true)) return { sentences: [words.notTold(namesOf(profiles, i, j, empty), label)] }
  const common = commonChoices(list, i, list, j)
  if (common.length === 0) return { sentences: [words.nothingShared(label)] }
  const texts = common.map((choice) => profiles.choices[choice] ?? '')
  const phrase = words.bothInterestedIn(texts, label, criterion.answer === 'interests')
  return { sentences: [words.both(phrase)], shared: phrase }
}

function sayWishedChoices(
  { profiles, words }: Saying,
  wishes: PackedList,
  theirs: PackedList,
  me: number,
  them: number,
): string[] {
  if (lengthOf(wishes, me) === 0) return []
  const text = (choice: number) => profiles.choices[choice] ?? ''
  const wished = [...wishes.items.subarray(wishes.starts[me], wishes.starts[me + 1])].map(text)
  const found = commonChoices(wishes, me, theirs, them).map(text)
  const told = lengthOf(theirs, them) > 0
  return [words.wishedChoices(nameBeside(profiles, me, them), nameBeside(profiles, them, me), wished, found, told)]
}

function metBy(suits: number): Met {
  if (suits === 0) return 'not'
  return suits === FULL ? 'fully' : 'partly'
}

function suitsAt({ classOf, size, suits }: ClassMeasure, me: number, them: number): number {
  return suits[(classOf[me] as number) * size + (classOf[them] as number)] as number
}

function textAt({ classOf, texts }: ClassMeasure, person: number): string | null {
  return texts[classOf[person] as number] ?? null
}

function isKnown({ classOf, known }: ClassMeasure, person: number): boolean {
  return known[classOf[person] as number] === 1
}

/** The given name, or the full one where the other has the same. */
export function nameBeside({ givenNames, fullNames }: Profiles, person: number, other: number): string {
  const same = person !== other && givenNames[person] === givenNames[other]
  return (same ? fullNames : givenNames)[person] ?? ''
}

/** The names of those of the two of whom it is true. */
function namesOf(profiles: Profiles, i: number, j: number, [mine, theirs]: readonly boolean[]): string[] {
  return [...(mine ? [nameBeside(profiles, i, j)] : []), ...(theirs ? [nameBeside(profiles, j, i)] : [])]
}
