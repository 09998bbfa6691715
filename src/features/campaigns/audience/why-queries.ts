import type { Db } from '../../../platform/db/open.ts'
import { type AudienceRule, findInAudience } from './audience-queries.ts'

/** What is known of one person as regards one campaign. */
export interface PersonInAudience {
  campaign:
    | { state: string; channel: string; frozen_at: Date | null; starts_at: Date | null; round_code: string }
    | undefined
  person: { given_name: string } | undefined
  application: { state: string; country_code: string; pathway: string; created_at: Date } | undefined
  /** How the rule sees them as things are now; undefined when it does not pick them. */
  in_audience: { skipped_reason: string | null } | undefined
  delivery_id: number | undefined
  /** What has become of it at Mailchimp, in the language of their delivery; undefined when it is not handed over (yet). */
  handed?: { state: string; send_at: Date | null; words: string | null } | undefined
}

export async function findPersonInAudience(
  db: Db,
  input: { person_id: number; campaign_id: number },
): Promise<PersonInAudience> {
  const campaign = await db
    .selectFrom('campaigns')
    .innerJoin('rounds', 'rounds.id', 'campaigns.round_id')
    .select([
      'campaigns.state',
      'campaigns.channel',
      'frozen_at',
      'starts_at',
      'round_id',
      'kind',
      'lane',
      'audience',
      'rounds.code as round_code',
    ])
    .where('campaigns.id', '=', input.campaign_id)
    .executeTakeFirst()
  const person = await db.selectFrom('people').select('given_name').where('id', '=', input.person_id).executeTakeFirst()
  if (!campaign || !person) {
    return { campaign, person, application: undefined, in_audience: undefined, delivery_id: undefined }
  }
  const application = await db
    .selectFrom('applications')
    .select(['state', 'country_code', 'pathway', 'created_at'])
    .where('round_id', '=', campaign.round_id)
    .where('person_id', '=', input.person_id)
    .executeTakeFirst()
  const delivery = await db
    .selectFrom('deliveries')
    .select(['id', 'language'])
    .where('campaign_id', '=', input.campaign_id)
    .where('person_id', '=', input.person_id)
    .where('is_test', '=', false)
    .executeTakeFirst()
  const in_audience = await findInAudience(db, campaign as AudienceRule, input.person_id)
  const handed = await db
    .selectFrom('mailchimp_campaigns')
    .select(['state', 'send_at', 'words'])
    .where('campaign_id', '=', input.campaign_id)
    .where('language', '=', delivery?.language ?? '')
    .executeTakeFirst()
  return { campaign, person, application, in_audience, delivery_id: delivery?.id, handed }
}
