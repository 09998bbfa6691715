import type { Trouble } from './rules.ts'

type Said = Exclude<Trouble, 'refused' | 'compliance' | 'address_changed'>

/** What a person reads beside it, for what is seen and not said by Mailchimp. */
const WORDS: Record<Said, string> = {
  unsubscribed:
    'They take part here and had unsubscribed in Mailchimp. Only they can come back there, by a sign-up form of the audience.',
  cleaned:
    'They take part here, and Mailchimp has cleaned the address because mail to it came back. Ask them for another one.',
  pending: 'Mailchimp waits for them to confirm that they signed up, so campaigns there do not reach them yet.',
  archived_there: 'They take part here, and somebody archived them in Mailchimp. Decide whether they are added again.',
}

export function troubleWords(trouble: Said): string {
  return WORDS[trouble]
}

/** @param words Mailchimp's own, without an address */
export function complianceWords(words: string): string {
  return `Mailchimp does not take this address back: ${words} Only its owner can come back, by a sign-up form of the audience.`
}

export function refusedWords(words: string): string {
  return `Mailchimp refused this contact: ${words} It is not tried again until something about it changes here.`
}
