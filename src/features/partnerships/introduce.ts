import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { measureCampaign, scheduleCampaign } from '../campaigns/index.ts'
import { forecastLastDeparture } from '../deliveries/index.ts'
import { ensureIntroductionDraft } from './introduction-draft.ts'
import { countIntroducedBy, findScheduled, lockRound, readIntroduction } from './introduction-queries.ts'

interface Deps {
  db: Db
  clock: Clock
  ring: Ring
  config: { mailFrom: string; publicUrl: string }
}

export interface Introducing {
  round_id: number
  /** An instant with its zone, or "now", which it is without. */
  at?: string | undefined
  /** How long nothing leaves yet, so that it can be cancelled. */
  hold_seconds?: number | undefined
  /** What the button said: when others wait by now, nothing is scheduled. */
  expected_partnerships?: number | undefined
  /** Who does it, such as "staff 3". */
  by?: string | null | undefined
}

export interface Introduced {
  campaign_id: number
  /** It was scheduled before; the figures are those of that time, or as they have become. */
  already: boolean
  /** Introduced by it. */
  partnerships: number
  recipients: number
  skipped: Record<string, number>
  starts_at: Date
  last_leaves_at: Date | null
}

/**
 * Introduces those who wait for it: schedules the round's draft. Done twice, by two clicks or two processes or after a
 * crash, it is done once, and the second is told so. What one introduction left undone is done by the next, for which
 * somebody asks by making its draft (ensureIntroductionDraft).
 * @throws NotFound, Conflict `nobody_to_introduce`, `partnerships_changed` when it is not what the button said, and what
 * scheduleCampaign throws: InvalidInput for a problem of the text or the time
 */
export async function introduce(deps: Deps, input: Introducing): Promise<Introduced> {
  const { campaign_id, scheduled } = await prepare(deps.db, input)
  if (scheduled) return describe(deps, campaign_id)
  const { at = 'now', hold_seconds } = input
  try {
    const { recipients, skipped, starts_at, last_leaves_at } = await scheduleCampaign(deps, campaign_id, {
      at,
      ...(hold_seconds === undefined ? {} : { hold_seconds }),
    })
    const partnerships = await countIntroducedBy(deps.db, campaign_id)
    return { campaign_id, already: false, partnerships, recipients, skipped, starts_at, last_leaves_at }
  } catch (error) {
    // Another click was faster by a moment.
    if (error instanceof Conflict && error.code === 'not_a_draft' && (await findScheduled(deps.db, campaign_id)))
      return describe(deps, campaign_id)
    throw error
  }
}

/** The campaign that is to introduce them, or the one that does already. */
async function prepare(db: Db, input: Introducing): Promise<{ campaign_id: number; scheduled: boolean }> {
  const { round_id, expected_partnerships: expected, by = null } = input
  return db.transaction().execute(async (tx) => {
    await lockRound(tx, round_id)
    const { draft_id, last_id, waiting } = await readIntroduction(tx, round_id)
    if (last_id !== null && (draft_id === null || waiting === 0)) return { campaign_id: last_id, scheduled: true }
    if (waiting === 0)
      throw new Conflict(
        'nobody_to_introduce',
        'Nobody waits to be introduced: partnerships come from a matching run that was approved.',
      )
    if (expected !== undefined && expected !== waiting) {
      const words = `${waiting} ${waiting === 1 ? 'partnership waits' : 'partnerships wait'} to be introduced now, not ${expected}.`
      throw new Conflict('partnerships_changed', `${words} Nothing was scheduled; look at them again.`)
    }
    // The one that was seen: it may be scheduled by now, and then there must not be another.
    return { campaign_id: draft_id ?? (await ensureIntroductionDraft(tx, { round_id, by })), scheduled: false }
  })
}

async function describe({ db, clock }: Deps, campaign_id: number): Promise<Introduced> {
  const [{ counts, skipped }, scheduled, partnerships] = await Promise.all([
    measureCampaign(db, campaign_id),
    findScheduled(db, campaign_id),
    countIntroducedBy(db, campaign_id),
  ])
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return {
    campaign_id,
    already: true,
    partnerships,
    recipients: all - counts.skipped,
    skipped,
    starts_at: scheduled?.starts_at ?? clock.now(),
    last_leaves_at: (await forecastLastDeparture(db, { campaign_id, now: clock.now() })) ?? null,
  }
}
