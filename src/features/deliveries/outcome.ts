import { retryWait } from '../../lib/backoff.ts'
import type { DialogueResult } from '../../platform/mail/smtp-session.ts'
import type { TrialResult } from '../../platform/mail/smtp-trial.ts'

/** How a dialogue ends for the delivery, the account and the domain. A pure decision: see test/features/deliveries. */
export interface Outcome {
  /** Skipped: an introduction that was not begun, because the server will not take its partner's. */
  state: 'accepted' | 'deferred' | 'rejected' | 'uncertain' | 'skipped'
  code: number | undefined
  enhanced_code: string | undefined
  words: string
  /** Whether it uses budget: everything but a refusal before DATA. */
  counted: boolean
  /** Whether it was a try of this person's: not when nothing was handed over, nor when the account is closed. */
  is_try: boolean
  /** Milliseconds until the next try, when deferred. */
  retry_ms: number | undefined
  /** The provider said "enough": nothing leaves by this account for so long. */
  close_sender_ms: number | undefined
  /** The receiving domain refuses us as a sender, not this person. */
  domain_refuses: boolean
  skipped_reason?: 'partner_unreachable'
  /** The partner's address that was refused for good, and what was said about it: their copy is rejected with it. */
  partner?: RefusedPartner
}

export interface RefusedPartner {
  address: string
  code: number
  enhanced_code: string | undefined
  words: string
  domain_refuses: boolean
}

const MINUTE = 60_000

/** The first closing by 421, 450, 452 or 454; it doubles while the provider goes on (sender-queries.ts). */
const CLOSE_MS = MINUTE
/** Gmail's daily limit opens again bit by bit: asking every hour costs nothing (mail.md, 4). */
const CLOSE_DAILY_MS = 60 * MINUTE

/** Soon: the connection was gone, the person has nothing to do with it. */
const AGAIN_MS = 1000

/** @param tries dialogues with this delivery so far, this one among them */
export function decideOutcome(result: DialogueResult, tries: number): Outcome {
  if (result.kind === 'accepted') {
    return outcome({ state: 'accepted', code: result.code, enhanced_code: result.enhanced, words: result.words })
  }
  if (result.kind === 'unknown') return outcome({ state: 'uncertain', words: result.words })
  if (result.kind === 'not_begun') {
    return outcome({ state: 'deferred', words: result.words, counted: false, is_try: false, retry_ms: AGAIN_MS })
  }
  const said = { code: result.code, enhanced_code: result.enhanced, words: result.words, counted: result.reachedData }
  if (isAccountLimit(result.code, result.enhanced) || isSenderRefusal(result.code, result.enhanced)) {
    // The account's fault, not the person's: tried again when the account opens, and never the last try.
    const close = result.enhanced === '5.4.5' ? CLOSE_DAILY_MS : CLOSE_MS
    return outcome({ ...said, state: 'deferred', is_try: false, retry_ms: close, close_sender_ms: close })
  }
  if (result.code < 500) {
    const wait = retryWait(tries)
    return outcome(wait === undefined ? { ...said, state: 'rejected' } : { ...said, state: 'deferred', retry_ms: wait })
  }
  return outcome({ ...said, state: 'rejected', domain_refuses: isDomainRefusal(result.enhanced) })
}

/**
 * How an introduction ends that was not begun, because its partners' addresses were tried first and not all were taken.
 * A partner who is refused for now puts it off, on its own row of tries; one who is refused for good, or for the last
 * time, ends it for both.
 */
export function decideTrial(trial: Exclude<TrialResult, { kind: 'taken' }>, tries: number): Outcome {
  if (trial.kind === 'not_begun') return decideOutcome(trial, tries)
  const { address, code, enhanced, words } = trial
  const own = decideOutcome({ kind: 'refused', code, enhanced, words, reachedData: false }, tries)
  // What was said about us rather than about the partner means what it always means.
  if (address === null || own.close_sender_ms !== undefined) return own
  const about = { ...own, words: `About the address of their partner: ${words}`.slice(0, 500).toWellFormed() }
  if (own.state === 'deferred') return about
  return {
    ...about,
    state: 'skipped',
    skipped_reason: 'partner_unreachable',
    domain_refuses: false,
    partner: { address, code, enhanced_code: enhanced, words, domain_refuses: own.domain_refuses },
  }
}

/** The message could not be made: nothing was said to the server, and trying again would not help. */
export function faultOutcome(words: string): Outcome {
  return outcome({ state: 'rejected', words, counted: false })
}

function outcome(found: Pick<Outcome, 'state' | 'words'> & Partial<Outcome>): Outcome {
  return {
    code: undefined,
    enhanced_code: undefined,
    counted: true,
    is_try: true,
    retry_ms: undefined,
    close_sender_ms: undefined,
    domain_refuses: false,
    ...found,
  }
}

/** Whether the server, rather than the message or the person, is what went wrong: several in a row are trouble. */
export function isServerTrouble(result: DialogueResult): boolean {
  if (result.kind === 'refused') return result.code === 421
  return result.kind !== 'accepted'
}

/**
 * The provider's words for "you have used up what you may send" (mail.md, 4): 5.4.5 (Gmail's daily limit),
 * 421/450/454 with 4.7.x, and 452 (RFC 5321 §4.5.3.1.10, too many recipients) unless it speaks of the mailbox.
 */
export function isAccountLimit(code: number, enhanced: string | undefined): boolean {
  if (enhanced === '5.4.5') return true
  if (code === 452) return enhanced === undefined || /^4\.(3\.\d+|5\.3|7\.\d+)$/.test(enhanced)
  return (code === 421 || code === 450 || code === 454) && enhanced?.startsWith('4.7.') === true
}

/**
 * The server refuses us, whoever the mail is for: it wants us logged in (RFC 4954 §6, RFC 3207 §4) or will not have
 * our own address (RFC 3463 §3.2: 5.1.7, 5.1.8). Without this one wrong setting would reject a whole campaign.
 */
function isSenderRefusal(code: number, enhanced: string | undefined): boolean {
  return [530, 534, 535, 538].includes(code) || enhanced === '5.1.7' || enhanced === '5.1.8'
}

/** Policy or security refusals (RFC 3463 §3.8): the domain's view of us. 5.7.13 (disabled account) is the person's. */
function isDomainRefusal(enhanced: string | undefined): boolean {
  return enhanced?.startsWith('5.7.') === true && enhanced !== '5.7.13'
}
