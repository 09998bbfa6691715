import type { Evidence, Objection, Side } from './evidence.ts'
import { explainVetoes } from './explain.ts'
import type { FramedClause } from './frame.ts'
import type { Guess, Say } from './guess.ts'
import type { Segment } from './reading.ts'

interface Undecided {
  framed: FramedClause[]
  evidence: Evidence
  say: Say
  /** The answer that is the whole subject. */
  subjectSide: Side | undefined
  had_quote: boolean
}

/** An answer with one of these beside it is more than an answer. */
const NEEDS_PERSON = new Set<Objection>([
  ...(['asks', 'questions', 'conditions', 'requests', 'people', 'changes', 'but', 'times', 'number', 'link'] as const),
  ...(['later', 'yes', 'confirm', 'no', 'beside_no', 'concerns', 'qualifiers'] as const),
])
const SIGNS = new Set<Segment['meaning']>(['yes_sign', 'nods', 'ok_alone'])
const MEANS_NOTHING = new Set<Segment['meaning']>(['harmless', 'polite', 'farewells', 'regrets', 'fillers'])
const isSignOrPolite = ({ meaning }: Segment) => SIGNS.has(meaning) || meaning === 'polite' || meaning === 'harmless'

/** What a reply seems to say that does not act, for the person who reads it. */
export function sayUndecided({ framed, evidence, say, subjectSide, had_quote }: Undecided): Guess {
  const { sides, vetoes } = evidence
  const body = framed.filter(({ role }) => role === 'body')
  const has = (...meanings: string[]) =>
    vetoes.confirm.filter(({ meaning }) => meanings.includes(meaning)).flatMap((one) => one.segments)
  const asked = has('asks', 'questions')
  const answers = [...(sides.confirm?.segments ?? []), ...(sides.decline?.segments ?? [])]
  if (sides.confirm && sides.decline) {
    return say('mixed', 0.6, answers, 'The reply both agrees and declines.')
  }
  const side = sides.confirm ? 'confirm' : sides.decline ? 'decline' : undefined
  if (side) {
    const why = explainVetoes(vetoes[side])
    const verb = side === 'confirm' ? 'agrees' : 'declines'
    const against = vetoes[side].flatMap(({ segments }) => segments)
    const needsPerson = vetoes[side].some(({ meaning }) => NEEDS_PERSON.has(meaning))
    return say(
      needsPerson ? 'mixed' : side,
      needsPerson ? 0.6 : 0.5,
      [...answers, ...against],
      `The writer ${verb}, but the reply ${why}.`,
    )
  }
  const conditions = has('conditions', 'people', 'changes', 'link', 'no', 'later')
  if (evidence.loose.size > 0 && conditions.length > 0 && asked.length === 0) {
    return say('mixed', 0.5, conditions, `The reply answers, but ${explainVetoes(vetoes.confirm)}.`)
  }
  if (asked.length > 0) return say('question', 0.75, asked, 'The reply asks a question and decides nothing.')
  const unsure = has('hedges', 'conditions')
  if (unsure.length > 0) return say('question', 0.5, unsure, 'The writer has not decided, or sounds unsure.')
  if (body.every(({ unknown, reading }) => unknown === 0 && reading.segments.every(isSignOrPolite))) {
    const sign = body.flatMap(({ reading }) => reading.segments.filter(({ meaning }) => SIGNS.has(meaning)))
    if (sign.length > 0) return say('confirm', 0.6, sign, 'There is only a sign of agreement.')
  }
  if (
    body.every(
      ({ unknown, reading }) => unknown === 0 && reading.segments.every(({ meaning }) => MEANS_NOTHING.has(meaning)),
    )
  ) {
    if (subjectSide) return say(subjectSide, 0.5, [], 'The answer stands in the subject alone.')
    return say(
      'empty',
      0.9,
      body.flatMap(({ reading }) => reading.segments.filter(({ meaning }) => meaning === 'polite')),
      had_quote ? 'There is nothing of the writer above the quote.' : 'There is nothing in the reply that answers us.',
    )
  }
  return say('other', 0.5, [], 'The reply neither agrees nor declines nor asks in words that we know.')
}
