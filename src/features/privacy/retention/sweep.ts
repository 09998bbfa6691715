import type { Clock } from '../../../lib/clock.ts'
import { PairpostError } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { settleHits } from '../../tracking/index.ts'
import { erasePeople, inOneGo } from '../erase/erase.ts'
import { eraseIncoming } from '../erase/inbox-queries.ts'
import { eraseServerWords } from '../erase/ledger-queries.ts'
import { eraseInRuns } from '../erase/matching.ts'
import { eraseDecisionNotes } from '../erase/matching-queries.ts'
import { eraseAnswers, erasePartnershipTexts } from '../erase/person-queries.ts'
import { listDueRounds, listForgettable, recordAnonymised } from './retention-queries.ts'
import {
  deleteCopiesOfAnswers,
  deleteCountedHits,
  eraseImportsOf,
  listApplicationsWithAnswers,
  listDeliveriesWithTraces,
  listIncomingWithText,
  listPartnershipsOf,
  listRunsOf,
} from './round-queries.ts'

interface SweepDeps {
  db: Db
  clock: Clock
}

/** A transaction of so many holds nobody up for long. */
const PEOPLE_A_GROUP = 50
const ROWS_A_GROUP = 500

/**
 * The handler of 'sweep-retention': makes each round anonymous whose day has come. Who takes part in no round that stays
 * is erased; of the others the round's answers and letters go, and what was derived from them. In groups, each its own
 * transaction: what a crash leaves is found by the next. Whose email is on its way this moment waits for it too.
 * Returns how many rounds are anonymous now and how many people were erased.
 */
export async function sweepRetention({ db, clock }: SweepDeps): Promise<{ rounds: number; people: number }> {
  const now = clock.now()
  const today = now.toISOString().slice(0, 10)
  const done = { rounds: 0, people: 0 }
  for (const { id: round_id } of await listDueRounds(db, today)) {
    done.people += await erasePeopleOf(db, { round_id, today, now })
    await eraseRound(db, round_id, now)
    const [left] = await listForgettable(db, { round_id, today, after: 0, limit: 1 })
    if (left !== undefined) continue
    await recordAnonymised(db, round_id, now)
    done.rounds++
  }
  return done
}

async function erasePeopleOf(
  db: Db,
  { round_id, today, now }: { round_id: number; today: string; now: Date },
): Promise<number> {
  let erased = 0
  for (let after = 0; ; ) {
    const ids = await listForgettable(db, { round_id, today, after, limit: PEOPLE_A_GROUP })
    if (ids.length === 0) return erased
    after = ids.at(-1) as number
    erased += await eraseGroup(db, ids, now)
  }
}

/** When one of them cannot be erased now, the others are. */
async function eraseGroup(db: Db, ids: readonly number[], now: Date): Promise<number> {
  try {
    await settleHits({ db })
    const erasing = { reason: 'retention', erased_by: null, now } as const
    return (await inOneGo(db, (tx) => erasePeople(tx, { ids, ...erasing }))).length
  } catch (error) {
    if (!(error instanceof PairpostError) || error.code !== 'person_busy') throw error
    if (ids.length === 1) return 0
    let erased = 0
    for (const id of ids) erased += await eraseGroup(db, [id], now)
    return erased
  }
}

/** What the round holds of those who stay. */
async function eraseRound(db: Db, round_id: number, now: Date): Promise<void> {
  const group = { round_id, limit: ROWS_A_GROUP }
  await inGroups(
    () => listApplicationsWithAnswers(db, group),
    (ids) =>
      inOneGo(db, async (tx) => {
        await eraseAnswers(tx, ids)
        await deleteCopiesOfAnswers(tx, ids)
      }),
  )
  await inGroups(
    () => listIncomingWithText(db, group),
    (ids) => inOneGo(db, (tx) => eraseIncoming(tx, { incoming_ids: ids, person_ids: [], delivery_ids: [], now })),
  )
  await inGroups(
    () => listDeliveriesWithTraces(db, group),
    async (ids) => {
      await settleHits({ db })
      await inOneGo(db, async (tx) => {
        await eraseServerWords(tx, ids, { address: false })
        await deleteCountedHits(tx, ids)
      })
    },
  )
  for (const id of await listRunsOf(db, round_id))
    await inOneGo(db, (tx) => eraseInRuns(tx, { run_ids: [id], person_ids: null }))
  await inOneGo(db, async (tx) => {
    await eraseDecisionNotes(tx, { round_id })
    await erasePartnershipTexts(tx, await listPartnershipsOf(tx, round_id))
    await eraseImportsOf(tx, round_id)
  })
}

/** Until none is found, or those that are found do not change. */
async function inGroups(list: () => Promise<number[]>, erase: (ids: number[]) => Promise<unknown>): Promise<void> {
  for (let before = ''; ; ) {
    const ids = await list()
    if (ids.length === 0 || ids.join() === before) return
    before = ids.join()
    await erase(ids)
  }
}
