import { findCountryCode } from '../../lib/countries.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { listCurrentSuppressions, listParticipantRows, listPartners } from './queries.ts'
import { unknownCountry } from './service.ts'

export interface ParticipantsWanted {
  code: string
  states?: string[] | undefined
  /** Any spelling of a country. */
  country?: string | undefined
  /** `next` of the page before. */
  after?: number | undefined
  limit?: number | undefined
}

const PAGE = 100
/** States that are an answer to the confirmation request. */
const ANSWERED = new Set(['confirmed', 'declined', 'lapsed'])

/** A page of a round's people by person id, with confirmation and partnership. @throws NotFound, InvalidInput */
export async function listParticipants({ db }: { db: Db }, wanted: ParticipantsWanted) {
  const round = await getRoundRow({ db }, wanted)
  const country_code = wanted.country === undefined ? undefined : findCountryCode(wanted.country)
  if (wanted.country !== undefined && !country_code)
    throw new InvalidInput([{ field: 'country', message: unknownCountry(wanted.country) }])

  const limit = wanted.limit ?? PAGE
  const found = await listParticipantRows(db, {
    round_id: round.id,
    states: wanted.states,
    country_code,
    after: wanted.after ?? 0,
    // one more tells whether there is a next page
    limit: limit + 1,
  })
  const rows = found.slice(0, limit)
  const ids = rows.map(({ person_id }) => person_id)
  const [partners, suppressions] =
    ids.length === 0 ? [[], []] : await Promise.all([listPartners(db, round.id, ids), listCurrentSuppressions(db, ids)])

  const items = rows.map(({ state_changed_at, ...row }) => ({
    ...row,
    confirmation: ANSWERED.has(row.state) ? { state: row.state, at: state_changed_at } : null,
    partnership: partnershipOf(partners.filter(({ of_person_id }) => of_person_id === row.person_id)),
    suppressed: suppressions.filter(({ person_id }) => person_id === row.person_id).map(({ scope }) => scope),
  }))
  return { items, next: found.length > limit ? String(ids.at(-1)) : null }
}

function partnershipOf(rows: Awaited<ReturnType<typeof listPartners>>) {
  // A re-match may leave two rows for a moment: the newest is the one that counts.
  const newest = rows.at(-1)
  if (!newest) return null
  return {
    id: newest.partnership_id,
    introduced_at: newest.introduced_at,
    partners: rows
      .filter(({ partnership_id }) => partnership_id === newest.partnership_id)
      .map(({ person_id, given_name, family_name, country_code }) => ({
        person_id,
        given_name,
        family_name,
        country_code,
      })),
  }
}
