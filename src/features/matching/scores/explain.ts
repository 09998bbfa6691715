import { FORBIDDEN } from './forbid.ts'
import type { Criterion, Hierarchy } from './hierarchy.ts'
import { commonChoices, lengthOf } from './list-measures.ts'
import { NEUTRAL, SIDE_WITHOUT_CRITERIA, scoreOf, shareOf, sideScoreOf, suitsByCount } from './points.ts'
import { BANNED, FORMER_PARTNER, type ListMeasure, type Profiles } from './profiles.ts'
import { nameBeside, type Said, sayCriterion } from './say-criterion.ts'
import { ENGLISH, labelOf, type PairWords } from './words.ts'

/** One criterion as it bears on one of the two. */
export interface ExplainedSide {
  person_id: number
  /** False for a wish that this person does not have: no points are possible. */
  counts: boolean
  /** How well the other suits, in basis points. */
  suits: number
  /** Points got out of those possible, the criterion's weight. */
  got: number
  possible: number
}

export interface ExplainedCriterion {
  key: string
  label: string
  kind: Criterion['kind']
  weight: number
  sides: [ExplainedSide, ExplainedSide]
  sentences: string[]
}

export interface PairExplanation {
  /** Basis points, or FORBIDDEN. The criteria are told in both cases. */
  score: number
  forbidden: { rule: ForbiddingRule; words: string } | null
  /** Basis points of each side; the score is their mean. */
  side_scores: [number, number]
  criteria: ExplainedCriterion[]
  /** Those of all criteria, in the order of the hierarchy. */
  sentences: string[]
  /** One line for both, for the introduction: what they share, never what one of them wished. */
  summary: string
}

export type ForbiddingRule =
  | 'same_person'
  | 'country'
  | 'region'
  | 'institution'
  | 'role'
  | 'former'
  | 'ban'
  | 'conduct'

/** More than this in one line is not read. */
const MOST_IN_SUMMARY = 3

/**
 * The score of a pair with its reasons. Adds up criterion by criterion, from the same tables of points as the fast way
 * and by none of its means; a property test demands that both agree.
 * @param hierarchy the one that the profiles were packed under
 */
export function explainPair(
  profiles: Profiles,
  hierarchy: Hierarchy,
  i: number,
  j: number,
  words: PairWords = ENGLISH,
): PairExplanation {
  const weighed = hierarchy.criteria.filter(({ weight }) => weight > 0)
  const found = weighed.map((criterion) => ({
    criterion,
    mine: sideOf(profiles, criterion.key, i, j),
    theirs: sideOf(profiles, criterion.key, j, i),
    said: sayCriterion({ profiles, hierarchy, words }, criterion, i, j),
  }))
  const [mySide, theirSide] = [
    sumSide(found.map(({ criterion, mine }) => ({ weight: criterion.weight, ...mine }))),
    sumSide(found.map(({ criterion, theirs }) => ({ weight: criterion.weight, ...theirs }))),
  ]
  const forbidden = findForbidden(profiles, i, j, words)
  return {
    score: forbidden === null ? scoreOf(mySide + theirSide) : FORBIDDEN,
    forbidden,
    side_scores: [sideScoreOf(mySide), sideScoreOf(theirSide)],
    criteria: found.map(({ criterion, mine, theirs, said }) => ({
      key: criterion.key,
      label: labelOf(criterion),
      kind: criterion.kind,
      weight: criterion.weight,
      sides: [pointsOf(profiles, i, mine, criterion.weight), pointsOf(profiles, j, theirs, criterion.weight)],
      sentences: said.sentences,
    })),
    sentences: found.flatMap(({ said }) => said.sentences),
    summary: summarise(
      found.map(({ said }) => said),
      words,
    ),
  }
}

interface Side {
  counts: boolean
  suits: number
}

/** How well `them` suits `me` under a criterion, in basis points, and whether that counts. */
function sideOf(profiles: Profiles, key: string, me: number, them: number): Side {
  const measure = profiles.classMeasures.find((one) => one.key === key)
  if (measure) {
    const [mine, theirs] = [measure.classOf[me] as number, measure.classOf[them] as number]
    return { counts: measure.counts[mine] === 1, suits: measure.suits[mine * measure.size + theirs] as number }
  }
  const counted = profiles.listMeasures.find((one) => one.key === key)
  if (counted === undefined) throw new RangeError(`The profiles know no criterion ${key}`)
  return listSideOf(profiles, counted, me, them)
}

function listSideOf({ lists }: Profiles, measure: ListMeasure, me: number, them: number): Side {
  const [mine, theirs] = [lists[measure.mine], lists[measure.theirs]]
  if (mine === undefined || theirs === undefined) throw new RangeError(`The profiles lack a list of ${measure.key}`)
  const [chosen, offered] = [lengthOf(mine, me), lengthOf(theirs, them)]
  const counts = !measure.wish || chosen > 0
  if (chosen === 0 || offered === 0) return { counts, suits: NEUTRAL }
  const possible = Math.min(measure.enough, chosen, ...(measure.wish ? [] : [offered]))
  return { counts, suits: suitsByCount(commonChoices(mine, me, theirs, them).length, possible) }
}

/** Fixed-point units. */
function sumSide(sides: readonly (Side & { weight: number })[]): number {
  const counting = sides.filter(({ counts }) => counts)
  const stake = counting.reduce((sum, { weight }) => sum + weight, 0)
  if (stake === 0) return SIDE_WITHOUT_CRITERIA
  return counting.reduce((sum, { weight, suits }) => sum + shareOf(weight, suits, stake), 0)
}

function pointsOf({ personIds }: Profiles, person: number, { counts, suits }: Side, weight: number): ExplainedSide {
  return {
    person_id: personIds[person] as number,
    counts,
    suits: counts ? suits : 0,
    got: counts ? Math.round((weight * suits) / 100) / 100 : 0,
    possible: counts ? weight : 0,
  }
}

/** The first hard rule that forbids the pair. */
function findForbidden(
  profiles: Profiles,
  i: number,
  j: number,
  { forbidden }: PairWords,
): PairExplanation['forbidden'] {
  const { rules } = profiles
  if (i === j) return { rule: 'same_person', words: forbidden.same }
  for (const { rule, names, groupOf } of rules.groupings) {
    const group = groupOf[i] as number
    if (group >= 0 && group === groupOf[j]) return { rule, words: forbidden[rule](names[group] ?? '') }
  }
  const { starts, others, reasons } = rules.pairs
  for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
    if (others[at] !== j) continue
    const reason = reasons[at] as number
    if (reason & FORMER_PARTNER) return { rule: 'former', words: forbidden.former }
    if (reason & BANNED) return { rule: 'ban', words: forbidden.banned }
  }
  for (const [person, other] of [
    [i, j],
    [j, i],
  ] as const) {
    const at = rules.barred.people.indexOf(person)
    if (at < 0) continue
    const name = nameBeside(profiles, person, other)
    return rules.barred.reasons[at] === 'conduct'
      ? { rule: 'conduct', words: forbidden.conduct(name) }
      : { rule: 'role', words: forbidden.no_role(name) }
  }
  return null
}

function summarise(said: readonly Said[], words: PairWords): string {
  return words.summary(said.flatMap(({ shared }) => shared ?? []).slice(0, MOST_IN_SUMMARY))
}
