import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { measureCampaign, scheduleCampaign } from '../campaigns/index.ts'
import { forecastLastDeparture } from '../deliveries/index.ts'
import { type PlannedReminder, planReminders } from './reminders.ts'
import { insertRequest } from './request-draft.ts'
import { type AskingRound, countToAsk, findScheduled, lockRequestDraft, lockRound } from './request-queries.ts'
import { confirmationDeadline, isConfirmationOpen } from './rules.ts'

export interface RequestDeps {
  db: Db
  clock: Clock
  ring: Ring
  config: { mailFrom: string; publicUrl: string }
}

export interface Asking {
  code: string
  /** Days after the request; 7 and 12 without it, as far as the last day to confirm allows. */
  remind_after_days?: readonly number[] | undefined
  /** An instant with its zone, or "now", which it is without. */
  at?: string | undefined
  /** How long nothing leaves yet, so that it can be cancelled. */
  hold_seconds?: number | undefined
  /** What the button said: when others are to be asked by now, nobody is. */
  expected_recipients?: number | undefined
  /** Who asks, such as "staff 3". */
  by?: string | null | undefined
}

export interface Asked {
  campaign_id: number
  /** Another click was faster by a moment. */
  already: boolean
  recipients: number
  skipped: Record<string, number>
  starts_at: Date
  last_leaves_at: Date | null
  /** Every reminder that is still to come. */
  reminders: PlannedReminder[]
}

/**
 * Asks those to confirm who were not asked yet, and plans reminders for whoever is silent then. Done twice, by two clicks
 * or two processes or after a crash, it is done once.
 * @throws NotFound, Conflict `nobody_to_ask` and `confirmation_over`, InvalidInput for a round without a last day, a reminder
 * after it, and what scheduleCampaign throws for the time and the text
 */
export async function requestConfirmations(deps: RequestDeps, input: Asking): Promise<Asked> {
  const { at = 'now', hold_seconds, expected_recipients } = input
  const { campaign_id, reminders } = await prepare(deps, input)
  try {
    const { recipients, skipped, starts_at, last_leaves_at } = await scheduleCampaign(deps, campaign_id, {
      at,
      ...(hold_seconds === undefined ? {} : { hold_seconds }),
      ...(expected_recipients === undefined ? {} : { expected_recipients }),
    })
    return { campaign_id, already: false, recipients, skipped, starts_at, last_leaves_at, reminders }
  } catch (error) {
    if (error instanceof InvalidInput && error.faults.some(({ field }) => field === 'audience'))
      throw nobody('none of those who were not asked yet can be mailed, or agreed to the code of conduct')
    const scheduled =
      error instanceof Conflict && error.code === 'not_a_draft' ? await findScheduled(deps.db, campaign_id) : undefined
    if (!scheduled) throw error
    return { ...(await describeScheduled(deps, campaign_id)), ...scheduled, reminders }
  }
}

/** The campaign that is to ask them, with its reminders, before anything leaves: a crash after it leaves drafts. */
async function prepare({ db, clock }: RequestDeps, input: Asking) {
  const { code, at, hold_seconds, remind_after_days, by = null } = input
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    const round = await lockRound(tx, code)
    const requested_at = readTime({ at, hold_seconds }, now)
    refuseTooLate(round, requested_at, now)
    // Before anybody is counted: a draft that another click has scheduled meanwhile is none, and its people are asked.
    const draft = await lockRequestDraft(tx, round.id)
    if ((await countToAsk(tx, round.id)).to_ask === 0)
      throw nobody('whoever applied was asked already, or waits for a place')
    const campaign_id = draft ?? (await insertRequest(tx, round, by))
    return { campaign_id, reminders: await planReminders(tx, { round, requested_at, remind_after_days, by, now }) }
  })
}

const nobody = (why: string) => new Conflict('nobody_to_ask', `Nobody is left to ask: ${why}.`)

/** When the first of it may leave; a time that cannot be read is named when it is scheduled. */
function readTime({ at, hold_seconds }: Pick<Asking, 'at' | 'hold_seconds'>, now: Date): Date {
  const wanted = at === undefined || at === 'now' ? now.getTime() : Date.parse(at)
  const earliest = now.getTime() + (hold_seconds ?? 0) * 1000
  return new Date(Math.max(Number.isNaN(wanted) ? 0 : wanted, earliest))
}

/** @throws InvalidInput, Conflict `confirmation_over` */
function refuseTooLate(round: AskingRound, requested_at: Date, now: Date): void {
  const { confirm_by } = round
  if (confirm_by === null)
    throw new InvalidInput([
      { field: 'confirm_by', message: 'The round has no last day to confirm: set it in the timetable first.' },
    ])
  refuseOver(round, now)
  if (requested_at >= confirmationDeadline(confirm_by))
    throw new InvalidInput([{ field: 'at', message: `is after the last day to confirm, ${confirm_by}` }])
}

/** @throws Conflict `confirmation_over` */
export function refuseOver({ confirm_by }: AskingRound, now: Date): void {
  if (isConfirmationOpen({ confirm_by }, now)) return
  throw new Conflict(
    'confirmation_over',
    `The last day to confirm was ${confirm_by}: nobody could answer in time. Move it in the timetable to ask again.`,
  )
}

/** Where a campaign stands that another click has scheduled. */
export async function describeScheduled({ db, clock }: RequestDeps, campaign_id: number) {
  const { counts, skipped } = await measureCampaign(db, campaign_id)
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const last_leaves_at = (await forecastLastDeparture(db, { campaign_id, now: clock.now() })) ?? null
  return { campaign_id, already: true, recipients: all - counts.skipped, skipped, last_leaves_at }
}
