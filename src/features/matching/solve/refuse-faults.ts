import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import { checkHierarchy } from '../scores/index.ts'
import { findContradictions } from './contradictions.ts'
import { MOST_PEOPLE } from './pair-order.ts'
import type { MatchingProblem } from './problem.ts'

/** @throws InvalidInput with all that is wrong */
export function refuseFaults(problem: MatchingProblem): void {
  const { applicants, hierarchy, group_size, mode } = problem
  // Whether a form has the answers that criteria name is not known here; nobody's answer counts neutrally.
  const named = hierarchy.criteria.flatMap((criterion) =>
    'answer' in criterion ? ['among' in criterion ? criterion.among : criterion.answer, criterion.answer] : [],
  )
  const faults: FieldFault[] = checkHierarchy(hierarchy, new Set(named))
  if (applicants.length > MOST_PEOPLE)
    faults.push({ field: 'applicants', message: `There are more than ${MOST_PEOPLE} people.` })
  if (mode === 'groups' && !(Number.isInteger(group_size) && group_size >= 3))
    faults.push({ field: 'group_size', message: 'A group is of three people at least.' })
  if (faults.length === 0) {
    faults.push(...findContradictions(problem).map(({ message }) => ({ field: 'locks', message })))
  }
  if (faults.length > 0) throw new InvalidInput(faults)
}
