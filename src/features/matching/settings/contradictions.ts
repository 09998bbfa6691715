import { Conflict } from '../../../lib/errors.ts'
import { findContradictions, type MatchingProblem } from '../solve/index.ts'

/**
 * @param about when given, only what concerns both of these people
 * @throws Conflict `contradiction` when decisions contradict each other or a hard rule, in words that name the people
 */
export function refuseContradictions(problem: MatchingProblem, about?: readonly number[]): void {
  const found = findContradictions(problem).filter(
    ({ person_ids }) => about === undefined || about.some((id) => person_ids.includes(id)),
  )
  if (found.length > 0) throw new Conflict('contradiction', found.map(({ message }) => message).join(' '))
}
