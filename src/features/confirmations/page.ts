import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { recordAnswer } from './answer.ts'
import { findLink, findStanding, type LinkRow } from './page-queries.ts'
import { judgeAnswer, type Said, type Standing } from './rules.ts'

export interface PageDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/** What the page says about the reader's place. */
export type PageState =
  | 'asked'
  /** Asked, silent, and the last day is over; the sweep is about to let it lapse. */
  | 'too_late'
  | 'confirmed'
  | 'declined'
  | 'lapsed'
  | 'waitlisted'
  | 'not_asked'
  | 'introduced'
  | 'left'

/** Somebody behind a link, where they stand in the round it is about, and what they can still say. */
export interface Reader {
  link: LinkRow
  state: PageState
  /** The last day is over: it stays as it is, and they can only write. */
  is_over: boolean
  lacks_conduct: boolean
  may: Said[]
}

/** Undefined when nobody is behind it: no person, or nobody who has applied. */
export async function findReader({ db, clock }: PageDeps, deliveryId: number): Promise<Reader | undefined> {
  const link = await findLink(db, deliveryId)
  if (!link) return undefined
  if (link.is_test)
    return { link, state: 'asked', is_over: false, lacks_conduct: false, may: ['confirmed', 'declined'] }
  const { round_id, person_id } = link
  const standing = person_id === null ? undefined : await findStanding(db, { round_id, person_id })
  return standing && { link, ...readStanding(standing, clock.now()) }
}

/**
 * What a click does. @param input.said_at when the request arrived: a click on the last second of the last day counts
 * @returns false when it changed nothing because it cannot be said any more: the page says why
 */
export async function answerByLink(
  { db, clock, ring }: PageDeps,
  { link, answer, said_at }: { link: LinkRow; answer: Said; said_at: Date },
): Promise<boolean> {
  const { round_id, person_id, delivery_id, is_test } = link
  // A test email went to staff, who look at somebody else's.
  if (is_test || person_id === null) return false
  const said = { round_id, person_id, delivery_id, answer, said_at, now: clock.now() }
  const recorded = await db.transaction().execute((tx) => recordAnswer(tx, { ...said, source: 'link' }))
  if (recorded.recorded && recorded.changed) await ring('sweep-deliveries', {})
  return recorded.recorded
}

const STATES: Record<string, PageState> = {
  applied: 'asked',
  waitlisted: 'waitlisted',
  confirmed: 'confirmed',
  declined: 'declined',
  lapsed: 'lapsed',
}

/** What the page shows of a standing; it offers exactly what would be recorded. */
function readStanding(standing: Standing, now: Date): Omit<Reader, 'link'> {
  const { state, is_asked, is_introduced } = standing
  const judged = (['confirmed', 'declined', 'withdrawn'] as const).map((answer) => ({
    answer,
    verdict: judgeAnswer(standing, { answer, said_at: now }),
  }))
  const may = judged.flatMap(({ answer, verdict }) =>
    'to' in verdict && verdict.is_change && verdict.to === answer ? [answer] : [],
  )
  const refusals = judged.flatMap(({ verdict }) => ('refused' in verdict ? [verdict.refused] : []))
  const is_over = refusals.includes('late')
  return {
    state: pageState(STATES[state] ?? 'left', { is_asked, is_introduced, is_over }),
    is_over,
    lacks_conduct: refusals.includes('no_code_of_conduct'),
    may,
  }
}

function pageState(
  known: PageState,
  { is_asked, is_introduced, is_over }: Pick<Standing, 'is_asked' | 'is_introduced'> & { is_over: boolean },
): PageState {
  if (known === 'confirmed') return is_introduced ? 'introduced' : known
  if (known !== 'asked') return known
  if (!is_asked) return 'not_asked'
  return is_over ? 'too_late' : known
}
