import type { ReaderKind } from '../content/index.ts'
import type { Lane } from '../schema.ts'

export interface AutomaticEmail {
  /** What staff call it. */
  title: string
  /** The event that sends it, as the end of "Sent …". */
  when: string
  lane: Lane
  reader: ReaderKind
  /** Written by a person each time: there is no text to edit, and nothing to switch off. */
  is_personal?: true
  /** A page says that it was mailed: without it nobody gets further, so it cannot be switched off. */
  is_needed?: true
}

/**
 * Every automatic email there is: sent to one person when something happens. (The request to confirm, its reminders and
 * the introduction go to many at one time: they are campaigns.) Its first text is the file of its name in
 * templates/email/texts.
 */
export const AUTOMATIC_EMAILS = {
  application_received: needed('Check your address', 'when an application form comes in', 'applicant'),
  application_resume: needed('Go on with your form', 'when somebody asks for a link to go on later', 'asked'),
  application_returning: needed('Your last answers', 'when somebody who took part before asks for them', 'asked'),
  country_waitlist: email('On the waiting list', 'when an applicant is put on the waiting list', 'applicant'),
  waitlist_place: email('A place has opened', 'when an applicant leaves the waiting list for a place', 'applicant'),
  confirmation_recorded: email('Your place is confirmed', 'when somebody confirms', 'applicant'),
  decline_recorded: email('You declined', 'when somebody declines', 'applicant'),
  confirmation_lapsed: email('Your place has lapsed', 'when the deadline passes without an answer', 'applicant'),
  interest_received: needed('Shall we tell you?', 'when somebody asks to be told when applications open', 'asked'),
  applications_open: {
    ...email('Applications are open', 'when applications open, to those who asked to be told', 'interested'),
    // it goes to many who never applied: with an unsubscribe link, and behind what applicants wait for
    lane: 'campaign',
  },
  inbox_reply: {
    ...email('Answers to replies', 'when staff answer from the Inbox', 'applicant'),
    is_personal: true,
  },
} as const satisfies Record<string, AutomaticEmail>

export type AutomaticKey = keyof typeof AUTOMATIC_EMAILS

export const AUTOMATIC_KEYS = Object.keys(AUTOMATIC_EMAILS) as AutomaticKey[]

/** What the catalog says about a campaign's key; undefined for a campaign that is none of these. */
export function findAutomaticEmail(key: string | null): AutomaticEmail | undefined {
  return key !== null && Object.hasOwn(AUTOMATIC_EMAILS, key) ? AUTOMATIC_EMAILS[key as AutomaticKey] : undefined
}

function needed(title: string, when: string, reader: ReaderKind) {
  return { ...email(title, when, reader), is_needed: true } as const satisfies AutomaticEmail
}

function email(title: string, when: string, reader: ReaderKind) {
  return { title, when, lane: 'automatic', reader } as const satisfies AutomaticEmail
}
