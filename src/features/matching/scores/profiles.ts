/**
 * Everything scoring needs, packed: JSON and typed arrays, which go to worker threads by structured clone and come out
 * the same, bit for bit, from the same input. People are indices 0 … n-1 in the order they were given.
 */
export interface Profiles {
  n: number
  /** person_id by index */
  personIds: Float64Array
  /** By index, for sentences. */
  givenNames: string[]
  fullNames: string[]
  /** The weights of all criteria that count for each person: a wish counts only for the person who has it. */
  stakes: Uint16Array
  classMeasures: ClassMeasure[]
  listMeasures: ListMeasure[]
  /** The list answers that list measures compare, each packed once. */
  lists: PackedList[]
  /** Texts of the choices that occur in lists, by choice. */
  choices: string[]
  combined: CombinedClass[]
  rules: PackedRules
  /** Texts that no table knows; they count neutrally. */
  unknown: UnknownAnswer[]
}

/** A criterion that sees people as members of a few classes, and knows for every two classes how well they suit. */
export interface ClassMeasure {
  key: string
  weight: number
  size: number
  classOf: Uint16Array
  /** Basis points: how well somebody of class `theirs` suits one of class `mine`, at [mine × size + theirs]. */
  suits: Uint16Array
  /** 1 where the criterion counts for a person of that class. */
  counts: Uint8Array
  /** 1 where the answer that is compared is known. */
  known: Uint8Array
  /** What the class answered, null when that is not known; the relation of a wish, the offsets of a clock. */
  texts: (string | null)[]
}

/** A criterion that counts the choices which a list of mine and a list of theirs have in common. */
export interface ListMeasure {
  key: string
  weight: number
  /** A wish counts for the person who has it; otherwise the criterion is one of both. */
  wish: boolean
  /** Index into `lists`: what I chose, or wish for. */
  mine: number
  /** Index into `lists`: what they chose. */
  theirs: number
  enough: number
}

/** The choices of person i are `items` from `starts[i]` to `starts[i + 1]`, ascending. */
export interface PackedList {
  answer: string
  starts: Uint32Array
  items: Uint32Array
}

/**
 * Several class measures folded into one class: people of one combined class have the same stake and the same class in
 * each of the measures, so a row of scores needs one look-up for all of them.
 */
export interface CombinedClass {
  /** Indices into `classMeasures`. */
  measures: number[]
  size: number
  classOf: Uint32Array
  /** One person of each class, who stands for it. */
  examples: Uint32Array
}

export type GroupRule = 'country' | 'region' | 'institution' | 'role'

/** Two people of one group are never partners. */
export interface Grouping {
  rule: GroupRule
  names: string[]
  /** -1: in no group */
  groupOf: Int32Array
  /** The members of group g are `members` from `starts[g]` to `starts[g + 1]`, ascending. */
  starts: Uint32Array
  members: Uint32Array
}

export const FORMER_PARTNER = 1
export const BANNED = 2

export interface PackedRules {
  groupings: Grouping[]
  /** Person i may not be paired with `pairs.others` from `pairs.starts[i]` to `pairs.starts[i + 1]`, ascending. */
  pairs: { starts: Uint32Array; others: Uint32Array; reasons: Uint8Array }
  /** People who can be nobody's partner, ascending, and why. */
  barred: { people: Uint32Array; reasons: ('conduct' | 'role')[] }
}

export interface UnknownAnswer {
  /** Of the criterion. */
  key: string
  answer: string
  text: string
  people: number
}
