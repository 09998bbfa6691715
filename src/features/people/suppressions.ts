import { parseAddress } from '../../lib/address.ts'
import type { Clock } from '../../lib/clock.ts'
import { InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { endPartnershipsOf, holdRoundsOf, removeApplications } from './removal-queries.ts'
import { getPerson, type Person } from './service.ts'
import {
  findPersonOfAddress,
  findSuppression,
  insertSuppressions,
  liftEnded,
  liftSuppressions,
  listAddressesOf,
  listSuppressionHistory,
  listSuppressionRows,
} from './suppression-queries.ts'

interface Deps {
  db: Db
}

export type Scope = 'all' | 'campaigns'
export type Suppression = Awaited<ReturnType<typeof listSuppressionRows>>[number]
/** One that stood or stands against an address of a person. */
export type PastSuppression = Awaited<ReturnType<typeof listSuppressionHistory>>[number]

export interface Suppressing {
  id: number
  /** 'campaigns' leaves the automatic email that a participant needs. */
  scope: Scope
  /** 'removed': for the code of conduct. It stops everything, and ends applications and partnerships that still stand. */
  reason: 'manual' | 'removed'
  /** Who did it, such as "token 7". */
  source: string
}

/** Stops mail to every address of the person. Doing it twice changes nothing. @throws NotFound, InvalidInput */
export async function suppressPerson(
  deps: Deps & { clock: Clock },
  { id, scope, reason, source }: Suppressing,
): Promise<Person> {
  if (reason === 'removed' && scope !== 'all')
    throw new InvalidInput([{ field: 'scope', message: 'Removal stops all mail: the scope must be "all".' }])
  await deps.db.transaction().execute(async (tx) => {
    const addresses = await listAddressesOf(tx, { person_id: id })
    if (addresses.length === 0) throw new NotFound(`Person ${id} with an address`)
    await insertSuppressions(tx, addresses, { scope, reason, source })
    if (reason !== 'removed') return
    const now = deps.clock.now()
    const today = now.toISOString().slice(0, 10)
    await holdRoundsOf(tx, id)
    await removeApplications(tx, { person_id: id, today, now })
    await endPartnershipsOf(tx, { person_id: id, today, now })
  })
  return getPerson(deps, { id })
}

/**
 * Lifts what stands against the person's addresses, or `only` what stands for one reason at one scope. An application
 * that was removed stays removed. @throws NotFound
 */
export async function liftPersonSuppressions(
  deps: Deps,
  { id, only }: { id: number; only?: { scope: string; reason: string } | undefined },
): Promise<Person> {
  await liftSuppressions(deps.db, await listAddressesOf(deps.db, { person_id: id }), only)
  return getPerson(deps, { id })
}

const DAY = 86_400_000
const LONGEST_PAUSE_DAYS = 366
const PAUSED = { scope: 'campaigns', reason: 'paused' } as const

/**
 * Stops campaigns to every address of the person until a moment; a sweep then lets them go again. A second pause moves
 * the end of the first. Automatic email goes on. @param source who asked, such as "delivery 12"
 * @throws NotFound when there is no such person or they have no address, InvalidInput for `until`
 */
export async function pausePerson(
  deps: Deps & { clock: Clock },
  { id, until, source }: { id: number; until: Date; source: string },
): Promise<Person> {
  const days = (until.getTime() - deps.clock.now().getTime()) / DAY
  if (!(days > 0)) throw new InvalidInput([{ field: 'until', message: 'The pause must end in the future.' }])
  if (days > LONGEST_PAUSE_DAYS)
    throw new InvalidInput([
      { field: 'until', message: 'A pause ends within a year; to stop for longer, stop the emails.' },
    ])
  await deps.db.transaction().execute(async (tx) => {
    const addresses = await listAddressesOf(tx, { person_id: id })
    if (addresses.length === 0) throw new NotFound(`Person ${id} with an address`)
    await insertSuppressions(tx, addresses, { ...PAUSED, source, ends_at: until })
  })
  return getPerson(deps, { id })
}

/** Ends a pause before its time. Nothing to end is no fault. @throws NotFound */
export function endPause(deps: Deps, { id }: { id: number }): Promise<Person> {
  return liftPersonSuppressions(deps, { id, only: PAUSED })
}

/** The handler of 'sweep-suppressions': pauses that have ended are lifted. Returns how many addresses it was. */
export function liftEndedPauses({ db, clock }: Deps & { clock: Clock }): Promise<number> {
  return liftEnded(db, clock.now())
}

const PAGE = 50

/** What stands, the newest first. @param beginning of the address, as somebody typed it */
export async function listSuppressions(
  { db }: Deps,
  wanted: { beginning?: string | undefined; before?: number | undefined; limit?: number | undefined },
) {
  const limit = wanted.limit ?? PAGE
  const beginning = wanted.beginning?.trim().toLowerCase() || undefined
  const rows = await listSuppressionRows(db, { beginning, before: wanted.before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

const CSV_PAGE = 1000

/** Everything that stands, page by page, for an export. */
export async function* eachSuppression(
  deps: Deps,
  { beginning }: { beginning?: string | undefined },
): AsyncGenerator<Suppression[]> {
  for (let before: number | undefined | null; before !== null; ) {
    const page: Awaited<ReturnType<typeof listSuppressions>> = await listSuppressions(deps, {
      beginning,
      before,
      limit: CSV_PAGE,
    })
    yield page.items
    before = page.next
  }
}

const MOST_HISTORY = 200

/** What stood and stands against the person's addresses, the newest first; the oldest of very many are left out. */
export function listPersonSuppressions({ db }: Deps, { id }: { id: number }): Promise<PastSuppression[]> {
  return listSuppressionHistory(db, id, MOST_HISTORY)
}

/**
 * Stops mail to an address, known to us or not; of a known person, to every address. `is_new` is false when it stood
 * already. @throws InvalidInput for `address`
 */
export async function suppressAddress(
  { db }: Deps,
  input: { address: string; scope: Scope; source: string },
): Promise<{ address: string; person_id: number | undefined; is_new: boolean }> {
  const parsed = parseAddress(input.address)
  if (!parsed.ok) throw new InvalidInput([{ field: 'address', message: parsed.message }])
  const { address } = parsed
  return db.transaction().execute(async (tx) => {
    const person_id = await findPersonOfAddress(tx, address)
    const addresses = await listAddressesOf(tx, person_id === undefined ? { address } : { person_id })
    const made = await insertSuppressions(tx, addresses, {
      scope: input.scope,
      reason: 'manual',
      source: input.source,
    })
    return { address, person_id, is_new: made > 0 }
  })
}

/**
 * Lifts one row, and the same scope and reason at the person's other addresses. `lifted` is false when it was lifted
 * before. @throws NotFound
 */
export async function liftSuppression({ db }: Deps, { id }: { id: number }) {
  return db.transaction().execute(async (tx) => {
    const row = await findSuppression(tx, id)
    if (!row) throw new NotFound(`Suppression ${id}`)
    // An old page may name a row that was lifted; what was set anew since then is not its business.
    if (row.lifted_at) return { address: row.address, lifted: false }
    const person_id = await findPersonOfAddress(tx, row.address)
    const addresses = await listAddressesOf(tx, person_id === undefined ? { address: row.address } : { person_id })
    const lifted = await liftSuppressions(tx, addresses, { scope: row.scope, reason: row.reason })
    return { address: row.address, lifted: lifted > 0 }
  })
}
