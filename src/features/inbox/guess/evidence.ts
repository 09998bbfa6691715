import type { Segment } from './reading.ts'

export type Meaning = Segment['meaning']
export type Objection = Meaning | 'asks' | 'strange' | 'beside_no'
export type Side = 'confirm' | 'decline'

export interface Evidence {
  /** The clauses that answer, and the strength of the best: a whole sentence, the keyword alone, or a word. */
  sides: Partial<Record<Side, { strength: 'explicit' | 'keyword' | 'weak'; segments: Segment[] }>>
  /** What keeps an answer of a side from counting. */
  vetoes: Record<Side, { meaning: Objection; segments: Segment[] }[]>
  /** Sides named in clauses that are not understood enough to answer. */
  loose: Set<Side>
  /** What only an explicit refusal bears beside it: "No, I did not get it" is none. */
  strains: Segment[]
  /** Words not understood, outside greeting, names and signature. */
  unknown: number
}

export const SIDE: Partial<Record<Meaning, Side>> = {
  yes: 'confirm',
  confirm: 'confirm',
  confirm_short: 'confirm',
  wishes: 'confirm',
  no: 'decline',
  decline: 'decline',
  decline_short: 'decline',
}

export function support(
  evidence: Evidence,
  side: Side,
  strength: 'explicit' | 'keyword' | 'weak',
  segments: Segment[],
): void {
  const before = evidence.sides[side]
  const order = ['weak', 'keyword', 'explicit'] as const
  const best = before && order.indexOf(before.strength) > order.indexOf(strength) ? before.strength : strength
  evidence.sides[side] = { strength: best, segments: [...(before?.segments ?? []), ...segments] }
}

export function veto(evidence: Evidence, side: Side | 'both', meaning: Objection, segments: Segment[]): void {
  if (side !== 'decline') evidence.vetoes.confirm.push({ meaning, segments })
  if (side !== 'confirm') evidence.vetoes.decline.push({ meaning, segments })
}
