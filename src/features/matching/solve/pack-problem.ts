import { type MatchingApplicant, type Profiles, packProfiles } from '../scores/index.ts'
import { hierarchyOf, placesOf } from './contradictions.ts'
import type { MatchingProblem } from './problem.ts'

/**
 * The people who are yet to be matched, packed for scoring: locked ones have their partners, and a mentor stands there
 * once for each free place, so that partners of several are pairs like any others.
 */
export interface PackedProblem {
  profiles: Profiles
  /** By person of the profiles: the index into the problem's applicants. */
  applicantOf: Int32Array
}

/** @param problem one whose hierarchy and locks have no faults @param applicantOf if it is known already */
export function packProblem(problem: MatchingProblem, applicantOf = freePlacesOf(problem)): PackedProblem {
  const applicants = Array.from(applicantOf, (at) => problem.applicants[at] as MatchingApplicant)
  const { people, bans } =
    problem.mode === 'mentors' ? namePlaces(applicants, problem.bans) : { people: applicants, bans: problem.bans }
  return { profiles: packProfiles(hierarchyOf(problem), people, { bans }), applicantOf }
}

/** Indices of applicants, ascending; of a mentor as often as there are places without a locked partner. */
export function freePlacesOf({ applicants, locks, mode }: MatchingProblem): Int32Array {
  const kept = new Map<number, number>()
  // In groups whoever is locked is placed with the others: a lock is part of a group, not the whole of it.
  if (mode !== 'groups') for (const id of locks.flat()) kept.set(id, (kept.get(id) ?? 0) + 1)
  return Int32Array.from(
    applicants.flatMap((applicant, at) => {
      const places = mode === 'mentors' ? placesOf(applicant) : 1
      return new Array<number>(Math.max(0, places - (kept.get(applicant.person_id) ?? 0))).fill(at)
    }),
  )
}

/** Places get ids of their own, 1 … n, and what was said of a person is said of all of their places. */
function namePlaces(applicants: readonly MatchingApplicant[], bans: readonly (readonly [number, number])[]) {
  const placesOfPerson = new Map<number, number[]>()
  for (const [at, { person_id }] of applicants.entries())
    placesOfPerson.set(person_id, [...(placesOfPerson.get(person_id) ?? []), at + 1])
  const places = (id: number): number[] => placesOfPerson.get(id) ?? []
  return {
    people: applicants.map((applicant, at) => ({
      ...applicant,
      person_id: at + 1,
      former_partner_ids: applicant.former_partner_ids.flatMap(places),
    })),
    bans: bans.flatMap(([one, other]) => places(one).flatMap((a) => places(other).map((b) => [a, b] as const))),
  }
}
