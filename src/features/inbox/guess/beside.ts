import { type Evidence, type Meaning, SIDE, veto } from './evidence.ts'
import type { FramedClause } from './frame.ts'
import type { Segment } from './reading.ts'

const LEAVES = new Set<Meaning>(['regrets', 'farewells'])
const BESIDE_NO = new Set<Meaning>([
  'no_sign',
  'regrets',
  'farewells',
  'polite',
  'and',
  'reasons',
  'later',
  'greetings',
  'sign_offs',
])
/** Within a reason or a word about a later round. */
const WITHIN_REASON = new Set<Meaning>([
  'fillers',
  'times',
  'number',
  'changes',
  'pronouns',
  'wishes',
  'openers',
  'qualifiers',
])
const WITHIN_LATER = new Set<Meaning>(['fillers', 'hedges', 'wishes', 'openers'])
const KIND_OPENERS = new Set<Meaning>(['polite_openers', 'farewells'])

/** "Yes, sorry", "Yes. Good luck!": who regrets or takes leave beside a yes perhaps means the opposite. */
export function objectToRegret(evidence: Evidence, clauses: readonly FramedClause[]): void {
  const isExplicit = evidence.sides.confirm?.strength === 'explicit'
  for (const { role, reading } of clauses) {
    if (role !== 'body' && role !== 'opener') continue
    const leaves = reading.segments.filter(({ meaning }) => LEAVES.has(meaning))
    const isBeside = clauses.some(
      (other) =>
        other.reading.sentence === reading.sentence &&
        other.reading.segments.some(({ meaning }) => SIDE[meaning] === 'confirm'),
    )
    if (leaves.length > 0 && (isBeside || !isExplicit)) veto(evidence, 'confirm', 'regrets', leaves)
  }
}

/**
 * A "no" without a sentence answers whatever its reader had in mind ("No, nothing has changed"): it declines only beside
 * thanks, regret and a reason that is understood to its last word.
 */
export function objectToBareNo(evidence: Evidence, clauses: readonly FramedClause[]): void {
  if (evidence.sides.decline?.strength === 'explicit') return
  for (const { role, reading } of clauses) {
    if (role !== 'body' && role !== 'opener') continue
    const { segments } = reading
    const has = (wanted: Meaning) => segments.some(({ meaning }) => meaning === wanted)
    const isSaid = segments.some(({ meaning }) => SIDE[meaning] === 'decline')
    const isFine = ({ meaning }: Segment) =>
      SIDE[meaning] === 'decline' ||
      BESIDE_NO.has(meaning) ||
      (has('reasons') && WITHIN_REASON.has(meaning)) ||
      (has('later') && WITHIN_LATER.has(meaning)) ||
      (isSaid && meaning === 'but') ||
      (has('polite') && (meaning === 'fillers' || meaning === 'but' || meaning === 'openers'))
    const opens = role === 'opener' && segments.some(({ meaning }) => KIND_OPENERS.has(meaning))
    if (!opens && !segments.every(isFine)) veto(evidence, 'decline', 'beside_no', segments)
  }
}
