import type { Deps } from '../../src/deps.ts'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { fillMailchimp } from '../console/mailchimp-stage.ts'

/** Campaigns of the stage that are Mailchimp's to send. */
export interface FullMailchimp {
  /** Of two languages, one refused there. */
  handed_failed: number
  handed_sent: number
}

const PEOPLE = 8

/** @param topics two drafts that nothing else is staged with */
export async function stageMailchimp(deps: Deps, topics: readonly [number, number]): Promise<FullMailchimp> {
  const at = new Date(Date.now() + 20 * 86_400_000).toISOString()
  for (const id of topics) await scheduleCampaign(deps, id, { at })
  const people = await deps.db
    .selectFrom('people')
    .innerJoin('addresses', 'addresses.person_id', 'people.id')
    .select('people.id')
    .where('addresses.is_primary', '=', true)
    .orderBy('people.id')
    .limit(PEOPLE)
    .execute()
  const { failed, sent } = await fillMailchimp(deps.db, { people: people.map(({ id }) => id), campaigns: topics })
  return { handed_failed: failed, handed_sent: sent }
}
