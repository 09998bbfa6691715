import { Conflict, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { PairJudge } from '../runs/pair-judge.ts'
import { listDecidedPairs, listLeftOver, listSeats } from './edit-queries.ts'
import { openReviewJudge } from './review-judge.ts'
import { planSwap, type SwapPlan, type Together } from './swap-plan.ts'

export interface CandidatePerson {
  person_id: number
  given_name: string
  family_name: string
  country_code: string
}

export interface SwapCandidate {
  person: CandidatePerson
  /** Of the new pair, in basis points. */
  score: number
  /** The place that the candidate would leave; null when they are left over, or a mentor with a place for one more. */
  proposal_id: number | null
  /** Who would then be together besides: the former partner with whom the candidate leaves. */
  other: { people: CandidatePerson[]; score: number } | null
  /** Who would have nobody. */
  left_over: CandidatePerson[]
  /** Basis points by which the total of the run would fall. */
  cost: number
  reasons: string[]
}

export interface SwapCandidates {
  person: CandidatePerson
  /** Where the person is now; null when they are left over. */
  proposal_id: number | null
  partner: CandidatePerson | null
  /** Of the present pair. */
  score: number | null
  candidates: SwapCandidate[]
}

const SHOWN = 10

interface Seat extends Together {
  id: number
}

/**
 * The partners that a person could get instead, the cheapest for the run first, each with what becomes of the others.
 * Pairs that are kept together are left alone.
 * @param proposal_id which of a mentor's partners would go; else the first
 * @throws NotFound, Conflict `not_a_pair` or `locked`
 */
export async function listSwapCandidates(
  { db }: { db: Db },
  {
    id,
    person_id,
    proposal_id,
    limit = SHOWN,
  }: { id: number; person_id: number; proposal_id?: number | undefined; limit?: number | undefined },
): Promise<SwapCandidates> {
  const [judge, seats, leftOver, locks] = await Promise.all([
    openReviewJudge(db, id),
    listSeats(db, id),
    listLeftOver(db, id),
    listDecidedPairs(db, id, 'lock'),
  ])
  const isAsked = (seat: Seat) => seat.people.includes(person_id) && (proposal_id ?? seat.id) === seat.id
  const from = seats.find(isAsked)
  if (!judge.find(person_id) || (!from && !leftOver.includes(person_id)))
    throw new NotFound(`Person ${person_id} in matching run ${id}`)
  refuseFixed(from, locks)
  const found = planAll({ judge, person_id, from, seats, leftOver, locks })
  const best = found.sort((a, b) => a.plan.cost - b.plan.cost || b.plan.pair.score - a.plan.pair.score).slice(0, limit)
  const partner = from?.people.find((one) => one !== person_id)
  return {
    person: personOf(judge, person_id),
    proposal_id: from?.id ?? null,
    partner: partner === undefined ? null : personOf(judge, partner),
    score: from?.score ?? null,
    candidates: best.map((candidate) => present(judge, person_id, candidate)),
  }
}

type Pair = readonly [number, number]

/**
 * Only a proposal of two has one partner to exchange, and only one that nobody has locked may change.
 * @throws Conflict `not_a_pair` or `locked`
 */
export function refuseFixed(seat: Pick<Together, 'people'> | undefined, locks: readonly Pair[]): void {
  if (seat && seat.people.length > 2)
    throw new Conflict('not_a_pair', 'Only a pair can swap. Break the group first, then pair its people by hand.')
  if (seat && isLocked(seat, locks))
    throw new Conflict('locked', 'These two are to be kept together. Lift that decision first.')
}

export function isLocked({ people }: Pick<Together, 'people'>, locks: readonly Pair[]): boolean {
  return locks.some((pair) => pair.every((one) => people.includes(one)))
}

interface Candidate {
  person_id: number
  seat: Seat | undefined
  plan: SwapPlan
}

interface Planning {
  judge: PairJudge
  person_id: number
  from: Seat | undefined
  seats: Seat[]
  leftOver: number[]
  locks: readonly Pair[]
}

function planAll({ judge, person_id, from, seats, leftOver, locks }: Planning): Candidate[] {
  const seatsOf = new Map<number, Seat[]>()
  for (const seat of seats) for (const one of seat.people) seatsOf.set(one, [...(seatsOf.get(one) ?? []), seat])
  const isLeftOver = new Set(leftOver)
  const mine = new Set(seatsOf.get(person_id)?.flatMap(({ people }) => people))
  return judge.listPartners(person_id).flatMap(({ person_id: other }): Candidate[] => {
    if (mine.has(other)) return []
    const taken = seatsOf.get(other) ?? []
    const isFree = isLeftOver.has(other) || (taken.length > 0 && taken.length < judge.placesOf(other))
    return [...taken, ...(isFree ? [undefined] : [])].flatMap((seat) => {
      if (seat && isLocked(seat, locks)) return []
      const plan = planSwap(judge, { person_id, from, with_person_id: other, to: seat })
      if (!plan) return []
      // A mentor who has another protégé is not left over.
      const left_over = plan.left_over.filter((one) =>
        (seatsOf.get(one) ?? []).every((at) => at === from || at === seat),
      )
      return [{ person_id: other, seat, plan: { ...plan, left_over } }]
    })
  })
}

function present(judge: PairJudge, person_id: number, { person_id: other, seat, plan }: Candidate): SwapCandidate {
  return {
    person: personOf(judge, other),
    score: plan.pair.score,
    proposal_id: seat?.id ?? null,
    other: plan.other
      ? { people: plan.other.people.map((one) => personOf(judge, one)), score: plan.other.score }
      : null,
    left_over: plan.left_over.map((one) => personOf(judge, one)),
    cost: plan.cost,
    reasons: judge.describe([person_id, other]).reasons,
  }
}

function personOf(judge: PairJudge, person_id: number): CandidatePerson {
  const { given_name = '', family_name = '', country_code = '' } = judge.find(person_id) ?? {}
  return { person_id, given_name, family_name, country_code }
}
