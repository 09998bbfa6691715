import type { Ring } from '../../jobs/catalog.ts'
import { leaveRound, listPlaces, mayLeave } from '../confirmations/index.ts'
import { findRoundOfDelivery, type ReaderRow } from './queries.ts'
import type { PreferenceDeps } from './service.ts'

/** A round as the page about leaving it needs it. */
export interface Place {
  code: string
  name: string
  /** They have left it. */
  is_left: boolean
  has_partner: boolean
}

/** The reader's rounds that are not over, the newest first; of a test email the round that it is about. */
export async function listPlacesOf(deps: PreferenceDeps, reader: ReaderRow): Promise<Place[]> {
  const { delivery_id, person_id, is_test } = reader
  if (is_test || person_id === null) {
    const round = await findRoundOfDelivery(deps.db, delivery_id)
    return round ? [{ ...round, is_left: false, has_partner: true }] : []
  }
  const places = await listPlaces(deps, { person_id })
  return places.map((place) => ({ ...place, is_left: !mayLeave(place) }))
}

/** Leaves a round by the link of an email; a test email's changes nothing. Returns whether it is left now. */
export async function leaveByLink(
  deps: PreferenceDeps & { ring: Ring },
  { delivery_id, person_id, is_test }: ReaderRow,
  { code, said_at }: { code: string; said_at: Date },
): Promise<boolean> {
  if (is_test || person_id === null) return false
  return leaveRound(deps, { person_id, delivery_id, code, said_at })
}
