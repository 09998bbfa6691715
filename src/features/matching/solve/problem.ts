import type { Hierarchy, MatchingApplicant } from '../scores/index.ts'

/** What a run is given. The same problem has the same result, on any number of threads, workers and after any resume. */
export interface MatchingProblem {
  /** The pool, sorted by person_id. */
  applicants: MatchingApplicant[]
  hierarchy: Hierarchy
  /** Kept together, by person ids, the smaller first. */
  locks: [number, number][]
  /** Never paired, likewise. */
  bans: [number, number][]
  policy: 'floor' | 'total' | 'balanced'
  mode: 'pairs' | 'mentors' | 'groups'
  /** People in a group, in that mode. */
  group_size: number
  odd_one: 'trio' | 'stand_in'
}

export interface ProposalMember {
  person_id: number
  role: 'mentor' | 'protege' | null
}

/** Who should meet. Scores are in basis points; of more than two people the mean over their pairs, rounded. */
export interface MatchingProposal {
  members: ProposalMember[]
  score: number
  locked: boolean
}

/**
 * Why somebody is left over: no one in the pool is allowed to be their partner (`nobody_allowed`); there are, but too few
 * for all who need them (`barrier`); everybody else was paired (`odd_one`); no mentor's place, no protégé or no group was left (`no_place`).
 */
export type LeftOverReason = 'nobody_allowed' | 'barrier' | 'odd_one' | 'no_place'

export interface LeftOver {
  person_id: number
  reason: LeftOverReason
  /** How many they might be paired with, were everybody free. */
  possible_partners: number
}

/** How a pairing compares; locked pairs count in it. */
export interface PairingFigures {
  cardinality: number
  total_score: number
  worst_score: number | null
  unmatched: number
}

/** A round of column generation. */
export interface SolveRound {
  round: number
  /** Pairs that the duals of the round did not allow for, and how many of them were taken into the graph. */
  violated: number
  added: number
  objective: number
  /** An upper bound of what is missing to the optimum, as a part of the objective: 0.0002 is 0.02 %. */
  gap: number
  ms: number
}

export interface MatchingResult {
  proposals: MatchingProposal[]
  unmatched: LeftOver[]
  /** Of the proposals, a trio's or a group's mean counting once. */
  cardinality: number
  total_score: number
  worst_score: number | null
  /**
   * The value of the pairing before a trio was made, in the policy's own terms, without locked pairs; the value of the
   * dual solution that proves it; and what lies between, as a part of the objective.
   */
  objective: number
  dual_value: number
  gap: number
  /** The independent checker accepted the certificate over all pairs. Never of groups. */
  proven_optimal: boolean
  /** Groups: what the sum of scores over all pairs within groups cannot exceed. */
  bound: number | null
  /** The reference: the best score first, over all pairs. */
  greedy: PairingFigures
  rounds: SolveRound[]
  /** Milliseconds, by what was done. */
  timings: Record<string, number>
  /** The people of whom some are left over in every pairing, as they have no other partners than so many (Tutte-Berge). */
  barrier: { people: number; partners: number; person_ids: number[] } | null
}

/**
 * Scores and prices blocks of pairs elsewhere: questions are asked cycle by cycle, each of so many tiles, and the answers
 * come in the order of the tiles. Whoever answers does so by `openTiles`, which gives the same bytes everywhere.
 */
export interface TileRunner {
  ask(cycle: number, question: Uint8Array, tiles: number): Promise<Uint8Array[]>
}

export interface SolveOptions {
  /** In hundredths of the work; never goes back. */
  progress?: (done: number, total: number) => void
  /** After each round of column generation: what `resume` goes on from. The next round begins once it has been kept. */
  checkpoint?: (round: number, content: Uint8Array) => Promise<void>
  resume?: Uint8Array
  signal?: AbortSignal
  /** Stop at this gap instead of going on to the proof: 0.0002 is 0.02 %. */
  gap?: number
  /** Scoring threads beside the solving one; as many as there are processors when left out. */
  threads?: number
  /** Above 20,000 people, in place of threads. */
  tiles?: TileRunner
}
