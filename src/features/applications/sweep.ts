import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { ensureAutomatic, queueAutomaticToAll } from '../campaigns/index.ts'
import { listRoundRows, type RoundRow } from '../rounds/index.ts'
import { forgetContacts } from './contact-queries.ts'
import { deleteOldDrafts } from './draft/draft-queries.ts'
import { LINK_DAYS, noticeAt, periodOf } from './draft/period.ts'
import { insertProposals } from './duplicates/duplicate-queries.ts'
import { mailWaiting } from './interest/interest.ts'
import { listForgettable, listUntold } from './interest/interest-queries.ts'
import { hasNewApplications } from './sweep-queries.ts'
import { lockPlaces } from './triage/triage-queries.ts'

interface SweepDeps {
  db: Db
  clock: Clock
}

const DAY_MS = 86_400_000
const SENT_DAYS = 14
const UNTOUCHED_DAYS = 30
/** At a time: the next sweep goes on. */
const MOST = 500
/** Looking for pairs reads everybody's name: six times an hour is soon enough. */
const LOOK_MINUTES = 10
/** Longer than between two looks, so that one that was missed costs nothing. */
const NEW_MS = 2 * LOOK_MINUTES * 60_000

/**
 * What time brings: those who wait are told that applications are open, forms that nobody finished are forgotten with
 * their addresses, and pairs that may be one person are proposed. Run by several at once it does each thing once.
 */
export async function sweepApplications(deps: SweepDeps): Promise<void> {
  // Who waited for longer than a link works is mailed before they are forgotten.
  await mailWaiting(deps)
  await forgetOld(deps)
  const now = deps.clock.now()
  for (const round of await listRoundRows(deps.db)) {
    if (isTimeToTell(round, now)) await tellThatOpen(deps, round)
    if (now.getUTCMinutes() % LOOK_MINUTES === 0) await lookForPairs(deps, round)
  }
}

async function lookForPairs({ db, clock }: SweepDeps, { id: round_id }: RoundRow): Promise<void> {
  const now = clock.now()
  const since = new Date(now.getTime() - NEW_MS)
  if (await hasNewApplications(db, { round_id, since })) await insertProposals(db, round_id, now)
}

function isTimeToTell(round: RoundRow, now: Date): boolean {
  const { applications_open_on } = round
  return (
    applications_open_on !== null && now >= noticeAt(applications_open_on) && periodOf(round, now).period === 'open'
  )
}

/** Each of the list once for a round: who has a copy in the ledger is not asked for again. */
async function tellThatOpen({ db, clock }: SweepDeps, { id: round_id }: RoundRow): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    // Of two sweeps at once the second sees whom the first has told.
    await lockPlaces(tx, round_id)
    const campaign_id = await ensureAutomatic(tx, { round_id, key: 'applications_open', now })
    const contact_ids = await listUntold(tx, { round_id, campaign_id, most: MOST })
    await queueAutomaticToAll(tx, { key: 'applications_open', round_id, to: { contact_ids }, now })
  })
}

async function forgetOld({ db, clock }: SweepDeps): Promise<void> {
  const now = clock.now()
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS)
  await db.transaction().execute(async (tx) => {
    const dates = {
      sent_before: before(SENT_DAYS),
      mailed_before: before(LINK_DAYS),
      touched_before: before(UNTOUCHED_DAYS),
    }
    const drafts = await deleteOldDrafts(tx, { ...dates, most: MOST })
    const contacts = await listForgettable(tx, { before: before(SENT_DAYS), most: MOST })
    await forgetContacts(tx, [...drafts.map(({ contact_id }) => contact_id), ...contacts], now)
  })
}
