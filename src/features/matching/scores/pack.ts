import type { MatchingApplicant } from './applicant.ts'
import { type Packing, packAlike, packHours, packLanguage, packScale, packWish } from './class-measures.ts'
import { combineClasses } from './combine.ts'
import type { Criterion, Hierarchy } from './hierarchy.ts'
import { lengthOf, packLists } from './list-measures.ts'
import { packRules } from './pack-rules.ts'
import type { ClassMeasure, Profiles, UnknownAnswer } from './profiles.ts'

/** Rules of summer time change; those of this year hold where nobody says another. */
const DEFAULT_YEAR = 2025

export interface PackExtra {
  /** Pairs of person ids that directors rule out. */
  bans: readonly (readonly [number, number])[]
  /** The year of the round: which rules of summer time hold. */
  year?: number
}

/**
 * Packs applicants for scoring under a hierarchy that has no faults (checkHierarchy). Criteria of weight 0 are left out.
 */
export function packProfiles(
  hierarchy: Hierarchy,
  applicants: readonly MatchingApplicant[],
  { bans, year = DEFAULT_YEAR }: PackExtra = { bans: [] },
): Profiles {
  const criteria = hierarchy.criteria.filter(({ weight }) => weight > 0)
  const unknown = new Map<string, UnknownAnswer>()
  const classMeasures = criteria.flatMap((criterion) => {
    const note = (answer: string, text: string) => {
      const key = JSON.stringify([criterion.key, text])
      const found = unknown.get(key) ?? { key: criterion.key, answer, text, people: 0 }
      unknown.set(key, { ...found, people: found.people + 1 })
    }
    return packClassMeasure(criterion, { hierarchy, applicants, year, unknown: note }) ?? []
  })
  const { listMeasures, lists, choices } = packLists(criteria, applicants)
  const stakes = stakesOf(applicants.length, { classMeasures, listMeasures, lists })
  return {
    n: applicants.length,
    personIds: Float64Array.from(applicants, ({ person_id }) => person_id),
    givenNames: applicants.map(({ given_name }) => given_name),
    fullNames: applicants.map(({ given_name, family_name }) => `${given_name} ${family_name}`.trim()),
    stakes,
    classMeasures,
    listMeasures,
    lists,
    choices,
    combined: combineClasses(classMeasures, stakes),
    rules: packRules(hierarchy.rules, applicants, bans),
    unknown: [...unknown.values()],
  }
}

function packClassMeasure(criterion: Criterion, packing: Packing): ClassMeasure | undefined {
  switch (criterion.kind) {
    case 'alike':
      return packAlike(criterion, packing)
    case 'scale':
      return packScale(criterion, packing)
    case 'wish':
      return packWish(criterion, packing)
    case 'hours':
      return packHours(criterion, packing)
    case 'language':
      return packLanguage(criterion, packing)
    default:
      return undefined
  }
}

function stakesOf(
  n: number,
  { classMeasures, listMeasures, lists }: Pick<Profiles, 'classMeasures' | 'listMeasures' | 'lists'>,
): Uint16Array {
  const stakes = new Uint16Array(n)
  for (const { weight, classOf, counts } of classMeasures) {
    for (let person = 0; person < n; person++) {
      stakes[person] = (stakes[person] ?? 0) + weight * (counts[classOf[person] ?? 0] ?? 0)
    }
  }
  for (const { weight, wish, mine } of listMeasures) {
    const list = lists[mine]
    for (let person = 0; person < n; person++) {
      const counts = !wish || (list !== undefined && lengthOf(list, person) > 0)
      if (counts) stakes[person] = (stakes[person] ?? 0) + weight
    }
  }
  return stakes
}
