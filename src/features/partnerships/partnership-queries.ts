import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

export interface PartnershipRow {
  id: number
  run_id: number | null
  /** Basis points; null where nobody has scored it. */
  score: number | null
  reasons: string
  created_at: Date
  introduced_at: Date | null
  ended_at: Date | null
  end_reason: string | null
  partners: { person_id: number; given_name: string; family_name: string; country_code: string }[]
}

const SELECT = sql`
  select s.id, s.run_id, s.score, s.reasons, s.created_at, s.introduced_at, s.ended_at, s.end_reason,
    coalesce((
      select jsonb_agg(jsonb_build_object('person_id', p.id, 'given_name', p.given_name, 'family_name', p.family_name,
        'country_code', p.country_code) order by p.id)
      from partnership_members m join people p on p.id = m.person_id where m.partnership_id = s.id), '[]') as partners
  from partnerships s`

export const STATES = ['approved', 'introduced', 'ended'] as const
export type PartnershipState = (typeof STATES)[number]

const IN_STATE = {
  approved: sql`s.ended_at is null and s.introduced_at is null`,
  introduced: sql`s.ended_at is null and s.introduced_at is not null`,
  ended: sql`s.ended_at is not null`,
} as const

/** By id. @param wanted.after the id of the last one seen, 0 for none */
export async function listPartnershipRows(
  db: DbOrTx,
  wanted: { round_id: number; state: PartnershipState | undefined; after: number; limit: number },
): Promise<PartnershipRow[]> {
  const { rows } = await sql<PartnershipRow>`
    ${SELECT} where s.round_id = ${wanted.round_id} and s.id > ${wanted.after}
      and ${wanted.state ? IN_STATE[wanted.state] : sql`true`}
    order by s.id limit ${wanted.limit}`.execute(db)
  return rows
}

export async function findPartnershipRow(db: DbOrTx, id: number): Promise<PartnershipRow | undefined> {
  return (await sql<PartnershipRow>`${SELECT} where s.id = ${id}`.execute(db)).rows[0]
}

/** False when it has ended before, or there is none. */
export async function recordEnded(db: DbOrTx, input: { id: number; reason: string; now: Date }): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update partnerships set ended_at = ${input.now}, end_reason = ${input.reason}
    where id = ${input.id} and ended_at is null`.execute(db)
  return numAffectedRows === 1n
}
