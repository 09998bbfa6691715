import { countryName, findCountryCode } from '../../lib/countries.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { isTimeZone, zoneOfCountry } from '../../lib/time-zones.ts'
import type { Db } from '../../platform/db/open.ts'
import { findPersonRow, listPartnersEver, type PersonValues, updatePersonRow } from './queries.ts'
import { canonicalLanguage, faultOfName, tidyBlanks } from './rules.ts'
import { listCurrentSuppressions } from './suppression-queries.ts'

interface Deps {
  db: Db
}

export type Person = Awaited<ReturnType<typeof getPerson>>

/** A person with every address, application and present suppression. @throws NotFound */
export async function getPerson({ db }: Deps, { id }: { id: number }) {
  const row = await findPersonRow(db, id)
  if (!row) throw new NotFound(`Person ${id}`)
  const suppressions = await listCurrentSuppressions(db, [id])
  return {
    ...row,
    country: countryName(row.country_code),
    /** The zone used for local times: the person's own, else the one assumed for the country. */
    effective_time_zone: row.time_zone ?? zoneOfCountry(row.country_code),
    suppressions: suppressions.map(({ person_id: _, ...suppression }) => suppression),
  }
}

/** Every partner a person had or has, over all rounds, the newest first. */
export function listPartnersOfPerson({ db }: Deps, { id }: { id: number }) {
  return listPartnersEver(db, id)
}

export interface PersonChange {
  given_name?: string
  family_name?: string
  /** Any spelling of a country. */
  country?: string
  language?: string
  /** null: the zone assumed for the country. */
  time_zone?: string | null
}

/**
 * @param seen what its editor had before them: when somebody has changed it since, nothing is written
 * @throws NotFound, InvalidInput by field, Conflict `person_changed` or `person_erased`
 */
export async function updatePerson(
  deps: Deps,
  { id, change, seen }: { id: number; change: PersonChange; seen?: PersonValues | undefined },
): Promise<Person> {
  const written = await updatePersonRow(deps.db, id, checkedValues(change), seen)
  const person = await getPerson(deps, { id })
  if (person.erased_at)
    throw new Conflict('person_erased', 'What we held about this person was erased: there is nothing to change.')
  if (!written) throw new Conflict('person_changed', 'Somebody has changed this person since.')
  return person
}

function checkedValues(change: PersonChange): PersonValues {
  const faults: FieldFault[] = []
  const values: PersonValues = {}
  for (const field of ['given_name', 'family_name'] as const) {
    if (change[field] === undefined) continue
    const name = tidyBlanks(change[field])
    const fault = faultOfName(name) ?? (field === 'given_name' && name === '' ? 'is missing.' : undefined)
    if (fault) faults.push({ field, message: `The name ${fault}` })
    values[field] = name
  }
  if (change.country !== undefined) {
    const code = findCountryCode(change.country)
    if (code) values.country_code = code
    else faults.push({ field: 'country', message: unknownCountry(change.country) })
  }
  if (change.language !== undefined) {
    const language = canonicalLanguage(change.language)
    if (language) values.language = language
    else faults.push({ field: 'language', message: 'Use a language tag such as en, fr or pt-BR.' })
  }
  if (change.time_zone !== undefined) {
    if (change.time_zone === null || isTimeZone(change.time_zone)) values.time_zone = change.time_zone
    else faults.push({ field: 'time_zone', message: 'Use a time zone such as Australia/Sydney.' })
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  return values
}

/** One sentence for every place where a country is written. */
export function unknownCountry(spelled: string): string {
  const shown = spelled.length > 60 ? `${spelled.slice(0, 60)}…` : spelled
  return `"${shown}" is not a country we know; write its English name or its two-letter code.`
}
