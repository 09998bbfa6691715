/** What a run can be asked for, beside its criteria. */

/** Most people first in all of them; then: the best possible worst pair and the total, the total, or both in balance. */
export const POLICIES = ['floor', 'total', 'balanced'] as const
export type Policy = (typeof POLICIES)[number]

export const MODES = ['pairs', 'mentors', 'groups'] as const
export type Mode = (typeof MODES)[number]

/** Where an odd number leaves one over: they join a pair, or stand in for who drops out. */
export const ODD_ONES = ['trio', 'stand_in'] as const
export type OddOne = (typeof ODD_ONES)[number]

export const SMALLEST_GROUP = 3
export const LARGEST_GROUP = 8
