/**
 * How well two applicants suit each other: a score in basis points from the decision hierarchy that directors set, the
 * same on every machine, fast for a whole row of people and explained for one pair. Pure: rows in, numbers and words out.
 */

export type { MatchingApplicant } from './applicant.ts'
export { checkHierarchy } from './check-hierarchy.ts'
export { DEFAULT_HIERARCHY } from './default-hierarchy.ts'
export { type DescribedCriterion, describeHierarchy, describeUnknown } from './describe-hierarchy.ts'
export { type Effect, measureEffect } from './effect.ts'
export {
  type ExplainedCriterion,
  type ExplainedSide,
  explainPair,
  type ForbiddingRule,
  type PairExplanation,
} from './explain.ts'
export { FORBIDDEN } from './forbid.ts'
export { Criterion, type CriterionKind, Hierarchy, type Relation } from './hierarchy.ts'
export { type PackExtra, packProfiles } from './pack.ts'
export type { Profiles, UnknownAnswer } from './profiles.ts'
export { openScorer, type Scorer } from './scorer.ts'
export { flagSpecialRequest } from './special-requests.ts'
