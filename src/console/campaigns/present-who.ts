import type { AudienceReview, Campaign } from '../../features/campaigns/index.ts'
import { countryName } from '../../lib/countries.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { APPLICATION_STATES, number, people } from './wording.ts'

/** Why somebody is left out, as a heading over the people concerned. */
const LEFT_OUT: Record<string, string> = {
  state_changed: 'have left the round, or are not among those it is for any more',
  no_address: 'have no address',
  no_code_of_conduct: 'did not agree to the code of conduct',
  unsubscribed: 'asked us to stop these emails',
  paused: 'asked for a pause',
  hard_bounce: 'have an address from which mail came back for good',
  complaint: 'reported our mail as unwanted',
  removed: 'were removed from the programme',
  suppressed: 'are on the suppression list',
  partner_unreachable: 'have a partner who cannot be reached by email',
  partnership_ended: 'have a partnership that has ended',
  erased: 'were erased',
  not_in_mailchimp: 'are not subscribed in Mailchimp, or Mailchimp did not send it to them',
}

/** Such as "12 people have no address", or "1 person has no address". */
export function leftOut(reason: string, count: number): string {
  const words = LEFT_OUT[reason] ?? `are left out: ${reason.replaceAll('_', ' ')}`
  return `${people(count)} ${count === 1 ? singular(words) : words}`
}

const singular = (words: string) =>
  words
    .replace(/^have /, 'has ')
    .replace(/^are /, 'is ')
    .replace(/^were /, 'was ')

/** View model of the review's "who". */
export function presentWho(id: number, audience: AudienceReview, rule: Campaign['audience'], mayReadPeople: boolean) {
  const list = `/console/campaigns/${id}/audience/people`
  const skipped = Object.entries(audience.skipped).sort(([, a], [, b]) => b - a)
  return {
    recipients: people(audience.recipients),
    recipients_href: mayReadPeople ? list : '',
    rule: describeAudience(rule),
    change_href: `/console/campaigns/${id}/audience`,
    skipped: skipped.map(([reason, count]) => ({
      text: leftOut(reason, count),
      href: mayReadPeople ? `${list}?reason=${encodeURIComponent(reason)}` : '',
    })),
    languages: audience.languages.map(({ language, variant, people: count }) => ({
      name: nameLanguage(language),
      count: number(count),
      variant: variant === language ? '' : nameLanguage(variant),
    })),
  }
}

/** An audience's rule, in words. */
export function describeAudience(rule: Campaign['audience']): string {
  const { states = ['applied', 'confirmed'], matched, countries, sectors, pathways, deliveries } = rule
  const parts = [`whose application is ${either(states.map((state) => APPLICATION_STATES[state] ?? state))}`]
  if (matched !== undefined) parts.push(matched ? 'who have a partner' : 'who have no partner')
  if (countries) parts.push(`from ${either(countries.map(countryName))}`)
  if (sectors) parts.push(`of the sector ${either(sectors)}`)
  if (pathways) parts.push(`who came by ${either(pathways)}`)
  if (deliveries) parts.push(describeChosen(deliveries))
  return `People ${parts.join(', ')}.`
}

/** Such as "whose copy of campaign 3 was rejected". */
export function describeChosen(chosen: NonNullable<Campaign['audience']['deliveries']>): string {
  const reasons = chosen.skipped_reasons
    ? ` (${either(chosen.skipped_reasons.map((one) => one.replaceAll('_', ' ')))})`
    : ''
  return `whose copy of campaign ${chosen.campaign} was ${either(chosen.states)}${reasons}`
}

const SHOWN = 6

function either(words: readonly string[]): string {
  if (words.length === 0) return 'nothing'
  if (words.length === 1) return words[0] as string
  if (words.length > SHOWN) return `${words.slice(0, SHOWN).join(', ')} or ${words.length - SHOWN} more`
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
