import { choiceReader, textOf } from './answers.ts'
import type { MatchingApplicant } from './applicant.ts'
import type { CriterionOf, Hierarchy, Relation } from './hierarchy.ts'
import { FULL, NEUTRAL } from './points.ts'
import type { ClassMeasure } from './profiles.ts'
import { type ClockOffsets, clockOffsetsOf, minutesAwakeTogether, writeOffsets } from './waking-hours.ts'

type Answered = CriterionOf<'alike'> | CriterionOf<'scale'>

export interface Packing {
  hierarchy: Hierarchy
  applicants: readonly MatchingApplicant[]
  /** The year whose rules of summer time hold. */
  year: number
  /** Told of every text that no table knows. */
  unknown(answer: string, text: string): void
}

/** Classes before those that nobody is in are left out: any whole numbers, and what is known of each. */
interface Classes<Class> {
  of(applicant: MatchingApplicant): Class
  key(of: Class): string | number
  /** Basis points. */
  suits(mine: Class, theirs: Class): number
  counts(mine: Class): boolean
  known(of: Class): boolean
  text(of: Class): string | null
}

/** Where texts that are not among `choices` end; a class of its own, that counts neutrally. */
const NOT_KNOWN = -1

export function packAlike(criterion: CriterionOf<'alike'>, packing: Packing): ClassMeasure {
  const likeness = likenessTable(criterion)
  return packAnswered(criterion, criterion.choices, packing, (mine, theirs) => likeness(mine, theirs))
}

export function packScale(criterion: CriterionOf<'scale'>, packing: Packing): ClassMeasure {
  const { by_distance } = criterion
  return packAnswered(criterion, criterion.steps, packing, (mine, theirs) => {
    const distance = Math.min(Math.abs(mine - theirs), by_distance.length - 1)
    return percent(by_distance[distance] ?? 0)
  })
}

/** A wish is seen together with the own answer, to which it relates the partner's. */
export function packWish(criterion: CriterionOf<'wish'>, packing: Packing): ClassMeasure {
  const about = packing.hierarchy.criteria.find(
    (other): other is Answered => other.key === criterion.about && (other.kind === 'alike' || other.kind === 'scale'),
  )
  // The answer itself is reported by its own criterion, if that has weight.
  const unknown = about !== undefined && about.weight > 0 ? () => {} : packing.unknown
  const own = about === undefined ? () => NOT_KNOWN : choiceOf(about, { unknown })
  const meaning = choiceReader(criterion.means.map(({ text }) => text))
  return packClasses<{ relation: Relation; own: number }>(criterion, packing, {
    of(applicant) {
      const text = textOf(applicant, criterion.answer)
      const at = text === null ? undefined : meaning(text)
      if (text !== null && at === undefined) packing.unknown(criterion.answer, text)
      return { relation: at === undefined ? 'any' : (criterion.means[at]?.relation ?? 'any'), own: own(applicant) }
    },
    key: ({ relation, own }) => `${relation} ${own}`,
    suits: (mine, theirs) => fulfils(mine.relation, mine.own, theirs.own),
    counts: ({ relation }) => relation !== 'any',
    known: ({ own }) => own !== NOT_KNOWN,
    text: ({ relation }) => relation,
  })
}

export function packHours(criterion: CriterionOf<'hours'>, packing: Packing): ClassMeasure {
  const known = new Map<string, ClockOffsets>()
  const { from_hour, to_hour, enough_hours } = criterion
  return packClasses<ClockOffsets>(criterion, packing, {
    of({ time_zone, country_code }) {
      const place = `${country_code} ${time_zone ?? ''}`
      const offsets = known.get(place) ?? clockOffsetsOf(time_zone, country_code, packing.year)
      known.set(place, offsets)
      return offsets
    },
    key: writeOffsets,
    suits(mine, theirs) {
      const enough = 2 * 60 * enough_hours
      const minutes = Math.min(minutesAwakeTogether(mine, theirs, from_hour, to_hour), enough)
      return Math.floor((FULL * minutes) / enough)
    },
    counts: () => true,
    known: () => true,
    text: writeOffsets,
  })
}

export function packLanguage(criterion: CriterionOf<'language'>, packing: Packing): ClassMeasure {
  return packClasses<string>(criterion, packing, {
    of: ({ language }) => language.split('-')[0]?.toLowerCase() || 'und',
    key: (language) => language,
    suits: (mine, theirs) => (mine === theirs ? FULL : percent(criterion.other_percent)),
    counts: () => true,
    known: () => true,
    text: (language) => language,
  })
}

function packAnswered(
  criterion: Answered,
  choices: readonly string[],
  packing: Packing,
  suits: (mine: number, theirs: number) => number,
): ClassMeasure {
  return packClasses<number>(criterion, packing, {
    of: choiceOf(criterion, packing),
    key: (choice) => choice,
    suits: (mine, theirs) => (mine === NOT_KNOWN || theirs === NOT_KNOWN ? NEUTRAL : suits(mine, theirs)),
    counts: () => true,
    known: (choice) => choice !== NOT_KNOWN,
    text: (choice) => choices[choice] ?? null,
  })
}

function choicesOf(criterion: Answered): readonly string[] {
  return criterion.kind === 'alike' ? criterion.choices : criterion.steps
}

/** Which of the criterion's choices an applicant made. */
function choiceOf(criterion: Answered, { unknown }: Pick<Packing, 'unknown'>) {
  const choice = choiceReader(choicesOf(criterion))
  const untold = choiceReader(criterion.untold ?? [])
  const read = new Map<string, number | undefined>()
  return (applicant: MatchingApplicant): number => {
    const text = textOf(applicant, criterion.answer)
    if (text === null) return NOT_KNOWN
    if (!read.has(text)) read.set(text, choice(text) ?? (untold(text) === undefined ? undefined : NOT_KNOWN))
    const found = read.get(text)
    if (found === undefined) unknown(criterion.answer, text)
    return found ?? NOT_KNOWN
  }
}

function likenessTable(criterion: CriterionOf<'alike'>): (mine: number, theirs: number) => number {
  const size = criterion.choices.length
  const choice = choiceReader(criterion.choices)
  const table = new Uint16Array(size * size).fill(percent(criterion.other_percent))
  for (let same = 0; same < size; same++) table[same * size + same] = FULL
  for (const { between, percent: likeness } of criterion.near ?? []) {
    const [one, two] = [choice(between[0]), choice(between[1])]
    if (one === undefined || two === undefined) continue
    table[one * size + two] = percent(likeness)
    table[two * size + one] = percent(likeness)
  }
  return (mine, theirs) => table[mine * size + theirs] ?? 0
}

/** Whether the partner's answer is what was wished for, in basis points. On a scale, one step away is half similar. */
function fulfils(relation: Relation, own: number, partner: number): number {
  if (own === NOT_KNOWN || partner === NOT_KNOWN) return NEUTRAL
  if (relation === 'same') return own === partner ? FULL : 0
  if (relation === 'different') return own === partner ? 0 : FULL
  if (relation === 'more') return partner > own ? FULL : 0
  if (relation === 'less') return partner < own ? FULL : 0
  if (relation === 'similar') return Math.max(0, FULL - Math.abs(own - partner) * (FULL / 2))
  return FULL
}

const percent = (whole: number) => whole * (FULL / 100)

/** Numbers the classes that occur, in the order in which they do, and asks once for every two of them. */
function packClasses<Class>(
  { key, weight }: { key: string; weight: number },
  { applicants }: Packing,
  classes: Classes<Class>,
): ClassMeasure {
  const numbers = new Map<string | number, number>()
  const found: Class[] = []
  const classOf = new Uint16Array(applicants.length)
  for (const [person, applicant] of applicants.entries()) {
    const of = classes.of(applicant)
    const number = numbers.get(classes.key(of)) ?? numbers.size
    if (number === numbers.size) {
      numbers.set(classes.key(of), number)
      found.push(of)
    }
    classOf[person] = number
  }
  const size = found.length
  const suits = new Uint16Array(size * size)
  for (const [mine, one] of found.entries()) {
    for (const [theirs, other] of found.entries()) suits[mine * size + theirs] = classes.suits(one, other)
  }
  const counts = Uint8Array.from(found, (of) => Number(classes.counts(of)))
  const known = Uint8Array.from(found, (of) => Number(classes.known(of)))
  return { key, weight, size, classOf, suits, counts, known, texts: found.map((of) => classes.text(of)) }
}
