import { FORBIDDEN } from './forbid.ts'
import { FULL } from './points.ts'
import type { Profiles } from './profiles.ts'
import { openScorer } from './scorer.ts'

const BINS = 20
const FEWEST = 10

/** What a hierarchy does to the applicants of a round. Scores are basis points. */
export interface Effect {
  people: number
  pairs: number
  allowed: number
  /** Rounded; null where no pair is allowed, like the other two. */
  mean: number | null
  lowest: number | null
  highest: number | null
  /** People who may be paired with nobody. */
  without_partners: number
  /** The ten with the fewest possible partners, fewest first. */
  fewest_partners: { person_id: number; partners: number }[]
  /** Allowed pairs by score, in twenty equal steps from 0 to 10,000; the last includes 10,000. */
  histogram: number[]
}

/** One pass over all pairs; nothing of it is kept. */
export function measureEffect(profiles: Profiles): Effect {
  const { n } = profiles
  const scorer = openScorer(profiles)
  const row = new Uint16Array(n)
  // By score, FORBIDDEN included; below 2^53 pairs a double counts exactly.
  const tally = new Float64Array(FORBIDDEN + 1)
  const partners = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    scorer.row(i, row, i + 1, n)
    countRow(row, i, n, tally, partners)
  }
  return { people: n, pairs: Math.max(0, (n * (n - 1)) / 2), ...sumUp(tally), ...fewestPartners(profiles, partners) }
}

function countRow(row: Uint16Array, i: number, n: number, tally: Float64Array, partners: Uint32Array): void {
  let allowed = 0
  for (let j = i + 1; j < n; j++) {
    const score = row[j] as number
    tally[score] = (tally[score] as number) + 1
    const may = score === FORBIDDEN ? 0 : 1
    allowed += may
    partners[j] = (partners[j] as number) + may
  }
  partners[i] = (partners[i] as number) + allowed
}

function sumUp(tally: Float64Array): Pick<Effect, 'allowed' | 'mean' | 'lowest' | 'highest' | 'histogram'> {
  const histogram = new Array<number>(BINS).fill(0)
  let allowed = 0
  let sum = 0
  let lowest: number | null = null
  let highest: number | null = null
  for (let score = 0; score <= FULL; score++) {
    const pairs = tally[score] as number
    if (pairs === 0) continue
    allowed += pairs
    sum += pairs * score
    lowest ??= score
    highest = score
    const bin = Math.min(BINS - 1, Math.floor((score * BINS) / FULL))
    histogram[bin] = (histogram[bin] as number) + pairs
  }
  return { allowed, mean: allowed === 0 ? null : Math.round(sum / allowed), lowest, highest, histogram }
}

function fewestPartners(
  { personIds }: Profiles,
  partners: Uint32Array,
): Pick<Effect, 'without_partners' | 'fewest_partners'> {
  const order = [...partners.keys()].sort((a, b) => (partners[a] as number) - (partners[b] as number) || a - b)
  return {
    without_partners: partners.reduce((none, many) => none + (many === 0 ? 1 : 0), 0),
    fewest_partners: order
      .slice(0, FEWEST)
      .map((person) => ({ person_id: personIds[person] as number, partners: partners[person] as number })),
  }
}
