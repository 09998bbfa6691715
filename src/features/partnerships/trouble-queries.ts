import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** One person of those introduced together, with what became of their copy. */
export interface MemberRow {
  together: number
  partnership_ids: number[]
  person_id: number
  given_name: string
  family_name: string
  /** Their copy was accepted, by this campaign or one before. */
  has_it: boolean
  /** Of the last campaign that was to introduce them; null when it did not pick this person. */
  delivery_id: number | null
  state: string | null
  skipped_reason: string | null
  held_reason: string | null
  /** The server's last words. */
  code: number | null
  words: string | null
  campaign_id: number
}

/**
 * Everybody of those introduced together of whom somebody's copy did not go its way, at most `limit` of these groups by
 * id. It begins with the few copies that went wrong, not with the partnerships of the round.
 */
export async function listTroubledMembers(
  db: DbOrTx,
  { round_id, limit }: { round_id: number; limit: number },
): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    with told as (
      select id from campaigns where round_id = ${round_id} and kind = 'introduction' and frozen_at is not null
    ), wrong as (
      select distinct d.partnership_id as together
      from told join deliveries d on d.campaign_id = told.id and not d.is_test
        and d.state in ('rejected', 'uncertain', 'skipped', 'held', 'cancelled')
      where d.partnership_id is not null
    ), troubled as (
      select wrong.together, array_agg(s.id order by s.id) as partnership_ids, (
        select max(d.campaign_id) from deliveries d where d.partnership_id = wrong.together and not d.is_test) as campaign_id
      from wrong join partnerships s on s.id = wrong.together or s.introduced_with = wrong.together
      where s.ended_at is null and s.introduced_at is null
      group by wrong.together order by wrong.together limit ${limit}
    ), members as (
      select distinct t.together, t.campaign_id, t.partnership_ids, m.person_id
      from troubled t join partnership_members m on m.partnership_id = any(t.partnership_ids)
    )
    select m.together, to_jsonb(m.partnership_ids) as partnership_ids, m.person_id, p.given_name, p.family_name, m.campaign_id,
      exists (
        select from deliveries got where got.partnership_id = m.together and got.person_id = m.person_id
          and got.state = 'accepted' and not got.is_test) as has_it,
      d.id as delivery_id, d.state, d.skipped_reason, d.held_reason, a.code, a.words
    from members m
    join people p on p.id = m.person_id
    left join deliveries d on d.campaign_id = m.campaign_id and d.person_id = m.person_id and not d.is_test
      and d.partnership_id = m.together
    left join attempts a on a.id = d.attempt_id
    order by m.together, m.person_id`.execute(db)
  return rows
}
