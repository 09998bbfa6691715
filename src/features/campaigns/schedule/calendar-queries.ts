import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Channel } from '../schema.ts'

/** A campaign as lists and the calendar show it. */
export interface ListedCampaign {
  id: number
  kind: string
  state: string
  /** In the campaign's own language; empty while nobody wrote one. */
  subject: string
  language: string
  planned_at: Date | null
  send_at: Date | null
  local_time: string | null
  starts_at: Date | null
  started_at: Date | null
  finished_at: Date | null
  frozen_at: Date | null
  created_at: Date
  updated_at: Date
  tested_version: number | null
  version: number
  /** A draft that is scheduled by itself when its planned time has come. */
  sends_itself: boolean
  /** By whom it is sent. */
  channel: Channel
}

const COLUMNS = sql`
  c.id, c.kind, c.state, coalesce(v.subject, '') as subject, c.language, c.planned_at, c.send_at, c.local_time,
  c.starts_at, c.started_at, c.finished_at, c.frozen_at, c.created_at, c.updated_at, c.tested_version, c.version, c.sends_itself,
  c.channel`
const FROM = sql`
  campaigns c join rounds r on r.id = c.round_id
  left join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language`

/**
 * What is still to do comes first, in the order of time; what is over after it, the latest first. Drafts without a
 * date stand between, the newest first.
 */
const RANK = sql`case when c.state in ('done', 'cancelled') then 2
  when c.state = 'draft' and c.planned_at is null then 1 else 0 end`
const MOMENT = sql`floor(extract(epoch from case when c.state in ('done', 'cancelled')
  then coalesce(c.started_at, c.finished_at, c.created_at)
  else coalesce(c.starts_at, c.planned_at, c.created_at) end) * 1000)::float8`
/** Ascending in every part, so that one comparison of rows pages through it. */
const ORDER = sql`${RANK}, case when ${RANK} = 0 then ${MOMENT} else -${MOMENT} end, -c.id`

/** Where a page ended: rank, moment and id of its last row. */
export type ListKey = readonly [number, number, number]

export async function listCampaignsInOrder(
  db: DbOrTx,
  input: {
    round: string
    states?: readonly string[] | undefined
    kinds?: readonly string[] | undefined
    after?: ListKey | undefined
    limit: number
  },
): Promise<{ items: ListedCampaign[]; next: ListKey | null }> {
  const { round, states, kinds, after, limit } = input
  const { rows } = await sql<ListedCampaign & { key: ListKey }>`
    select ${COLUMNS}, array[${ORDER}]::float8[] as key from ${FROM}
    where r.code = ${round} and c.kind <> 'automatic'
      ${states ? sql`and c.state = any(${states})` : sql``}
      ${kinds ? sql`and c.kind = any(${kinds})` : sql``}
      ${after ? sql`and (${ORDER}) > (${after[0]}::float8, ${after[1]}::float8, ${after[2]}::float8)` : sql``}
    order by ${ORDER} limit ${limit + 1}`.execute(db)
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.key ?? null) : null }
}

/** What is planned, scheduled or was sent from one moment to another, in that order; cancelled ones left out. */
export async function listCampaignsBetween(
  db: DbOrTx,
  input: { round: string; from: Date; to: Date },
): Promise<(ListedCampaign & { at: Date })[]> {
  const at = sql`coalesce(c.started_at, c.starts_at, c.planned_at)`
  const { rows } = await sql<ListedCampaign & { at: Date }>`
    select ${COLUMNS}, ${at} as at from ${FROM}
    where r.code = ${input.round} and c.kind <> 'automatic' and c.state <> 'cancelled' and ${at} >= ${input.from} and ${at} < ${input.to}
    order by ${at}, c.id limit 500`.execute(db)
  return rows
}
