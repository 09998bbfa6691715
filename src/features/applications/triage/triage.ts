import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { findCountryCode } from '../../../lib/countries.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { queueAutomatic } from '../../campaigns/index.ts'
import { unknownCountry } from '../../people/index.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { type CountryCap, standingOf } from './cap-rules.ts'
import {
  countCountries,
  listTriageRows,
  lockApplications,
  lockPlaces,
  recordStates,
  type StateRow,
  type TriageRow,
} from './triage-queries.ts'

export interface TriageWanted {
  code: string
  state?: string | undefined
  /** Any spelling of a country. */
  country?: string | undefined
  /** `next` of the page before. */
  after?: number | undefined
  limit?: number | undefined
}

const PAGE = 50

/** A page of a round's applications as they came, with how the countries share its places. @throws NotFound, InvalidInput */
export async function listTriage(
  { db }: { db: Db },
  wanted: TriageWanted,
): Promise<{ items: TriageRow[]; next: string | null; cap: CountryCap }> {
  const round = await getRoundRow({ db }, wanted)
  const country_code = wanted.country === undefined ? undefined : findCountryCode(wanted.country)
  if (wanted.country !== undefined && !country_code)
    throw new InvalidInput([{ field: 'country', message: unknownCountry(wanted.country) }])
  const limit = wanted.limit ?? PAGE
  const filter = { round_id: round.id, state: wanted.state, country_code, after: wanted.after ?? 0, limit: limit + 1 }
  const [found, cap] = await Promise.all([listTriageRows(db, filter), measureCountryCap({ db }, wanted)])
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? String(last.application_id) : null, cap }
}

/** How the countries of a round share its places, however their applicants came. @throws NotFound */
export async function measureCountryCap({ db }: { db: DbOrTx }, { code }: { code: string }): Promise<CountryCap> {
  const round = await getRoundRow({ db }, { code })
  return standingOf(await countCountries(db, round.id), round.country_cap_percent)
}

interface TriageDeps {
  db: Db
  clock: Clock
  ring: Ring
}

export interface TriageDecision {
  code: string
  person_ids: readonly number[]
  /** Who decides, such as "staff 3". */
  by: string | null
}

/**
 * Gives people of the waiting list a place, and tells each by email. Who has one already stays as they are.
 * @param decision.over_cap let them in although their country has its share then
 * @throws NotFound, InvalidInput naming who cannot be let in, Conflict `over_cap` naming the countries
 */
export async function acceptWaitlisted(
  { db, clock, ring }: TriageDeps,
  { code, person_ids, by, over_cap = false }: TriageDecision & { over_cap?: boolean | undefined },
): Promise<{ accepted: number; unchanged: number; cap: CountryCap }> {
  const round = await getRoundRow({ db }, { code })
  const accepted = await db.transaction().execute(async (tx) => {
    const now = clock.now()
    const { country_cap_percent } = await lockPlaces(tx, round.id)
    const rows = await lockApplications(tx, round.id, person_ids)
    refuse(person_ids, rows, ['waitlisted', 'applied', 'confirmed'], 'cannot be let in')
    const waiting = rows.filter(({ state }) => state === 'waitlisted')
    const cap = standingOf(await countCountries(tx, round.id), country_cap_percent)
    if (!over_cap) refuseOverCap(cap, waiting)
    const application_ids = waiting.map(({ application_id }) => application_id)
    await recordStates(tx, { application_ids, state: 'applied', source: 'staff', by, now })
    for (const { person_id } of waiting)
      await queueAutomatic(tx, { key: 'waitlist_place', round_id: round.id, to: { person_id }, now })
    return waiting.length
  })
  if (accepted > 0) await ring('sweep-deliveries', {})
  return { accepted, unchanged: person_ids.length - accepted, cap: await measureCountryCap({ db }, { code }) }
}

/** Puts applicants on the waiting list, and tells each by email. @throws NotFound, InvalidInput naming who cannot be put there */
export async function waitlistApplicants(
  { db, clock, ring }: TriageDeps,
  { code, person_ids, by }: TriageDecision,
): Promise<{ waitlisted: number; unchanged: number; cap: CountryCap }> {
  const round = await getRoundRow({ db }, { code })
  const waitlisted = await db.transaction().execute(async (tx) => {
    const now = clock.now()
    await lockPlaces(tx, round.id)
    const rows = await lockApplications(tx, round.id, person_ids)
    refuse(person_ids, rows, ['applied', 'waitlisted'], 'cannot be put on the waiting list')
    const moving = rows.filter(({ state }) => state === 'applied')
    const application_ids = moving.map(({ application_id }) => application_id)
    await recordStates(tx, { application_ids, state: 'waitlisted', source: 'staff', by, now })
    for (const { person_id } of moving)
      await queueAutomatic(tx, { key: 'country_waitlist', round_id: round.id, to: { person_id }, now })
    return moving.length
  })
  if (waitlisted > 0) await ring('sweep-deliveries', {})
  return { waitlisted, unchanged: person_ids.length - waitlisted, cap: await measureCountryCap({ db }, { code }) }
}

const MOST_NAMED = 10

function refuse(wanted: readonly number[], rows: readonly StateRow[], states: readonly string[], words: string): void {
  const byPerson = new Map(rows.map((row) => [row.person_id, row]))
  const faults = wanted.flatMap((person_id, at): FieldFault[] => {
    const row = byPerson.get(person_id)
    const field = `person_ids.${at}`
    if (!row) return [{ field, message: `Person ${person_id} has no application in this round.` }]
    return states.includes(row.state) ? [] : [{ field, message: `${row.name} is ${row.state} and ${words}.` }]
  })
  if (faults.length > 0) throw new InvalidInput(faults.slice(0, MOST_NAMED))
}

function refuseOverCap({ cap_percent, countries, places }: CountryCap, waiting: readonly StateRow[]): void {
  const over = [...Map.groupBy(waiting, ({ country_code }) => country_code)].flatMap(([code, rows]) => {
    const standing = countries.find(({ country_code }) => country_code === code)
    if (!standing || rows.length <= standing.free) return []
    return [`${standing.country} would have ${standing.holding + rows.length} of its ${places} places`]
  })
  if (over.length === 0) return
  throw new Conflict(
    'over_cap',
    `${over.join('; ')} (${cap_percent} % of the applicants). Accept fewer, or accept them over the cap.`,
  )
}
