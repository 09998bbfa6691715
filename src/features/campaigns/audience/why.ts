import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getDelivery } from '../../deliveries/index.ts'
import { findPause } from './person-queries.ts'
import { findPersonInAudience, type PersonInAudience } from './why-queries.ts'

type Delivery = Awaited<ReturnType<typeof getDelivery>>

/** Why a person got an email or not: one sentence, and the delivery behind it when there is one. */
export interface Explanation {
  sentence: string
  delivery: Delivery | null
}

/** @throws NotFound when there is no such person or campaign */
export async function explainDelivery(db: Db, input: { person_id: number; campaign_id: number }): Promise<Explanation> {
  const found = await findPersonInAudience(db, input)
  if (!found.campaign) throw new NotFound(`Campaign ${input.campaign_id}`)
  if (!found.person) throw new NotFound(`Person ${input.person_id}`)
  if (found.delivery_id === undefined) {
    const reason = found.in_audience?.skipped_reason
    const because = reason ? await sayReason(db, input.person_id, reason) : undefined
    return { sentence: explainAbsence(found, found.campaign, found.person.given_name, because), delivery: null }
  }
  const delivery = await getDelivery(db, found.delivery_id)
  if (delivery.skipped_reason) {
    const because = await sayReason(db, input.person_id, delivery.skipped_reason, delivery.updated_at)
    return { sentence: `Not sent: ${because}.`, delivery }
  }
  return { sentence: explainState(delivery, found.campaign, found.handed), delivery }
}

/** @param at when it was the reason; now when it is left out */
async function sayReason(db: Db, personId: number, reason: string, at?: Date): Promise<string> {
  const until = reason === 'paused' ? await findPause(db, personId, at) : undefined
  return `${SKIPPED[reason] ?? reason}${until ? ` until ${utc(until)}` : ''}`
}

/** Why somebody is left out, in words that go on after "because". */
export const SKIPPED: Record<string, string> = {
  state_changed: 'they have left the round, or are not among those it is for any more',
  no_address: 'we have no address for them',
  no_code_of_conduct: 'they did not agree to the code of conduct',
  unsubscribed: 'they asked us to stop these emails',
  hard_bounce: 'mail to their address came back for good',
  complaint: 'they reported our mail as unwanted',
  paused: 'they asked for a pause',
  removed: 'they were removed from the programme',
  suppressed: 'their address is on the suppression list',
  partner_unreachable: 'their partner cannot be reached by email, so neither was introduced',
  partnership_ended: 'their partnership has ended',
  erased: 'what we held about them was erased',
  not_in_mailchimp: 'they are not subscribed in the Mailchimp audience, or Mailchimp did not send it to them',
}

/** Why something waits for a person, in the same way. */
export const HELD: Record<string, string> = {
  late: 'it would have come more than two hours late',
  restored: 'the database was restored, and nobody knows what had left before',
  domain_refuses: 'their mail provider refuses us',
  mailchimp: 'Mailchimp has it, and tells in its report what became of it',
  partner_waits: "their partner's copy waits for a decision, and both are introduced or neither",
}

type Campaign = NonNullable<PersonInAudience['campaign']>

function explainState(delivery: Delivery, campaign: Campaign, handed: PersonInAudience['handed']): string {
  const last = delivery.attempts.at(-1)
  const said = last?.code && last.words ? ` The server said: ${last.words}` : ''
  switch (delivery.state) {
    case 'accepted':
      if (campaign.channel === 'mailchimp') return `Sent by Mailchimp at ${utc(delivery.accepted_at)}.`
      return last?.outcome === 'accepted'
        ? `Accepted by the mail server for ${last.address} at ${utc(last.ended_at)}.${said}`
        : `A person marked it as accepted at ${utc(delivery.accepted_at)}.`
    case 'rejected':
      return explainRejection(delivery, last, said)
    case 'uncertain':
      return `We cannot know whether it was accepted; a person must decide. What is known: ${last?.words ?? 'nothing.'}`
    case 'held':
      if (delivery.held_reason === 'partner_waits')
        return "Held: a person decides about their partner's copy first. After that it leaves by itself."
      if (delivery.held_reason === 'mailchimp') return explainHandOver(campaign, handed)
      return `Held until a person resumes the campaign: ${HELD[delivery.held_reason ?? ''] ?? delivery.held_reason}.`
    case 'cancelled':
      return 'The campaign was cancelled before its turn came.'
    case 'claimed':
    case 'sending':
      return 'It is being handed over right now.'
    default:
      return explainWait(delivery, campaign, last, said)
  }
}

function explainHandOver({ state, starts_at }: Campaign, handed: PersonInAudience['handed']): string {
  if (state !== 'cancelled' && handed?.state === 'failed')
    return `Mailchimp does not send it as things are: ${handed.words ?? 'it could not be handed over.'}`
  const isStill = state !== 'cancelled' && ['making', 'ready', 'scheduled'].includes(handed?.state ?? '')
  if (state === 'scheduled' || isStill) return `It goes through Mailchimp, at ${utc(handed?.send_at ?? starts_at)}.`
  const stopped = state === 'cancelled' ? 'It is being taken back from Mailchimp' : 'It went through Mailchimp'
  return `${stopped}: whether it left is known when Mailchimp reports.`
}

type Attempt = Delivery['attempts'][number] | undefined

function explainRejection({ tries }: Delivery, last: Attempt, said: string): string {
  if (!last?.code) return `It could not be sent. ${last?.words ?? ''}`.trim()
  return last.code < 500
    ? `Given up: the mail server refused it for now each of ${tries} times.${said}`
    : `The mail server refused it for good.${said}`
}

function explainWait(delivery: Delivery, campaign: Campaign, last: Attempt, said: string): string {
  const refused = last?.outcome === 'deferred'
  const words = refused ? said : ''
  if (campaign.state === 'paused') return `It waits: the campaign is paused.${words}`
  // During the officer's hold nothing leaves, whatever is due.
  const { starts_at } = campaign
  const at = utc(starts_at && starts_at > delivery.due_at ? starts_at : delivery.due_at)
  return refused
    ? `The mail server refused it for now; it is tried again at ${at}.${words}`
    : `It waits for its turn; it is due at ${at}.`
}

/** @param because why they would be left out, in words; undefined when they would not be */
function explainAbsence(
  { application, in_audience }: PersonInAudience,
  campaign: Campaign,
  name: string,
  because: string | undefined,
): string {
  const { round_code, frozen_at, state } = campaign
  if (!application) return `${name} has no application in round ${round_code}.`
  const notPicked = `does not pick ${name}: their application is ${application.state}, from ${application.country_code}, by ${application.pathway}.`
  if (frozen_at === null) {
    const stands = `The campaign ${state === 'draft' ? 'is a draft' : `was ${state} before it had recipients`}`
    if (!in_audience) return `${stands}. Its audience ${notPicked}`
    return because === undefined
      ? `${stands}. If it were scheduled now, ${name} would get it.`
      : `${stands}. If it were scheduled now, ${name} would be left out: ${because}.`
  }
  if (application.created_at > frozen_at) return `${name} applied after the audience was frozen at ${utc(frozen_at)}.`
  return in_audience
    ? `${name} is in the audience now, but was not when it was frozen at ${utc(frozen_at)}.`
    : `The audience of this campaign ${notPicked}`
}

const utc = (at: Date | null) => (at ? `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'an unknown time')
