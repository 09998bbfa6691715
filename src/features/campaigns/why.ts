import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getDelivery } from '../deliveries/index.ts'
import { findPersonInAudience, type PersonInAudience } from './why-queries.ts'

/** Why a person got an email or not: one sentence, and the delivery behind it when there is one. */
export interface Explanation {
  sentence: string
  delivery: Awaited<ReturnType<typeof getDelivery>> | null
}

/** @throws NotFound when there is no such person or campaign */
export async function explainDelivery(db: Db, input: { person_id: number; campaign_id: number }): Promise<Explanation> {
  const found = await findPersonInAudience(db, input)
  if (!found.campaign) throw new NotFound(`Campaign ${input.campaign_id}`)
  if (!found.person) throw new NotFound(`Person ${input.person_id}`)
  const { rows } = await sql<{ id: number }>`select id from deliveries
    where campaign_id = ${input.campaign_id} and person_id = ${input.person_id} and not is_test`.execute(db)
  if (!rows[0]) return { sentence: explainAbsence(found), delivery: null }
  const delivery = await getDelivery(db, rows[0].id)
  return { sentence: explainState(delivery, found.campaign.state), delivery }
}

type Delivery = Awaited<ReturnType<typeof getDelivery>>

const SKIPPED: Record<string, string> = {
  no_address: 'we have no address for them',
  no_code_of_conduct: 'they did not agree to the code of conduct',
  unsubscribed: 'they asked us to stop these emails',
  hard_bounce: 'mail to their address came back for good',
  complaint: 'they reported our mail as unwanted',
  removed: 'they were removed from the programme',
  suppressed: 'their address is on the suppression list',
}

const HELD: Record<string, string> = {
  late: 'it would have come more than two hours late',
  restored: 'the database was restored and nobody knows what had left before',
  domain_refuses: 'their mail provider refuses us',
}

function explainState(delivery: Delivery, campaignState: string): string {
  const last = delivery.attempts.at(-1)
  const said = last?.words ? ` The server said: ${last.words}` : ''
  switch (delivery.state) {
    case 'accepted':
      return last
        ? `Accepted by the mail server for ${last.address} at ${utc(last.ended_at)}.${said}`
        : `Marked as accepted by a person.`
    case 'skipped':
      return `Not sent: ${SKIPPED[delivery.skipped_reason ?? ''] ?? delivery.skipped_reason}.`
    case 'rejected':
      return `The mail server refused it for good.${said}`
    case 'deferred':
      return `The mail server refused it for now; try ${delivery.tries + 1} is due at ${utc(delivery.due_at)}.${said}`
    case 'uncertain':
      return `We cannot know whether it was accepted: the connection ended without an answer. A person must decide.${said}`
    case 'held':
      return `Held for a person: ${HELD[delivery.held_reason ?? ''] ?? delivery.held_reason}.`
    case 'cancelled':
      return 'The campaign was cancelled before its turn came.'
    case 'claimed':
    case 'sending':
      return 'It is being handed over right now.'
    default:
      return campaignState === 'paused' ? 'It waits: the campaign is paused.' : `It waits for its turn; it is due at ${utc(delivery.due_at)}.`
  }
}

function explainAbsence({ campaign, person, application, in_audience }: PersonInAudience): string {
  const name = person?.given_name
  if (!application) return `${name} has no application in round ${campaign?.round_code}.`
  if (campaign?.state === 'draft') {
    return in_audience
      ? `The campaign is a draft. ${name} would be picked if it were scheduled now.`
      : `The campaign is a draft, and its audience does not pick ${name} (their application is ${application.state}).`
  }
  if (campaign?.frozen_at && application.created_at > campaign.frozen_at) {
    return `${name} applied after the audience was frozen at ${utc(campaign.frozen_at)}.`
  }
  return in_audience
    ? `${name} is in the audience now, but was not when it was frozen at ${utc(campaign?.frozen_at ?? null)}.`
    : `The audience of this campaign does not pick ${name}: their application is ${application.state}, from ${application.country_code}, by ${application.pathway}.`
}

const utc = (at: Date | null) => (at ? `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'an unknown time')
