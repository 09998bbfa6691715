import { InvalidInput } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { insertReminder } from './request-draft.ts'
import { type AskingRound, cancelReminders, hasAsked, listReminders, planReminder } from './request-queries.ts'
import { confirmationDeadline, reminderTimes } from './rules.ts'

/** The draft of a reminder that goes by itself, for whoever is silent then; its text can be changed until then. */
export interface PlannedReminder {
  campaign_id: number
  planned_at: Date
}

const DEFAULT_DAYS = [7, 12]
/** One that is nearer than this to another would reach the same people twice. */
const REMINDER_GAP_MS = 48 * 3_600_000

interface Planning {
  /** Locked, and with a last day. */
  round: AskingRound
  requested_at: Date
  remind_after_days: readonly number[] | undefined
  by: string | null
  now: Date
}

/**
 * Plans the reminders of a request. The first request's are planned anew each time until somebody was asked; a later one
 * adds what is not near to one that is planned already, which reaches its people too. Returns all that are to come.
 * @throws InvalidInput naming each that would come after the last day
 */
export async function planReminders(tx: DbOrTx, planning: Planning): Promise<PlannedReminder[]> {
  const { round, by, now } = planning
  const wanted = readTimes(planning)
  const known = await listReminders(tx, round.id)
  const drafts = known.filter(({ state }) => state === 'draft')
  if (await hasAsked(tx, round.id)) {
    const times = known.flatMap(
      ({ state, starts_at, planned_at }) => starts_at ?? (state === 'draft' ? planned_at : null) ?? [],
    )
    for (const at of wanted.filter((one) => !times.some((time) => isNear(one, time))))
      await planReminder(tx, { id: await insertReminder(tx, round, by), at })
  } else {
    for (const [place, at] of wanted.entries())
      await planReminder(tx, { id: drafts[place]?.campaign_id ?? (await insertReminder(tx, round, by)), at })
    const left = drafts.slice(wanted.length).map(({ campaign_id }) => campaign_id)
    await cancelReminders(tx, left, now)
  }
  return listPlanned(tx, round.id)
}

/** Those of a round that are still to go by themselves. */
async function listPlanned(db: DbOrTx, roundId: number): Promise<PlannedReminder[]> {
  return (await listReminders(db, roundId)).flatMap(({ campaign_id, state, planned_at, sends_itself }) =>
    state === 'draft' && sends_itself && planned_at ? [{ campaign_id, planned_at }] : [],
  )
}

export function isNear(one: Date, other: Date): boolean {
  return Math.abs(one.getTime() - other.getTime()) < REMINDER_GAP_MS
}

function readTimes({ round, requested_at, remind_after_days: asked }: Planning): Date[] {
  const deadline = confirmationDeadline(round.confirm_by as string)
  const times = reminderTimes(requested_at, asked ?? DEFAULT_DAYS)
  const late = times.filter(({ at }) => at >= deadline)
  // Nobody asked for the usual ones: in a short time there are fewer.
  if (asked && late.length > 0)
    throw new InvalidInput(
      late.map(({ days, at }) => ({
        field: `remind_after_days.${asked.indexOf(days)}`,
        message: `${days} days after the request is ${at.toISOString().slice(0, 10)}, and the last day to confirm is ${round.confirm_by}.`,
      })),
    )
  return times.filter(({ at }) => at < deadline).map(({ at }) => at)
}
