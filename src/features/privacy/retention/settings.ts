import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import {
  countAsked,
  listRetainedRounds,
  type RetainedRound,
  readMonths,
  recordMonths,
  recordRoundMonths,
} from './retention-queries.ts'

interface Deps {
  db: Db
  clock: Clock
}

export interface Retention {
  /** Months after a round's end at which it is made anonymous; null: never. */
  months: number | null
  rounds: (Omit<RetainedRound, 'id'> & {
    /** soon: within 60 days; due: it is done within the hour */
    state: 'stays' | 'later' | 'soon' | 'due' | 'done'
  })[]
  /** How many people were erased because they asked. */
  asked: number
}

const MOST_MONTHS = 600
const SOON_DAYS = 60
const DAY_MS = 86_400_000

/** The setting, and where each round stands by it: the one that is due first at the top. */
export async function getRetention({ db, clock }: { db: DbOrTx; clock: Clock }): Promise<Retention> {
  const [months, rounds, asked] = [await readMonths(db), await listRetainedRounds(db), await countAsked(db)]
  const now = clock.now()
  return { months, rounds: rounds.map(({ id: _, ...round }) => ({ ...round, state: stateOf(round, now) })), asked }
}

function stateOf(
  { anonymised_at, due_on }: Omit<RetainedRound, 'id'>,
  now: Date,
): Retention['rounds'][number]['state'] {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  if (anonymised_at) return 'done'
  if (due_on === null) return 'stays'
  if (due_on <= day(now.getTime())) return 'due'
  return due_on <= day(now.getTime() + SOON_DAYS * DAY_MS) ? 'soon' : 'later'
}

/**
 * Sets the months for the programme, or with a code for one round (null: as the programme's). What is thereby due at once
 * is erased within the hour and cannot be had back: it is only done when `confirmed`.
 * @throws InvalidInput for `months`, NotFound, Conflict `erases_at_once` naming the rounds
 */
export async function changeRetention(
  { db, clock }: Deps,
  input: { code?: string; months: number | null; confirmed: boolean },
): Promise<Retention> {
  const { code, months, confirmed } = input
  if (months !== null && !(Number.isInteger(months) && months >= 1 && months <= MOST_MONTHS))
    throw new InvalidInput([{ field: 'months', message: `Use a whole number of months from 1 to ${MOST_MONTHS}.` }])
  return db.transaction().execute(async (tx) => {
    // Of two changes at once the second is judged by what the first has left.
    await readMonths(tx, { lock: true })
    const before = await getRetention({ db: tx, clock })
    if (code === undefined) await recordMonths(tx, months)
    else if (!(await recordRoundMonths(tx, code, months))) throw new NotFound(`Round ${code}`)
    const after = await getRetention({ db: tx, clock })
    if (!confirmed) refuseNewlyDue(before, after)
    return after
  })
}

function refuseNewlyDue(before: Retention, after: Retention): void {
  const were = new Set(before.rounds.filter(({ state }) => state === 'due').map(({ code }) => code))
  const now = after.rounds.filter(({ state, code }) => state === 'due' && !were.has(code))
  if (now.length === 0) return
  const people = now.reduce((sum, { last_here }) => sum + last_here, 0)
  const names = new Intl.ListFormat('en').format(now.map(({ code }) => code))
  const whom = people === 1 ? '1 person is' : `${people.toLocaleString('en')} people are`
  throw new Conflict(
    'erases_at_once',
    `With this, ${names} would be made anonymous within the hour: ${whom} erased for good. Confirm that this is meant.`,
  )
}
