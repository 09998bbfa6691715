import type { Db } from '../../../platform/db/open.ts'

/** Campaigns of the rounds that a person applied to, the newest first: those one may ask "why (not)?" about. */
export function listCampaignsForPerson(db: Db, input: { person_id: number; limit: number }) {
  return db
    .selectFrom('campaigns')
    .innerJoin('rounds', 'rounds.id', 'campaigns.round_id')
    .leftJoin('campaign_variants as own', (on) =>
      on
        .onRef('own.campaign_id', '=', 'campaigns.id')
        .onRef('own.version', '=', 'campaigns.version')
        .onRef('own.language', '=', 'campaigns.language'),
    )
    .select(['campaigns.id', 'campaigns.kind', 'campaigns.state', 'rounds.code as round_code', 'own.subject'])
    .where('campaigns.round_id', 'in', (is) =>
      is.selectFrom('applications').select('round_id').where('person_id', '=', input.person_id),
    )
    .orderBy('campaigns.id', 'desc')
    .limit(input.limit)
    .execute()
}

/** The end of the pause that stands, or that stood at a moment; undefined when there is none. */
export async function findPause(db: Db, personId: number, at: Date | undefined): Promise<Date | undefined> {
  let query = db
    .selectFrom('suppressions')
    .innerJoin('addresses', 'addresses.address', 'suppressions.address')
    .select('suppressions.ends_at')
    .where('addresses.person_id', '=', personId)
    .where('suppressions.reason', '=', 'paused')
    .orderBy('suppressions.id', 'desc')
    .limit(1)
  query = at
    ? query
        .where('suppressions.created_at', '<=', at)
        .where((is) => is.or([is('lifted_at', 'is', null), is('lifted_at', '>=', at)]))
    : query.where('suppressions.lifted_at', 'is', null)
  return (await query.executeTakeFirst())?.ends_at ?? undefined
}
