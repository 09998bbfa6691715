import type { Badge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'

/** The words of Mailchimp's pages. */

/** What goes there of each person, by our names, in the order of the form. */
export const FIELDS = {
  given_name: { name: 'Given name', both: true },
  family_name: { name: 'Family name', both: true },
  country: { name: 'Country', both: false },
  round: { name: 'Round', both: false },
  state: { name: 'State of the application', both: false },
  partner: { name: 'Partner’s given name', both: false },
  language: { name: 'Language', both: true },
} as const
export type FieldName = keyof typeof FIELDS
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[]

export const sayField = (field: string): string =>
  Object.hasOwn(FIELDS, field) ? FIELDS[field as FieldName].name : field

/** Such as "Given name, Family name and Language". */
export function inRow(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

interface TroubleWords extends Badge {
  /** What one can do. */
  advice: string
}

const TROUBLES: Record<string, TroubleWords> = {
  compliance: {
    tone: 'bad',
    text: 'not taken back',
    advice:
      'They left the audience before, or mail to them came back. Only they can come back, by a form of Mailchimp’s.',
  },
  unsubscribed: {
    tone: 'wait',
    text: 'unsubscribed there',
    advice: 'They get no campaigns from here either. Lift that only when they ask for it, on their own page.',
  },
  cleaned: {
    tone: 'bad',
    text: 'cleaned there',
    advice: 'Mail to this address came back. Ask them for another one.',
  },
  pending: {
    tone: 'wait',
    text: 'not confirmed there',
    advice: 'Mailchimp has asked them to confirm and waits for it. They get nothing through Mailchimp until then.',
  },
  refused: {
    tone: 'bad',
    text: 'refused there',
    advice: 'Correct the address or the name on their page; the next sync tries it again by itself.',
  },
  archived_there: {
    tone: 'wait',
    text: 'archived there',
    advice: 'Somebody took them out of the audience in Mailchimp. “Put back” subscribes them again.',
  },
  address_changed: {
    tone: 'wait',
    text: 'other address there',
    advice: 'Make sure that it is theirs before you accept it: what they get from here goes there from then on.',
  },
}
const UNKNOWN: TroubleWords = { tone: 'wait', text: 'to be seen to', advice: '' }

export const wordsOfTrouble = (trouble: string): TroubleWords => TROUBLES[trouble] ?? UNKNOWN

export type Decision = 'again' | 'leave' | 'accept_address'

/** What a person may decide about a trouble, the usual first. */
export function decisionsFor(trouble: string): { decision: Decision; text: string }[] {
  const leave = { decision: 'leave', text: 'Leave it' } as const
  switch (trouble) {
    case 'address_changed':
      return [
        { decision: 'accept_address', text: 'Accept the new address' },
        { decision: 'leave', text: 'Keep the old one' },
      ]
    case 'archived_there':
      return [{ decision: 'again', text: 'Put back' }, leave]
    default:
      return [{ decision: 'again', text: 'Try again' }, leave]
  }
}

const EVENTS: Record<string, string> = {
  subscribe: 'Somebody subscribed',
  unsubscribe: 'Somebody unsubscribed',
  cleaned: 'An address was cleaned',
  upemail: 'Somebody changed their address',
  profile: 'Somebody changed what is known of them',
  campaign: 'A campaign changed',
}
export const sayEvent = (kind: string): string => EVENTS[kind] ?? kind

/** Such as "1 person", "1,162 people". */
export const people = (count: number): string => `${formatCount(count)} ${count === 1 ? 'person' : 'people'}`

/** Such as "1,162 people are in step". */
export function sayInStep(count: number): string {
  if (count === 0) return 'Nobody is in step yet'
  return `${people(count)} ${count === 1 ? 'is' : 'are'} in step`
}
