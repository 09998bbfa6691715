import { retryWait } from '../../lib/backoff.ts'
import type { DialogueResult } from '../../platform/mail/smtp-session.ts'

/** How a dialogue ends for the delivery, the account and the domain. A pure decision: see test/features/deliveries. */
export interface Outcome {
  state: 'accepted' | 'deferred' | 'rejected' | 'uncertain'
  code: number | undefined
  enhanced_code: string | undefined
  words: string
  /** Whether it uses budget: everything but a refusal before DATA. */
  counted: boolean
  /** Milliseconds until the next try, when deferred. */
  retry_ms: number | undefined
  /** The provider said "enough": nothing leaves by this account for so long. */
  close_sender_ms: number | undefined
  /** The receiving domain refuses us as a sender, not this person. */
  domain_refuses: boolean
}

const MINUTE = 60_000

/** The first closing by 421, 450, 452 or 454; it doubles while the provider goes on (sender-queries.ts). */
const CLOSE_MS = MINUTE
/** Gmail's daily limit opens again bit by bit: asking every hour costs nothing (mail.md, 4). */
const CLOSE_DAILY_MS = 60 * MINUTE

/** @param tries dialogues with this delivery so far, this one among them */
export function decideOutcome(result: DialogueResult, tries: number): Outcome {
  const base = { retry_ms: undefined, close_sender_ms: undefined, domain_refuses: false }
  if (result.kind === 'accepted') {
    return {
      ...base,
      state: 'accepted',
      code: result.code,
      enhanced_code: result.enhanced,
      words: result.words,
      counted: true,
    }
  }
  if (result.kind === 'unknown') {
    return {
      ...base,
      state: 'uncertain',
      code: undefined,
      enhanced_code: undefined,
      words: result.words,
      counted: true,
    }
  }
  const said = { code: result.code, enhanced_code: result.enhanced, words: result.words, counted: result.reachedData }
  if (isAccountLimit(result.code, result.enhanced) || isSenderRefusal(result.code, result.enhanced)) {
    // The account's fault, not the person's: tried again when the account opens, and never the last try.
    const close = result.enhanced === '5.4.5' ? CLOSE_DAILY_MS : CLOSE_MS
    return { ...base, ...said, state: 'deferred', retry_ms: close, close_sender_ms: close }
  }
  if (result.code < 500) {
    const wait = retryWait(tries)
    if (wait !== undefined) return { ...base, ...said, state: 'deferred', retry_ms: wait }
    return { ...base, ...said, state: 'rejected' }
  }
  return { ...base, ...said, state: 'rejected', domain_refuses: isDomainRefusal(result.enhanced) }
}

/** The message could not be made: nothing was said to the server, and trying again would not help. */
export function faultOutcome(words: string): Outcome {
  return {
    state: 'rejected',
    code: undefined,
    enhanced_code: undefined,
    words,
    counted: false,
    retry_ms: undefined,
    close_sender_ms: undefined,
    domain_refuses: false,
  }
}

/**
 * The provider's words for "you have used up what you may send" (mail.md, 4): 5.4.5 (Gmail's daily limit),
 * 421/450/454 with 4.7.x, and 452 (RFC 5321 §4.5.3.1.10, too many recipients).
 */
export function isAccountLimit(code: number, enhanced: string | undefined): boolean {
  if (enhanced === '5.4.5') return true
  if (code === 452) return true
  return (
    (code === 421 || code === 450 || code === 454) &&
    (enhanced === undefined ? code === 421 : enhanced.startsWith('4.7.'))
  )
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
