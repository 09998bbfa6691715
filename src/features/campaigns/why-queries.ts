import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import { selectAudience } from './audience-queries.ts'
import type { Audience } from './schema.ts'

/** What is known of one person as regards one campaign. */
export interface PersonInAudience {
  campaign: { state: string; frozen_at: Date | null; round_code: string } | undefined
  person: { given_name: string } | undefined
  application: { state: string; country_code: string; pathway: string; created_at: Date } | undefined
  /** Whether the rule picks them as things are now. */
  in_audience: boolean
}

export async function findPersonInAudience(db: Db, input: { person_id: number; campaign_id: number }): Promise<PersonInAudience> {
  const campaign = await db
    .selectFrom('campaigns')
    .innerJoin('rounds', 'rounds.id', 'campaigns.round_id')
    .select(['campaigns.state', 'frozen_at', 'round_id', 'lane', 'audience', 'rounds.code as round_code'])
    .where('campaigns.id', '=', input.campaign_id)
    .executeTakeFirst()
  const person = await db.selectFrom('people').select('given_name').where('id', '=', input.person_id).executeTakeFirst()
  if (!campaign || !person) return { campaign, person, application: undefined, in_audience: false }
  const application = await db
    .selectFrom('applications')
    .select(['state', 'country_code', 'pathway', 'created_at'])
    .where('round_id', '=', campaign.round_id)
    .where('person_id', '=', input.person_id)
    .executeTakeFirst()
  const rule = selectAudience({ round_id: campaign.round_id, lane: campaign.lane, audience: campaign.audience as Audience })
  const { rows } = await sql`select from (${rule}) picked where person_id = ${input.person_id}`.execute(db)
  return { campaign, person, application, in_audience: rows.length > 0 }
}
