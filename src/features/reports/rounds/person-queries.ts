import { type RawBuilder, sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** How far somebody came. Each is a part of the one before, but `completed`, which is a part of `matched`. */
export const STEPS = ['applicants', 'participants', 'matched', 'in_touch', 'completed'] as const
export type Step = (typeof STEPS)[number]

/** What people are told apart by, each a column of the statement below and a section of the report. */
export const DIMENSIONS = ['country', 'sector', 'career_stage', 'pathway', 'experience', 'state'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Texts that people wrote freely: those with the most applicants stand for themselves, the others together. */
const FREE_TEXTS = ['sector', 'career_stage', 'pathway'] as const
const MOST_VALUES = 40
/** As long as the list of participants takes it (migration 0014). */
const TEXT_LENGTH = 200
/** Keys of rows that are no value. A value that is written like one of them has a ~ before it. */
export const NOT_SAID = 'not_said'
export const OTHER = 'other'
export const TOTAL = 'total'

/** Whose figures: of a round, by what had been recorded before a moment (null: everything). */
export interface RoundAt {
  round_id: number
  before: Date | null
  /** Only those who came this way, as applications have it. */
  pathway?: string | undefined
}

/**
 * The one source of figures and lists: `person`, a row for each application of the round, with the steps it came to and
 * what it is told apart by. Everything that is counted or listed is a row of it.
 */
function withPeople({ round_id, before, pathway }: RoundAt): RawBuilder<unknown> {
  const known = (column: string) => (before ? sql`${sql.ref(column)} < ${before}` : sql`true`)
  return sql`
    with own as (select id, starts_on, ends_on from rounds where id = ${round_id}),
    earlier as (
      select r.id from rounds r, own
      where (coalesce(r.starts_on, 'infinity'), r.id) < (coalesce(own.starts_on, 'infinity'), own.id)
    ),
    applied as materialized (
      select a.person_id, a.state, a.country_code::text as country, ${sql.join(FREE_TEXTS.map(spoken))}
      from ${applicationsAt(before)} a
      where a.round_id = ${round_id} and ${pathway === undefined ? sql`true` : sql`a.pathway = ${pathway}`}
    ),
    returned as (
      select distinct a.person_id from ${applicationsAt(before)} a
      where a.round_id in (select id from earlier) and a.state = 'confirmed'
    ),
    answered as (
      select distinct c.partnership_id from check_in_answers c
      join partnerships s on s.id = c.partnership_id and s.round_id = ${round_id}
      join partnership_members m on m.partnership_id = c.partnership_id and m.person_id = c.person_id
      where c.answer = 'in_touch' and ${known('c.recorded_at')}
    ),
    partnered as (
      select m.person_id, bool_or(answered.partnership_id is not null) as in_touch,
        bool_or(s.introduced_at is not null and ${known('s.introduced_at')}
          -- it is told only once the last day is over: what ended later than the day that is asked for stood until then
          and (s.ended_at is null or s.ended_at >= own.ends_on::timestamp at time zone 'UTC')) as completed
      from own join partnerships s on s.round_id = own.id
      join partnership_members m on m.partnership_id = s.id
      left join answered on answered.partnership_id = s.id
      where ${known('s.created_at')}
      group by m.person_id
    ),
    ${sql.join(FREE_TEXTS.map(mostFrequent))},
    person as (
      select a.person_id, a.state, a.country, ${sql.join(FREE_TEXTS.map(keyOf))},
        case when returned.person_id is null then 'new' else 'returning' end as experience,
        true as applicants,
        a.state = 'confirmed' as participants,
        a.state = 'confirmed' and p.person_id is not null as matched,
        a.state = 'confirmed' and coalesce(p.in_touch, false) as in_touch,
        a.state = 'confirmed' and coalesce(p.completed, false) as completed
      from applied a
      left join returned on returned.person_id = a.person_id
      left join partnered p on p.person_id = a.person_id
    )`
}

/** Applications as they stand, or as we knew them before a moment: those we knew of. */
function applicationsAt(before: Date | null): RawBuilder<unknown> {
  if (before === null) return sql`applications`
  return sql`(
    select a.round_id, a.person_id, h.state, h.country_code, h.sector, h.career_stage, h.pathway
    from applications a
    cross join lateral (
      select h.* from application_history h where h.application_id = a.id and h.at < ${before}
      order by h.id desc limit 1
    ) h)`
}

/** Null where nothing but blanks was written. */
function spoken(column: string) {
  const text = sql.ref(`a.${column}`)
  return sql`case when ${text} ~ '[^[:space:]]' then left(${text}, ${sql.lit(TEXT_LENGTH)}) end as ${sql.ref(column)}`
}

function mostFrequent(column: string) {
  const text = sql.ref(column)
  // of two as frequent ones always the same, whatever the collation of the database
  return sql`${sql.ref(`most_${column}`)} as (
    select ${text} from applied where ${text} is not null
    group by ${text} order by count(*) desc, ${text} collate "C" limit ${sql.lit(MOST_VALUES)})`
}

function keyOf(column: string) {
  const text = sql.ref(`a.${column}`)
  const isReserved = sql`${text} in (${sql.lit(NOT_SAID)}, ${sql.lit(OTHER)}, ${sql.lit(TOTAL)}) or starts_with(${text}, '~')`
  return sql`case when ${text} is null then ${sql.lit(NOT_SAID)}
    when ${text} not in (select ${sql.ref(column)} from ${sql.table(`most_${column}`)}) then ${sql.lit(OTHER)}
    when ${isReserved} then '~' || ${text} else ${text} end as ${sql.ref(column)}`
}

/** How many people of one value of one dimension came to each step; one row more for all of them (`total`). */
export type CountRow = Record<Step, number> & {
  dimension: Dimension | typeof TOTAL
  key: string
  /** Answers to check-ins of the round. */
  check_ins: number
  /** Of everything that ever became known of the round's applications: the same only while nothing more has. */
  history: string
}

const STEP_COUNTS = sql.join(STEPS.map((step) => sql`count(*) filter (where ${sql.ref(step)}) as ${sql.ref(step)}`))

/** Everything that is counted of a round, in one statement: its figures are of one moment. */
export async function countPeople(db: DbOrTx, round: RoundAt): Promise<CountRow[]> {
  const { round_id, before } = round
  const dimensions = DIMENSIONS.map((dimension) => sql.ref(dimension))
  const { rows } = await sql<CountRow>`
    ${withPeople(round)}, counted as (
      select case ${sql.join(
        DIMENSIONS.map((dimension) => sql`when grouping(${sql.ref(dimension)}) = 0 then ${sql.lit(dimension)}`),
        sql` `,
      )} else ${sql.lit(TOTAL)} end as dimension, coalesce(${sql.join(dimensions)}, ${sql.lit(TOTAL)}) as key, ${STEP_COUNTS}
      from person group by grouping sets (${sql.join(dimensions.map((dimension) => sql`(${dimension})`))}, ())
    )
    select counted.*,
      (select count(*) from check_in_answers c join partnerships s on s.id = c.partnership_id
        where s.round_id = ${round_id} and ${before ? sql`c.recorded_at < ${before}` : sql`true`}) as check_ins,
      ${before ? sql`''` : digestHistory(round_id)} as history
    from counted`.execute(db)
  return rows
}

/** A sum, so that nothing is sorted; of hashes, so that another set of rows has another one. Ids never come back. */
const digestHistory = (roundId: number) => sql`(
  select coalesce(sum(hashint8extended(h.id, 0)::numeric), 0)::text
  from applications a join application_history h on h.application_id = a.id where a.round_id = ${roundId})`

export interface PersonRow {
  person_id: number
  given_name: string
  family_name: string
  erased_at: Date | null
  country_code: string
}

/** People of the round who came to a step, of one value of one dimension or of any; by id. */
export async function listPeople(
  db: DbOrTx,
  wanted: RoundAt & {
    step: Step
    /** Those who are applicants and came no further than that. */
    only_applicants: boolean
    where: { dimension: Dimension; key: string } | null
    after: number
    limit: number
  },
): Promise<PersonRow[]> {
  const { step, where, only_applicants, after, limit } = wanted
  const { rows } = await sql<PersonRow>`
    ${withPeople(wanted)}
    select person.person_id, p.given_name, p.family_name, p.erased_at, person.country as country_code
    from person join people p on p.id = person.person_id
    where person.person_id > ${after} and ${sql.ref(`person.${step}`)}
      and ${only_applicants ? sql`not person.participants` : sql`true`}
      and ${where ? sql`${sql.ref(`person.${where.dimension}`)} = ${where.key}` : sql`true`}
    order by person.person_id limit ${limit}`.execute(db)
  return rows
}
