import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import {
  countApplications,
  countByCountry,
  countDueWithEnd,
  findRound,
  findRoundForUpdate,
  insertRound,
  listRoundRows,
  type RoundRow,
  type RoundValues,
  updateRoundRow,
} from './queries.ts'
import { type CountryShare, faultsOfTimetable, listOverCap, type Stage, stageOf, type Timetable } from './rules.ts'

const STATES = ['applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn', 'removed'] as const

/** Applications of a round: all, by state, and of these the ones who did not agree to the code of conduct. */
export type RoundCounts = Record<(typeof STATES)[number] | 'applicants' | 'refused_conduct' | 'countries', number>

export interface Round extends RoundRow {
  stage: Stage
  counts: RoundCounts
  by_country_over_cap: CountryShare[]
}

interface Deps {
  db: Db
  clock: Clock
}

export type RoundInput = { code: string; name: string; country_cap_percent?: number } & Partial<Timetable>
export type RoundChange = Partial<Omit<RoundInput, 'code'>>

const DEFAULT_CAP_PERCENT = 20
const UNDECIDED: Timetable = {
  applications_open_on: null,
  applications_close_on: null,
  confirm_by: null,
  starts_on: null,
  ends_on: null,
}

/** @throws InvalidInput by field, Conflict `round_exists` */
export async function createRound(deps: { db: DbOrTx; clock: Clock }, input: RoundInput): Promise<Round> {
  const values = { country_cap_percent: DEFAULT_CAP_PERCENT, ...UNDECIDED, ...input }
  checkRound(values)
  const row = await insertRound(deps.db, values)
  if (!row) throw new Conflict('round_exists', `There is a round ${input.code} already.`)
  return withCounts(deps, row)
}

/** @throws NotFound */
export async function getRound(deps: Deps, { code }: { code: string }): Promise<Round> {
  return withCounts(deps, await getRoundRow(deps, { code }))
}

/** The row alone, for features that only need to know which round it is. @throws NotFound */
export async function getRoundRow({ db }: { db: DbOrTx }, { code }: { code: string }): Promise<RoundRow> {
  const row = await findRound(db, code)
  if (!row) throw new NotFound(`Round ${code}`)
  return row
}

/** Every round, the newest first. */
export async function listRounds(deps: Deps): Promise<Round[]> {
  return addCounts(deps, await listRoundRows(deps.db))
}

/**
 * Changes what is given and leaves the rest.
 * @param input.seen the round as it was when the change was made from it: a field that somebody else has changed since
 * is not written over
 * @throws NotFound, InvalidInput by field (an end that would have people erased at once too), Conflict `round_changed`
 */
export async function updateRound(
  deps: Deps,
  { code, change, seen }: { code: string; change: RoundChange; seen?: RoundChange | undefined },
): Promise<Round> {
  const row = await deps.db.transaction().execute(async (tx) => {
    const before = await findRoundForUpdate(tx, code)
    if (!before) throw new NotFound(`Round ${code}`)
    const others = (Object.keys(change) as (keyof RoundChange)[]).filter(
      (field) => seen && before[field] !== seen[field] && before[field] !== change[field],
    )
    if (others.length > 0) {
      const now = others.map((field) => `${FIELD_WORDS[field]} is now ${before[field] ?? 'empty'}`).join(', ')
      throw new Conflict('round_changed', `Somebody else has changed the round since you opened it: ${now}.`)
    }
    const { id, code: _code, created_at: _created, ...values } = { ...before, ...change }
    checkRound({ ...values, code })
    await refuseErasing(tx, { code, id, ends_on: values.ends_on, now: deps.clock.now() })
    return updateRoundRow(tx, id, values)
  })
  return withCounts(deps, row)
}

/**
 * An end that makes the round anonymous at once may be a slip of the hand, and what is erased cannot be had back: it has
 * to be meant, where retention is set. @throws InvalidInput at `field`
 */
export async function refuseErasing(
  tx: DbOrTx,
  { code, id, ends_on, now }: { code: string; id: number; ends_on: string | null; now: Date },
  field = 'ends_on',
): Promise<void> {
  if (ends_on === null) return
  const people = await countDueWithEnd(tx, { id, ends_on, today: now.toISOString().slice(0, 10) })
  if (people === 0) return
  const whose = people === 1 ? 'the data of 1 person' : `the data of ${people.toLocaleString('en')} people`
  const message = `With this end ${code} would be kept no longer: within the hour ${whose} would be erased for good. If that is meant, let the round be kept longer first, under Settings, Keeping and erasing; change the end; then set its months there.`
  throw new InvalidInput([{ field, message }])
}

const FIELD_WORDS: Record<keyof RoundChange, string> = {
  name: 'its name',
  applications_open_on: 'the opening of applications',
  applications_close_on: 'the close of applications',
  confirm_by: 'the confirmation deadline',
  starts_on: 'the start',
  ends_on: 'the end',
  country_cap_percent: 'the country cap',
}

function checkRound(values: RoundValues): void {
  const faults = faultsOfTimetable(values)
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(values.code))
    faults.push({ field: 'code', message: 'Use up to 32 letters, digits, - and _, such as 2016A.' })
  if (values.name.trim() === '') faults.push({ field: 'name', message: 'The round needs a name.' })
  if (faults.length > 0) throw new InvalidInput(faults)
}

async function withCounts(deps: { db: DbOrTx; clock: Clock }, row: RoundRow): Promise<Round> {
  const [round] = await addCounts(deps, [row])
  return round as Round
}

async function addCounts({ db, clock }: { db: DbOrTx; clock: Clock }, rows: RoundRow[]): Promise<Round[]> {
  const figures = await countRounds(
    db,
    rows.map(({ id }) => id),
  )
  return withFigures(rows, figures, clock.now())
}

/** What the figures of these rounds are made from. It reads every application of them. */
export async function countRounds(db: DbOrTx, ids: number[]) {
  if (ids.length === 0) return { states: [], countries: [] }
  const [states, countries] = await Promise.all([countApplications(db, ids), countByCountry(db, ids)])
  return { states, countries }
}

/** Rounds with their stage, and with figures that were counted a moment ago. */
export function withFigures(
  rows: readonly RoundRow[],
  { states, countries }: Awaited<ReturnType<typeof countRounds>>,
  now: Date,
): Round[] {
  const today = now.toISOString().slice(0, 10)
  return rows.map((row) => {
    const here = countries.filter(({ round_id }) => round_id === row.id)
    return {
      ...row,
      stage: stageOf(row, today),
      counts: countsOf(
        states.filter(({ round_id }) => round_id === row.id),
        here.length,
      ),
      by_country_over_cap: listOverCap(here, row.country_cap_percent),
    }
  })
}

function countsOf(
  rows: readonly { state: string; applicants: number; refused_conduct: number }[],
  countries: number,
): RoundCounts {
  const counts = { applicants: 0, refused_conduct: 0, countries } as RoundCounts
  for (const state of STATES) counts[state] = 0
  for (const row of rows) {
    counts[row.state as (typeof STATES)[number]] = row.applicants
    counts.applicants += row.applicants
    counts.refused_conduct += row.refused_conduct
  }
  return counts
}
