import type { DuplicatePerson, DuplicateRow } from '../../features/applications/index.ts'
import { countryName } from '../../lib/countries.ts'
import { stateBadge } from '../participants/words.ts'
import { presentTime } from '../present/time.ts'

/** Two people who may be one, side by side. */
export function presentDuplicate(row: DuplicateRow, zone: string) {
  const [first, second] = row.people
  return {
    id: row.id,
    why: row.why,
    people: [presentPerson(first, zone), presentPerson(second, zone)],
    names: first.name === second.name ? first.name : `${first.name} and ${second.name}`,
  }
}

function presentPerson({ person_id, name, country_code, address, application }: DuplicatePerson, zone: string) {
  return {
    href: `/console/participants/${person_id}`,
    name,
    country: countryName(country_code),
    address: address ?? 'no address',
    application: application && {
      round_code: application.round,
      state: stateBadge(application.state),
      at: presentTime(new Date(application.submitted_at), zone),
    },
  }
}
