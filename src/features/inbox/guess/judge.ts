import { objectToBareNo, objectToRegret } from './beside.ts'
import { type Evidence, type Meaning, SIDE, type Side, support, veto } from './evidence.ts'
import type { FramedClause } from './frame.ts'
import { countUnknown, isAnswer, isNeutral, OPENERS } from './frame.ts'
import type { Segment } from './reading.ts'

/** Good beside a refusal, a risk beside an agreement. */
const FINE_WITH_DECLINE = new Set<Meaning>(['reasons', 'times', 'changes', 'number', 'receipts', 'wishes'])
/** You, we, and what was: a risk in the clause that answers, elsewhere no more than words we do not know. */
const SOFT = new Set<Meaning>(['pronouns', 'reported'])
const NARROWING = new Set<Meaning>(['times', 'number', 'receipts', 'reported'])
const LIMITING = new Set<Meaning>(['qualifiers', 'fillers', 'and', 'negations', 'times', 'number', 'hedges'])
/** Weighed for both sides at once. */
const FOR_BOTH = new Set<Meaning>(['qualifiers', 'concerns'])
/** In a clause about a later round these words are not about this one. */
const FINE_WHEN_LATER = new Set<Meaning>([
  ...FINE_WITH_DECLINE,
  ...(['later', 'hedges', 'conditions', 'yes', 'confirm', 'confirm_short', 'but', 'negations', 'requests'] as const),
])
/** Words before the phrase, behind a greeting or in a reason: elsewhere one that we do not know may be who takes part. */
const MOST_BEFORE = 3
/** A negative word in a sentence so long tells of something; a shorter one ("Not!") may take the answer back. */
const LEAST_WORDS_OF_SENTENCE = 4
const LONGEST_SHORT_CLAUSE = 4
const LONGEST_TERSE_CLAUSE = 3
/** Less of a clause understood than this, and it may be in a language we do not read. */
const LEAST_UNDERSTOOD = 0.34

/** All that speaks for and against each answer, clause by clause. */
export function weighClauses(clauses: readonly FramedClause[]): Evidence {
  const evidence: Evidence = {
    sides: {},
    vetoes: { confirm: [], decline: [] },
    loose: new Set(),
    strains: [],
    unknown: 0,
  }
  const firstLine = clauses.find(({ role }) => role === 'body')?.reading.line
  for (const clause of clauses) {
    if (clause.role !== 'body') continue
    const { segments, asks, line } = clause.reading
    if (asks && !isPoliteness(clause)) veto(evidence, 'both', 'asks', segments)
    const answering = answerOf(clause)
    if (!asks && !isHypothetical(segments))
      for (const { meaning } of segments)
        if (meaning === 'confirm' || meaning === 'decline') evidence.loose.add(meaning)
    if (answering) {
      const alone = clauses
        .filter(({ reading }) => reading.line === line)
        .every(({ reading }) => reading === clause.reading)
      const isKeyword = answering.strength === 'weak' && line === firstLine && alone && isOneWord(segments)
      support(evidence, answering.side, isKeyword ? 'keyword' : answering.strength, segments.filter(isAnswer))
    }
    // The words of a reason for declining need not be known: it keeps an agreement from counting anyway.
    if (!segments.some(({ meaning }) => meaning === 'reasons')) {
      evidence.unknown += clause.unknown + segments.filter(({ meaning }) => SOFT.has(meaning)).length
    }
    const isUnread = clause.unknown > 0 && understoodShare(clause) < LEAST_UNDERSTOOD
    const isNaming = clause.unknown > 0 && namesSomebody(segments)
    // "Take Sara.", "Only watch.": so short a clause with a word that we cannot read is no small talk.
    const isApart = !answering && clause.unknown > 0 && isTerse(segments) && beginsSentence(clause, clauses)
    if (isUnread || isNaming || isApart) veto(evidence, 'confirm', 'strange', segments)
    if ((isUnread || isNaming || isApart) && !isReasonOrLater(segments)) veto(evidence, 'decline', 'strange', segments)
    // "Will do": words that mean nothing by themselves are no more than unknown ones beside a bare yes.
    if (
      !answering &&
      segments.every(({ meaning }) => meaning === 'fillers' || meaning === 'qualifiers' || meaning === 'and')
    )
      evidence.strains.push(...segments)
    objectToBoth(evidence, segments)
    objectToConfirm(evidence, segments, answering?.side)
    const isBefore = !clauses.slice(0, clauses.indexOf(clause)).some(declines)
    objectToDecline(evidence, clause, answering?.side, {
      isLater: isAboutLater(clause, clauses),
      isBefore,
      isRegretful: isRegretful(clause, clauses),
    })
  }
  supportLoneOk(evidence, clauses)
  objectToRegret(evidence, clauses)
  objectToBareNo(evidence, clauses)
  return evidence
}

/** "OK" is an answer only when it is the whole reply: "OK, thank you" may say that our mail was read. */
function supportLoneOk(evidence: Evidence, clauses: readonly FramedClause[]): void {
  const said = clauses
    .filter(({ role }) => role === 'body' || role === 'opener')
    .flatMap(({ reading }) => reading.segments)
  if (said.length === 1 && said[0]?.meaning === 'ok_alone') support(evidence, 'confirm', 'keyword', said)
}

/** The side a clause takes when all of it is understood, or enough around an explicit phrase. */
function answerOf({ reading: { segments, asks } }: FramedClause) {
  const answers = segments.filter(isAnswer)
  const refuses = answers.some(({ meaning }) => meaning.startsWith('decline'))
  // "I'd love to, I can't": a wish beside a refusal is politeness.
  const sided = refuses ? answers.filter(({ meaning }) => meaning !== 'wishes') : answers
  const sides = new Set(sided.map(({ meaning }) => SIDE[meaning] as Side))
  if (sides.size !== 1 || asks || isHypothetical(segments)) return undefined
  const side = [...sides][0] as Side
  const explicit = segments.findIndex(({ meaning }) => meaning === side)
  if (explicit >= 0) {
    // "I want to participate in the survey": what is unknown behind it may be what it is about, unless it is a reason.
    const reason = segments.findIndex(({ meaning }) => meaning === 'reasons')
    const behind = segments.slice(explicit, reason > explicit ? reason : segments.length)
    // "Thank you for confirming my place" answers nothing.
    if (segments.slice(0, explicit).some(({ meaning }) => OPENERS.has(meaning))) return undefined
    const before = segments.slice(0, explicit)
    const mayNotKnow = before[0]?.meaning === 'greetings' || before.some(({ meaning }) => meaning === 'reasons')
    const mostBefore = mayNotKnow ? MOST_BEFORE : 0
    const isClear = countUnknown(before) <= mostBefore && countUnknown(behind) === 0
    return isClear ? { side, strength: 'explicit' as const } : undefined
  }
  // "I'm in a meeting": a short answer has its clause to itself.
  if (segments.some(({ meaning }) => meaning === 'unknown' || meaning === 'fillers')) return undefined
  const isShort = answers.some(({ meaning }) => meaning.endsWith('_short'))
  return { side, strength: isShort ? ('explicit' as const) : ('weak' as const) }
}

/** "If I say NO …", "When I confirm …": said of an answer, no answer. */
function isHypothetical(segments: readonly Segment[]): boolean {
  const answer = segments.findIndex(isAnswer)
  return segments.slice(0, answer).some(({ meaning }) => meaning === 'questions' || meaning === 'conditions')
}

/** "I can't every week", "I can take part now and then": a limit beside an answer, or alone, is what a person must see. */
function objectToBoth(evidence: Evidence, segments: readonly Segment[]): void {
  const isLimited = segments.some(isAnswer) || segments.every(({ meaning }) => LIMITING.has(meaning))
  for (const segment of segments) {
    const { meaning } = segment
    if (meaning === 'concerns' || (meaning === 'qualifiers' && isLimited)) veto(evidence, 'both', meaning, [segment])
  }
}

function objectToConfirm(evidence: Evidence, segments: readonly Segment[], side: Side | undefined): void {
  for (const segment of segments) {
    const { meaning } = segment
    if (isNeutral(segment) || FOR_BOTH.has(meaning) || meaning === 'unknown' || meaning === 'yes_sign') continue
    if (SOFT.has(meaning) && !segments.some(isAnswer)) continue
    if (SIDE[meaning] === 'confirm' && side === 'confirm') continue
    // A yes within words we do not understand says yes to we do not know what.
    if (SIDE[meaning] === 'confirm' && meaning !== 'yes') continue
    veto(evidence, 'confirm', meaning, [segment])
  }
}

function objectToDecline(
  evidence: Evidence,
  { reading }: FramedClause,
  side: Side | undefined,
  { isLater, isBefore, isRegretful }: { isLater: boolean; isBefore: boolean; isRegretful: boolean },
): void {
  const { segments } = reading
  const isReason = side !== 'decline' && segments.some(({ meaning }) => meaning === 'reasons')
  const answer = segments.findIndex(({ meaning }) => SIDE[meaning] === 'decline')
  for (const [at, segment] of segments.entries()) {
    const { meaning } = segment
    const isExplained = segments.slice(0, at).some((other) => other.meaning === 'reasons')
    // "No quiero declinar": where one word is both no and not, it turns round the refusal behind it.
    const turns =
      SIDE[meaning] === 'decline' && segments.some((other, index) => index > at && other.meaning.startsWith('decline'))
    if (turns) veto(evidence, 'decline', 'negations', [segment])
    if (isNeutral(segment) || FOR_BOTH.has(meaning) || meaning === 'unknown' || meaning === 'no_sign') continue
    if (SIDE[meaning] === 'decline') continue
    if (isLater && FINE_WHEN_LATER.has(meaning)) continue
    if (meaning === 'receipts' || meaning === 'reported') evidence.strains.push(segment)
    // "I can't on Mondays": what stands beside the refusal itself narrows it, unless it belongs to a reason.
    const refuses = side === 'decline' || segments.some((other) => other.meaning.startsWith('decline'))
    const narrows = refuses && !isExplained && NARROWING.has(meaning)
    if (!narrows && (FINE_WITH_DECLINE.has(meaning) || meaning === 'reported')) continue
    if (meaning === 'pronouns' && answer < 0) continue
    if (meaning === 'people' && isReason && answer < 0 && !segments.some((other) => other.meaning === 'but')) continue
    if (meaning === 'yes' && (isRegretful || isReason)) continue
    if (meaning === 'negations' && (isReason || (answer >= 0 && at > answer && isExplained))) continue
    if (meaning === 'negations' && answer < 0 && segments.length >= LEAST_WORDS_OF_SENTENCE) {
      if (!isReason) evidence.strains.push(segment)
      continue
    }
    if (meaning === 'but' && (isBefore || side === 'decline' || isLater || isReason || isHarmlessBehindBut(segments)))
      continue
    veto(evidence, 'decline', meaning, [segment])
  }
}

const declines = ({ reading }: FramedClause) => reading.segments.some(({ meaning }) => SIDE[meaning] === 'decline')

/** "Yes, unfortunately I have to withdraw": that yes only takes up our question. */
function isRegretful({ reading }: FramedClause, clauses: readonly FramedClause[]): boolean {
  const sentence = clauses.filter((other) => other.reading.sentence === reading.sentence)
  const has = (wanted: Meaning) =>
    sentence.some((other) => other.reading.segments.some(({ meaning }) => meaning === wanted))
  return has('regrets') && !has('but')
}

/** Speaks of a later or an earlier round, itself or with the rest of a sentence that declines nothing. */
function isAboutLater(clause: FramedClause, clauses: readonly FramedClause[]): boolean {
  const elsewhere = ({ reading }: FramedClause) =>
    reading.segments.some(({ meaning }) => meaning === 'later' || meaning === 'reported')
  if (declines(clause)) return false
  if (elsewhere(clause)) return true
  const sentence = clauses.filter(({ reading }) => reading.sentence === clause.reading.sentence)
  return (
    !sentence.some(declines) &&
    sentence.some(({ reading }) => reading.segments.some(({ meaning }) => meaning === 'later'))
  )
}

const isHarmlessBehindBut = (segments: readonly Segment[]) =>
  segments.every((segment) => segment.meaning === 'but' || segment.meaning === 'wishes' || isNeutral(segment))

/** "How are you?" asks nothing. */
const isPoliteness = ({ reading: { segments } }: FramedClause) =>
  segments.some(({ meaning }) => meaning === 'harmless') && segments.every(isNeutral)

function understoodShare({ reading: { segments }, unknown }: FramedClause): number {
  const understood = segments.filter(({ meaning }) => meaning !== 'unknown')
  const words = understood.reduce((sum, segment) => sum + segment.words.length / (segment.words[0]?.joined ? 2 : 1), 0)
  return words / (words + unknown)
}

/** "Peter too.", "and that of Peter": a short clause about somebody or some place. */
function namesSomebody(segments: readonly Segment[]): boolean {
  const isNamed = segments.some(({ meaning, words }) => meaning === 'unknown' && words[0]?.title)
  return isNamed && segments.flatMap(({ words }) => words).length <= LONGEST_SHORT_CLAUSE
}

const isReasonOrLater = (segments: readonly Segment[]) =>
  segments.some(({ meaning }) => meaning === 'reasons' || meaning === 'later')

const beginsSentence = (clause: FramedClause, clauses: readonly FramedClause[]) =>
  clauses.find(({ reading }) => reading.sentence === clause.reading.sentence) === clause

const isTerse = (segments: readonly Segment[]) => segments.flatMap(({ words }) => words).length <= LONGEST_TERSE_CLAUSE

const isOneWord = (segments: readonly Segment[]) => segments.flatMap(({ words }) => words).length <= 2
