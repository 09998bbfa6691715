import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'
import type { CheckInAnswer } from './rules.ts'

/** A partner with their last answer; all null when they have not answered. */
export interface PartnerCheckIn {
  person_id: number
  given_name: string
  family_name: string
  country_code: string
  answer: CheckInAnswer | null
  said_at: string | null
  source: 'link' | 'staff' | null
  recorded_by: string | null
}

export interface CheckInRow {
  partnership_id: number
  introduced_at: Date
  ended_at: Date | null
  partners: PartnerCheckIn[]
}

/** The last answer of each partner. */
const LAST = sql`
  partnership_members m join people p on p.id = m.person_id
  left join lateral (
    select c.answer, c.said_at, c.source, c.recorded_by from check_in_answers c
    where c.partnership_id = m.partnership_id and c.person_id = m.person_id order by c.id desc limit 1
  ) last on true`

async function select(db: DbOrTx, where: RawBuilder<unknown>, limit: number): Promise<CheckInRow[]> {
  const { rows } = await sql<CheckInRow>`
    select s.id as partnership_id, s.introduced_at, s.ended_at, (
      select coalesce(jsonb_agg(jsonb_build_object('person_id', p.id, 'given_name', p.given_name,
        'family_name', p.family_name, 'country_code', p.country_code, 'answer', last.answer,
        'said_at', to_char(last.said_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'source', last.source,
        'recorded_by', last.recorded_by) order by p.id), '[]')
      from ${LAST} where m.partnership_id = s.id) as partners
    from partnerships s where ${where} order by s.id limit ${limit}`.execute(db)
  return rows
}

/** By id. @param wanted.answer only those of which a partner's last answer is this; `none`: a partner is silent */
export function listCheckInRows(
  db: DbOrTx,
  wanted: {
    round_id: number
    answer: CheckInAnswer | 'none' | undefined
    with_ended: boolean
    after: number
    limit: number
  },
): Promise<CheckInRow[]> {
  const { round_id, answer, with_ended, after, limit } = wanted
  const said = answer === 'none' ? sql`last.answer is null` : sql`last.answer = ${answer}`
  return select(
    db,
    sql`s.round_id = ${round_id} and s.id > ${after} and s.introduced_at is not null
      and ${with_ended ? sql`true` : sql`s.ended_at is null`}
      and ${answer === undefined ? sql`true` : sql`exists (select from ${LAST} where m.partnership_id = s.id and ${said})`}`,
    limit,
  )
}

export async function findCheckInRow(db: DbOrTx, id: number): Promise<CheckInRow | undefined> {
  return (await select(db, sql`s.id = ${id}`, 1))[0]
}
