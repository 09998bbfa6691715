import type { Guess } from '../guess/index.ts'
import type { Origin } from './origin.ts'

/** What is done about a person's reply without a person. */
export type Plan =
  | { do: 'answer'; answer: 'confirmed' | 'declined' }
  | { do: 'unsubscribe' }
  /** `why` is a sentence for staff. */
  | { do: 'ask'; why: string }

export interface ReplyFacts {
  guess: Guess
  visible: string
  origin: Pick<
    Origin,
    'delivery' | 'found_by' | 'person_id' | 'is_ambiguous' | 'has_bad_token' | 'is_from_person' | 'is_from_another'
  >
  /** It says a sender whose address could be one. */
  has_sender: boolean
  /** What DMARC (RFC 9989) says of the sender; `unchecked` for a message of which it could not be asked. */
  dmarc: string
  /** It came over a list or from a machine (RFC 3834 §2), by a button, or names several senders. */
  is_automatic: boolean
  /** Something of it was too large to be read, or stands beside what was read. */
  is_cut: boolean
}

/** Replies to these are answers about a place in the round. */
const ASKING = ['confirmation', 'reminder']

/**
 * Who may answer for somebody: only a reply to a message in which we asked, explicit and whole, that nobody else can have
 * written. Everything else is for a person (mail.md: a wrong decision is far worse than an undecided one). So is what only
 * its words make an automatic answer: "I am on leave, but yes" is somebody's.
 */
export function planReply(facts: ReplyFacts): Plan {
  const { guess, origin, dmarc } = facts
  const { delivery } = origin
  if (!delivery) return ask(explainUnknown(facts))
  if (delivery.is_test) return ask('It answers a test email, which speaks for nobody.')
  if (origin.is_ambiguous) return ask('It is addressed as an answer of several people at once.')
  if (dmarc === 'fail')
    return ask('Its sender could not be verified (DMARC failed): somebody else may have written it.')
  // A forger chooses the envelope's domain, and with it name servers that never answer.
  if (dmarc === 'temperror') return ask('Its sender could not be verified: name servers did not answer.')
  if (dmarc === 'unchecked') return ask('Its sender could not be verified: its form does not let us.')
  if (facts.is_automatic)
    return ask('It came over a mailing list, from a machine, by a button, or from several senders.')
  if (facts.is_cut) return ask('Not all of it is read here: it is too large, or has several texts.')
  if (isPlainUnsubscribe(facts) && origin.is_from_person) return { do: 'unsubscribe' }
  if (!ASKING.includes(delivery.campaign_kind)) return ask('It answers a message in which we asked nothing.')
  if (!guess.acts || (guess.decision !== 'confirm' && guess.decision !== 'decline')) return ask(guess.because)
  if (origin.person_id === null) return ask('The message that it answers went to nobody who applied.')
  if (!facts.has_sender) return ask('It does not say who it is from.')
  if (origin.is_from_another) return ask('It came from an address that belongs to another person.')
  // A token says which message is answered, not who answers: with an address of theirs it is enough, and a reply address
  // that only that message held may be used from another address of theirs. A Message-ID alone is passed on too easily.
  if (!origin.is_from_person && origin.found_by !== 'token')
    return ask('It came from an address that we do not know, and not to the reply address of the message.')
  return { do: 'answer', answer: guess.decision === 'confirm' ? 'confirmed' : 'declined' }
}

const ask = (why: string) => ({ do: 'ask', why }) as const

function explainUnknown({ origin }: ReplyFacts): string {
  if (origin.has_bad_token) return 'Its reply address is not one of ours: it was cut off, or made up.'
  if (origin.person_id === null) return 'We do not know the sender, and it does not say which message it answers.'
  return 'It does not say which message it answers.'
}

/** The whole text is the word for it: "Unsubscribe", "Please remove me from your list". */
function isPlainUnsubscribe({ guess, visible }: ReplyFacts): boolean {
  if (guess.decision !== 'unsubscribe') return false
  const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  const said = letters(visible)
  return said.length > 0 && guess.words.some((word) => letters(word) === said)
}
