import type { UnmatchedReason } from './run-queries.ts'

/** Why somebody has no partner, in a sentence. */
export const UNMATCHED_WORDS: Record<UnmatchedReason, string> = {
  nobody_allowed: 'The hard rules allow nobody as their partner.',
  barrier: 'Too few people may be partners of those who are like them.',
  odd_one: 'The number of people is odd: everybody else has a partner.',
  no_place: 'No place was left.',
  broken: 'Their proposal was changed by hand.',
}
