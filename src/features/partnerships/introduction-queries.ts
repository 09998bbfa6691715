import { sql } from 'kysely'
import { NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'

/** The round's code, its row locked: of two who prepare its introduction at once, the second finds the first's. @throws NotFound */
export async function lockRound(tx: DbOrTx, roundId: number): Promise<string> {
  const { rows } = await sql<{ code: string }>`
    select code from rounds where id = ${roundId} for no key update`.execute(tx)
  if (!rows[0]) throw new NotFound(`Round ${roundId}`)
  return rows[0].code
}

export interface IntroductionRows {
  /** The draft that is not scheduled yet, the newest of several. */
  draft_id: number | null
  /** The last one that was scheduled and not cancelled. */
  last_id: number | null
  /** Partnerships that wait to be introduced, to all of their partners or to one whom it did not reach. */
  waiting: number
}

/** Where the introduction of a round stands. */
export async function readIntroduction(db: DbOrTx, roundId: number): Promise<IntroductionRows> {
  const { rows } = await sql<IntroductionRows>`
    select
      (select max(id) from campaigns where round_id = ${roundId} and kind = 'introduction' and state = 'draft') as draft_id,
      (select max(id) from campaigns
        where round_id = ${roundId} and kind = 'introduction' and frozen_at is not null and state <> 'cancelled') as last_id,
      (select count(distinct partnership_id) from waiting_introductions where round_id = ${roundId}) as waiting`.execute(
    db,
  )
  return rows[0] as IntroductionRows
}

/** The last one of any kind that has a text to go on from. */
export async function findEarlierIntroduction(db: DbOrTx, roundId: number): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from campaigns where round_id = ${roundId} and kind = 'introduction' and frozen_at is not null
    order by id desc limit 1`.execute(db)
  return rows[0]?.id
}

/** Partnerships that a campaign introduces: those of whom somebody was not left out. */
export async function countIntroducedBy(db: DbOrTx, campaignId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with told as (
      select distinct partnership_id as id from deliveries
      where campaign_id = ${campaignId} and not is_test and state <> 'skipped'
    )
    select count(*) as count from partnerships s
    where s.round_id = (select round_id from campaigns where id = ${campaignId}) and s.ended_at is null
      and (s.id in (select id from told) or s.introduced_with in (select id from told))`.execute(db)
  return rows[0]?.count ?? 0
}

/** When a campaign that was scheduled begins, and where it stands. */
export async function findScheduled(db: DbOrTx, campaignId: number) {
  const { rows } = await sql<{ state: string; starts_at: Date }>`
    select state, starts_at from campaigns where id = ${campaignId} and frozen_at is not null`.execute(db)
  return rows[0]
}
