import { explainPair, type MatchingApplicant, packProfiles } from '../scores/index.ts'
import type { MatchingProblem } from './problem.ts'

export interface Contradiction {
  message: string
  person_ids: number[]
}

/** Locks that cannot be kept, each in a sentence that names the people. Empty: they can. */
export function findContradictions(problem: MatchingProblem): Contradiction[] {
  const people = new Map(problem.applicants.map((applicant) => [applicant.person_id, applicant]))
  const absent = problem.locks.filter((lock) => !lock.every((id) => people.has(id)))
  const present = problem.locks.filter((lock) => lock.every((id) => people.has(id)))
  const named = openNames(people)
  return [
    ...absent.map((lock) => findAbsent(lock, people, named)),
    ...findParted(problem, present, people, named),
    ...(problem.mode === 'groups'
      ? findCrowds(problem, present, named)
      : findTwiceKept(problem, present, people, named)),
  ]
}

type Names = ReturnType<typeof openNames>

function openNames(people: ReadonlyMap<number, MatchingApplicant>) {
  const nameOf = (id: number): string => {
    const person = people.get(id)
    return person ? `${person.given_name} ${person.family_name}`.trim() : `person ${id}`
  }
  const list = (ids: readonly number[]): string => {
    const names = ids.map(nameOf)
    return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  }
  return { nameOf, list }
}

function findAbsent(
  lock: readonly number[],
  people: ReadonlyMap<number, MatchingApplicant>,
  { nameOf, list }: Names,
): Contradiction {
  const away = lock.filter((id) => !people.has(id))
  const here = lock.find((id) => people.has(id))
  const message =
    here === undefined
      ? `${capital(list(away))} are to be kept together, but neither is among the people to be matched.`
      : `${nameOf(here)} is to be kept together with ${list(away)}, who is not among the people to be matched.`
  return { message, person_ids: [...lock] }
}

/** Kept together and yet never to be paired: by a ban, or by a hard rule. In a group this holds for all who are kept. */
function findParted(
  problem: MatchingProblem,
  locks: readonly [number, number][],
  people: ReadonlyMap<number, MatchingApplicant>,
  { nameOf, list }: Names,
): Contradiction[] {
  const kept = problem.mode === 'groups' ? componentsOf(locks).flatMap(pairsWithin) : locks
  if (kept.length === 0) return []
  const ids = [...new Set(kept.flat())]
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  const hierarchy = hierarchyOf(problem)
  const profiles = packProfiles(
    hierarchy,
    ids.map((id) => people.get(id) as MatchingApplicant),
  )
  const bans = new Set(problem.bans.map(keyOf))
  return kept.flatMap((pair): Contradiction[] => {
    const [one, other] = pair
    if (bans.has(keyOf(pair))) {
      const message = `${nameOf(one)} and ${nameOf(other)} are both to be kept together and never to be paired.`
      return [{ message, person_ids: [...pair] }]
    }
    const { forbidden } = explainPair(profiles, hierarchy, indexOf.get(one) as number, indexOf.get(other) as number)
    if (forbidden === null) return []
    const message = `${list(pair)} are to be kept together, but a hard rule forbids it: ${lower(forbidden.words)}.`
    return [{ message, person_ids: [...pair] }]
  })
}

/** In pairs and among protégés, somebody may be kept with one person only; a mentor with as many as there are places. */
function findTwiceKept(
  { mode }: MatchingProblem,
  locks: readonly [number, number][],
  people: ReadonlyMap<number, MatchingApplicant>,
  { nameOf, list }: Names,
): Contradiction[] {
  const partners = new Map<number, number[]>()
  for (const [one, other] of locks) {
    partners.set(one, [...(partners.get(one) ?? []), other])
    partners.set(other, [...(partners.get(other) ?? []), one])
  }
  return [...partners].flatMap(([id, kept]): Contradiction[] => {
    const person = people.get(id) as MatchingApplicant
    const places = mode === 'mentors' ? placesOf(person) : 1
    if (kept.length <= places) return []
    const most = places === 1 ? 'one partner only' : `${places} partners at most`
    const message = `${nameOf(id)} is to be kept together with ${list(kept)}, but can have ${most}.`
    return [{ message, person_ids: [id, ...kept] }]
  })
}

function findCrowds(
  { group_size }: MatchingProblem,
  locks: readonly [number, number][],
  { list }: Names,
): Contradiction[] {
  return componentsOf(locks)
    .filter((ids) => ids.length > group_size)
    .map((ids) => ({
      message: `${list(ids)} are to be kept together, but a group has room for ${group_size}.`,
      person_ids: ids,
    }))
}

/** How many partners somebody takes in the mode of mentors. */
export function placesOf({ role, capacity }: MatchingApplicant): number {
  return role === 'mentor' ? Math.max(1, capacity ?? 1) : 1
}

/** The hierarchy that pairs are scored under: with mentors, nobody is paired with their like. */
export function hierarchyOf({ hierarchy, mode }: MatchingProblem): MatchingProblem['hierarchy'] {
  return mode === 'mentors' ? { ...hierarchy, rules: { ...hierarchy.rules, mentor_with_protege: true } } : hierarchy
}

/** People whom locks join, over others too: ids in ascending order. */
export function componentsOf(locks: readonly [number, number][]): number[][] {
  const componentOf = new Map<number, number[]>()
  for (const [one, other] of locks) {
    const joined = [...new Set([...(componentOf.get(one) ?? [one]), ...(componentOf.get(other) ?? [other])])]
    joined.sort((a, b) => a - b)
    for (const id of joined) componentOf.set(id, joined)
  }
  return [...new Set(componentOf.values())].sort((a, b) => (a[0] as number) - (b[0] as number))
}

function pairsWithin(ids: readonly number[]): [number, number][] {
  return ids.flatMap((one, at) => ids.slice(at + 1).map((other): [number, number] => [one, other]))
}

const keyOf = ([one, other]: readonly [number, number]): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
const lower = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`
