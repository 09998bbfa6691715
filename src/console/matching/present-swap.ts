import type { listSwapCandidates, MatchingRun } from '../../features/matching/index.ts'
import { percent, presentPerson } from './words.ts'

type Swap = Awaited<ReturnType<typeof listSwapCandidates>>
type Candidate = Swap['candidates'][number]

/** View model of matching/swap. @param swap undefined when there is nothing to choose from */
export function presentSwap(run: MatchingRun, swap: Swap | undefined, { sees, may }: { sees: boolean; may: boolean }) {
  const person = swap && presentPerson(swap.person, sees)
  const partner = swap?.partner ? presentPerson(swap.partner, sees) : null
  const total = run.now?.total_score ?? run.total_score ?? 0
  return {
    title: person ? `Another partner for ${person.name}` : 'Another partner',
    person: person ?? null,
    partner,
    score: swap?.score == null ? '' : percent(swap.score),
    proposal_id: swap?.proposal_id ?? 0,
    /** The other way round: another partner for the present one. */
    turn_href:
      swap?.partner && swap.proposal_id
        ? `/console/matching/${run.id}/swap?person=${swap.partner.person_id}&proposal=${swap.proposal_id}`
        : '',
    may,
    candidates: (swap?.candidates ?? []).map((candidate) => presentCandidate(candidate, { total, sees })),
  }
}

function presentCandidate(candidate: Candidate, { total, sees }: { total: number; sees: boolean }) {
  const { score, proposal_id, other, left_over, cost, reasons } = candidate
  const person = presentPerson(candidate.person, sees)
  return {
    person,
    value: `${person.id} ${proposal_id ?? 0}`,
    score: percent(score),
    bar: (score / 100).toFixed(1),
    cost: sayCost(cost, total),
    reasons: reasons.slice(0, MOST_REASONS).join('; '),
    more: reasons.length > MOST_REASONS ? reasons : [],
    others: other ? other.people.map((one) => presentPerson(one, sees)) : [],
    other_score: other ? percent(other.score) : '',
    left_over: left_over.map((one) => presentPerson(one, sees)),
    free: proposal_id === null,
  }
}

/** Such as "Costs 0.02 % of the total, 1.5 percentage points." @param cost by which the total falls, in basis points */
function sayCost(cost: number, total: number): string {
  if (cost === 0) return 'Costs nothing.'
  const size = `${(Math.abs(cost) / 100).toFixed(1)} percentage points`
  const share = total === 0 ? '' : `${sharesOf(Math.abs(cost) / total)} of the total, `
  return `${cost > 0 ? 'Costs' : 'Gains'} ${share}${size}.`
}

const MOST_REASONS = 3
const sharesOf = (share: number) => (share < 0.0001 ? 'less than 0.01 %' : `${(share * 100).toFixed(2)} %`)
