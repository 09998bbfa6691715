import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { ENGAGED, type FactsWanted, wasBefore } from './facts-queries.ts'

export interface TopicUse {
  /** Partnerships of the round that were introduced, also those that have ended since. */
  introduced: number
  /** Of them those with a partner who clicked or replied: to any of the topics, and to each. */
  used: number
  used_by_topic: Map<number, number>
}

export async function countTopicUse(db: DbOrTx, input: FactsWanted & { round_id: number }): Promise<TopicUse> {
  const { rows } = await sql<{ campaign_id: number | null; used: number; introduced: number }>`
    with pairs as (
      select s.id, m.person_id from partnerships s join partnership_members m on m.partnership_id = s.id
      where s.round_id = ${input.round_id} and s.introduced_at is not null and ${wasBefore(sql`s.introduced_at`, input.before)}
    ), used as materialized (
      select distinct p.id, e.campaign_id from pairs p join (${ENGAGED(input)}) e using (person_id)
    )
    select campaign_id, count(*) as used, 0 as introduced from used group by campaign_id
    union all
    select null, count(distinct id), (select count(distinct id) from pairs) from used`.execute(db)
  const total = rows.find((row) => row.campaign_id === null)
  const used_by_topic = new Map(rows.flatMap((row) => (row.campaign_id === null ? [] : [[row.campaign_id, row.used]])))
  return { introduced: total?.introduced ?? 0, used: total?.used ?? 0, used_by_topic }
}
