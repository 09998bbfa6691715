import type { Decision, Guess, GuessedDecision, InboxEntry, InboxItem } from '../../features/inbox/index.ts'
import type { Badge, Tone } from '../participants/words.ts'

/** The words of the Inbox on pages. */

const GUESSES: Record<GuessedDecision, Badge & { sentence: string }> = {
  confirm: { tone: 'good', text: 'perhaps yes', sentence: 'It looks like a yes.' },
  decline: { tone: 'bad', text: 'perhaps no', sentence: 'It looks like a no.' },
  question: { tone: 'wait', text: 'a question', sentence: 'It looks like a question.' },
  mixed: { tone: 'wait', text: 'yes or no?', sentence: 'It says more than a yes or a no.' },
  auto_reply: { tone: 'quiet', text: 'automatic', sentence: 'It looks like an automatic answer.' },
  unsubscribe: { tone: 'bad', text: 'no more mail', sentence: 'They seem to want no more mail.' },
  empty: { tone: 'quiet', text: 'empty', sentence: 'Nothing is written in it.' },
  other: { tone: 'info', text: 'something else', sentence: 'It is about something else.' },
}

const KINDS: Record<string, Badge> = {
  complaint: { tone: 'bad', text: 'complaint' },
  unsubscribe: { tone: 'bad', text: 'no more mail' },
  unreadable: { tone: 'bad', text: 'not readable' },
}

/** What it may say, for a list; of what is done, what was decided. */
export function badgeOf({ state, decision, kind, guess, outcome }: InboxEntry): Badge {
  if (state === 'done' && decision) return { tone: TONES[decision], text: DECIDED[decision] }
  if (isOnlyAboutAddress({ outcome })) return { tone: 'wait', text: 'another address' }
  const known = KINDS[kind]
  if (known) return known
  const said = guess && GUESSES[guess.decision]
  return said ? { tone: said.tone, text: said.text } : { tone: 'info', text: 'a message' }
}

/** The answer itself was recorded when it came: only whose address it is, is asked. */
export const isOnlyAboutAddress = ({ outcome }: Pick<InboxEntry, 'outcome'>): boolean =>
  outcome === 'confirmed' || outcome === 'declined'

export function guessSentence(guess: Guess): string {
  return GUESSES[guess.decision].sentence
}

/** What became of a message, for a list of somebody's messages. */
export function outcomeBadge(outcome: string): Badge {
  return OUTCOMES[outcome] ?? { tone: 'quiet', text: outcome.replaceAll('_', ' ') }
}

const OUTCOMES: Record<string, Badge> = {
  confirmed: { tone: 'good', text: 'read as yes' },
  declined: { tone: 'bad', text: 'read as no' },
  inbox: { tone: 'wait', text: 'to the Inbox' },
  unsubscribed: { tone: 'bad', text: 'unsubscribed' },
  bounce: { tone: 'bad', text: 'came back' },
  complaint: { tone: 'bad', text: 'complaint' },
  auto_reply: { tone: 'quiet', text: 'automatic answer' },
  ignored: { tone: 'quiet', text: 'nothing to do' },
}

const DECIDED: Record<Decision, string> = {
  yes: 'yes',
  no: 'no',
  question: 'question',
  out_of_office: 'out of office',
  unsubscribe: 'unsubscribed',
  done: 'done',
}

const TONES: Record<Decision, Tone> = {
  yes: 'good',
  no: 'bad',
  question: 'info',
  out_of_office: 'quiet',
  unsubscribe: 'bad',
  done: 'quiet',
}

/** The buttons, with the key that presses each and what it does. */
export const BUTTONS: { value: Decision; text: string; key: string; does: string }[] = [
  {
    value: 'yes',
    text: 'Yes',
    key: 'y',
    does: 'They take part. It is recorded as their answer, and an email tells them.',
  },
  { value: 'no', text: 'No', key: 'n', does: 'They do not. It is recorded as their answer, and an email tells them.' },
  { value: 'question', text: 'Question', key: 'q', does: 'Nothing is recorded of their place. Answer it below first.' },
  {
    value: 'out_of_office',
    text: 'Out of office',
    key: 'o',
    does: 'A machine wrote it: they still have not answered.',
  },
  { value: 'unsubscribe', text: 'Unsubscribe', key: '', does: 'Topic emails and announcements to them stop.' },
  { value: 'done', text: 'Done', key: 'd', does: 'Nothing is recorded but that somebody has looked.' },
]

/** What a press of a button has done, as a sentence. */
export function sayDecided({ decision }: Pick<InboxItem, 'decision'>): string {
  const sentences: Record<Decision, string> = {
    yes: 'Recorded: they take part.',
    no: 'Recorded: they do not take part.',
    question: 'Settled as a question.',
    out_of_office: 'Settled as out of office.',
    unsubscribe: 'Unsubscribed: campaigns to them have stopped.',
    done: 'Done.',
  }
  return decision === null ? 'It is open again.' : sentences[decision]
}

const SOURCES: Record<string, string> = {
  smtp: 'our own mail server',
  lmtp: 'our own mail server',
  imap: 'the mailbox',
  http: 'a program that handed it over',
  mailbox: 'the built-in mailbox',
}
export const saySource = (source: string): string => SOURCES[source] ?? source

const FOUND_BY: Record<string, string> = {
  token: 'by the address it was sent to',
  in_reply_to: 'by the message that it says it answers',
  references: 'by the messages that it names',
  returned: 'by the message that came back with it',
  address: 'by the address of its sender',
  staff: 'by a person',
}
export const sayFoundBy = (found_by: string): string => FOUND_BY[found_by] ?? found_by

/** Whether it is from whom it says, in words. */
export function sayAuthenticity(authenticity: InboxItem['authenticity']): Badge & { words: string } {
  if (!authenticity) return { tone: 'quiet', text: 'not checked', words: 'Nobody has checked who sent it.' }
  const { dmarc, aligned, from_domain } = authenticity
  const whose = from_domain ?? 'its sender'
  if (dmarc === 'pass' || (dmarc === 'none' && aligned))
    return { tone: 'good', text: 'sender verified', words: `${whose} vouches for it. ${authenticity.why}`.trim() }
  if (dmarc === 'fail')
    return {
      ...{ tone: 'bad', text: 'sender not verified' },
      words:
        `${whose} says that such a message is not theirs: somebody else may have written it. ${authenticity.why}`.trim(),
    }
  return { tone: 'quiet', text: 'sender not known for sure', words: authenticity.why }
}
