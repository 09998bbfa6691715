import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict, NotFound } from '../../../lib/errors.ts'
import { isSerializationFailure } from '../../../platform/db/faults.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { endPartnershipsOf } from '../../people/index.ts'
import { settleHits } from '../../tracking/index.ts'
import { eraseImportChanges } from './import-queries.ts'
import { eraseIncoming, eraseMailbox } from './inbox-queries.ts'
import { eraseKeptTexts } from './kept-texts.ts'
import { eraseDeliveries, eraseSenderWords } from './ledger-queries.ts'
import { findWorkUnderWay, hasUncountedHits, holdPeople, lockDeliveries } from './lock-queries.ts'
import { eraseMailchimp } from './mailchimp-queries.ts'
import { eraseInRuns } from './matching.ts'
import { eraseDecisionNotes } from './matching-queries.ts'
import { eraseAnswers, eraseContacts, erasePartnershipTexts, erasePeopleRows } from './person-queries.ts'
import { findTraces } from './trace-queries.ts'

export interface EraseDeps {
  db: Db
  clock: Clock
}

export interface Erasing {
  /** `asked`: by the person. */
  reason: 'asked' | 'retention'
  /** Such as "staff 3"; null for the machine. */
  erased_by: string | null
}

const LEFT = 'One of the partners left the programme.'

/**
 * Forgets one person: names, addresses, answers, wishes, letters, and what was derived from them. What figures are counted
 * from stays. Their partner is free, and what waited for them goes nowhere. Done again it forgets what has come since.
 * @throws NotFound, Conflict `person_busy` when an email to them is on its way or their data are being worked on
 */
export async function erasePerson(
  deps: EraseDeps & { ring: Ring },
  { id, ...erasing }: Erasing & { id: number },
): Promise<void> {
  // Clicks are counted before they go.
  await settleHits(deps)
  await inOneGo(deps.db, async (tx) => {
    const [erased] = await erasePeople(tx, { ids: [id], ...erasing, now: deps.clock.now() })
    if (erased === undefined) throw new NotFound(`Person ${id}`)
  })
  // Whom their partner's introduction waited for is gone: it is decided now.
  await deps.ring('sweep-deliveries', {})
}

/**
 * Several at once, in the caller's transaction; before it, `settleHits`. Returns the ids of those there are.
 * @throws Conflict `person_busy`
 */
export async function erasePeople(
  tx: DbOrTx,
  { ids, now, ...erasing }: Erasing & { ids: readonly number[]; now: Date },
): Promise<number[]> {
  const people = await holdPeople(tx, ids)
  if (people.length === 0) return []
  const traces = await findTraces(
    tx,
    people.map(({ id }) => id),
  )
  const { person_ids, application_ids, partnership_ids, run_ids } = traces
  const work = await findWorkUnderWay(tx, traces)
  if (work) throw busy(work)
  if ((await lockDeliveries(tx, traces)).is_busy) throw busy('an email to them is being handed over')
  if (await hasUncountedHits(tx, traces)) throw busy('a click of theirs is being counted')

  await eraseDeliveries(tx, traces)
  if ((await eraseSenderWords(tx, traces)).is_busy) throw busy('an email is being handed over')
  await eraseIncoming(tx, { ...traces, now })
  // Before partners are asked for by their addresses, and before theirs are gone.
  await eraseMailbox(tx, traces)
  await eraseKeptTexts(tx, traces)
  await eraseImportChanges(tx, traces)
  await eraseInRuns(tx, { run_ids, person_ids })
  await eraseDecisionNotes(tx, { person_ids })
  await erasePartnershipTexts(tx, partnership_ids)
  const today = now.toISOString().slice(0, 10)
  for (const id of person_ids) await endPartnershipsOf(tx, { person_id: id, today, now, reason: LEFT })
  await eraseAnswers(tx, application_ids)
  await eraseContacts(tx, traces, now)
  await eraseMailchimp(tx, traces)
  await erasePeopleRows(tx, traces, { ...erasing, now })
  return person_ids
}

function busy(why: string): Conflict {
  return new Conflict('person_busy', `Nothing was erased: ${why}. Try again in a minute.`)
}

/** One transaction; whoever holds the same rows for long is not waited for. */
export async function inOneGo<Answer>(db: Db, work: (tx: DbOrTx) => Promise<Answer>): Promise<Answer> {
  try {
    return await db.transaction().execute(work)
  } catch (error) {
    if (isSerializationFailure(error) || isLockTimeout(error)) throw busy('somebody is changing the same data')
    throw error
  }
}

/** 55P03, lock_not_available (PostgreSQL documentation, appendix A). */
const isLockTimeout = (error: unknown) => (error as { code?: unknown }).code === '55P03'
