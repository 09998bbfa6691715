import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { recordByLink } from './answer.ts'
import { findLink, type LinkRow, listOwnPartnerships, type OwnPartnership } from './page-queries.ts'
import type { CheckInAnswer } from './rules.ts'

export interface PageDeps {
  db: Db
  clock: Clock
}

/** Somebody behind a link, with the partnerships that they can tell about: none, one, or a mentor's several. */
export interface Reader {
  link: LinkRow
  partnerships: OwnPartnership[]
}

/** What a test email's link shows: it went to staff, who see nobody's partner by it. */
const EXAMPLE: OwnPartnership = { id: 0, partners: [], answer: null, said_at: null }

/** Undefined when nobody is behind it any more. */
export async function findReader({ db }: Pick<PageDeps, 'db'>, deliveryId: number): Promise<Reader | undefined> {
  const link = await findLink(db, deliveryId)
  if (!link) return undefined
  const { is_test, person_id, round_id } = link
  if (is_test || person_id === null) return { link, partnerships: [EXAMPLE] }
  return { link, partnerships: await listOwnPartnerships(db, { round_id, person_id }) }
}

/** What a click does. Returns false when it changed nothing: the partnership has ended, or is none of theirs. */
export async function answerByLink(
  deps: PageDeps,
  { link, partnerships }: Reader,
  said: { partnership_id: number; answer: CheckInAnswer; said_at: Date },
): Promise<boolean> {
  const { is_test, person_id, delivery_id } = link
  if (is_test || person_id === null) return false
  // Of this round: a partnership of another one is asked about by that one's emails.
  if (!partnerships.some(({ id }) => id === said.partnership_id)) return false
  return recordByLink(deps, { ...said, person_id, delivery_id })
}
