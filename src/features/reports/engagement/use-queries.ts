import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { FACTS, type FactsWanted, wasBefore } from './facts-queries.ts'

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
    ), engaged as (
      select distinct campaign_id, person_id from (${FACTS(input)}) facts where clicked or replied
    )
    select e.campaign_id, count(distinct p.id) as used, (select count(distinct id) from pairs) as introduced
    from pairs p join engaged e using (person_id) group by grouping sets ((e.campaign_id), ())`.execute(db)
  const total = rows.find((row) => row.campaign_id === null)
  const used_by_topic = new Map(rows.flatMap((row) => (row.campaign_id === null ? [] : [[row.campaign_id, row.used]])))
  return { introduced: total?.introduced ?? 0, used: total?.used ?? 0, used_by_topic }
}
