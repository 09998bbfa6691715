/**
 * Maximum weight matching in general graphs, exact and proven: as many pairs as can be, and among all such matchings
 * one of the greatest weight. Owns the search for the optimum, its proof and the check of the proof. Knows nothing of
 * where pairs and their weights come from, does no I/O, and keeps nothing between calls but what a caller holds.
 *
 * Guaranteed: the same pairs give the same mates on every machine; every weight, dual and slack is an integer and
 * exact; no recursion, so nests of blossoms may be as deep as they like; every solution carries a proof that
 * certificate.ts, which shares no code with the rest, can check.
 *
 * To read it, in this order:
 *
 *  1. graph.ts              pairs, and the graph as compressed rows
 *  2. matching.ts           what is looked for: mates, duals, blossoms, and why they prove an optimum (Edmonds 1965)
 *  3. certificate.ts        the same from the other side: what a proof must show. proof.ts and barrier.ts make it
 *  4. cardinality.ts        how many can be matched, unweighted: blossoms at their simplest (Gallai-Edmonds)
 *  5. initial-duals.ts      a feasible dual solution; jump-start.ts then solves the half-integral relaxation
 *  6. forest.ts             alternating trees under one clock; event-heap.ts tells what happens next
 *  7. search.ts             the rules of each event: augment.ts, shrink.ts, expand.ts; blossoms.ts is their ground
 *  8. optimise.ts           from there to the optimum, also where somebody is left over: exposure.ts, start.ts
 *  9. solve.ts              all of it in a row
 * 10. warm-start.ts         what to do when weights change; open-solver.ts asks "what if" with it
 * 11. policy.ts, floor.ts   the best worst pair first, or the least sum of squared shortfalls
 * 12. column-generation.ts  where pairs are too many to be listed: pair-source.ts is asked what speaks against the
 *                           duals, in cardinality-round.ts (with unit-pricing.ts), floor-round.ts, weight-round.ts,
 *                           which work on column-state.ts; snapshot.ts keeps that between two rounds
 * 13. greedy.ts             the reference to hold the optimum against
 *
 * Words: vertex and pair (the field's "edge"); mate; exposed (without a mate); dual, slack, tight (slack 0); outer,
 * inner and free (in Edmonds' forest; others say S, T and unlabelled, or even and odd); blossom, base, shrink, expand;
 * deficiency (how many must be left over).
 */
export type { Barrier } from './barrier.ts'
export { type Check, type Claim, checkCertificate, type EachPair, type Verdict } from './certificate.ts'
export { type ColumnGenerationOptions, solveByColumns } from './column-generation.ts'
export type { ColumnSolution } from './column-solution.ts'
export type { RoundReport } from './column-state.ts'
export { type Graph, graphOf, type Pairs } from './graph.ts'
export { type GreedyMatching, greedyMatching } from './greedy.ts'
export type { Counts } from './matching.ts'
export { type Change, type OpenSolver, openSolver } from './open-solver.ts'
export { type PairSource, type Priced, type Pricing, violationOf } from './pair-source.ts'
export { type Policy, type PolicySolution, solveByPolicy } from './policy.ts'
export type { Proof, ProofBlossom } from './proof.ts'
export { type Solution, solveMatching } from './solve.ts'
