import { Conflict } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { scheduleCampaign } from '../campaigns/index.ts'
import { isNear } from './reminders.ts'
import { describeScheduled, type RequestDeps, refuseOver } from './request.ts'
import { insertReminder } from './request-draft.ts'
import { type AskingRound, countToAsk, findScheduled, listReminders, lockRound } from './request-queries.ts'

export interface Reminding {
  code: string
  at?: string | undefined
  hold_seconds?: number | undefined
  /** What the button said: when others are silent by now, nobody is reminded. */
  expected_recipients?: number | undefined
  /** Who does it, such as "staff 3". */
  by?: string | null | undefined
}

export interface Reminded {
  campaign_id: number
  /** Another click was faster by a moment. */
  already: boolean
  recipients: number
  skipped: Record<string, number>
  starts_at: Date
  last_leaves_at: Date | null
}

const PAUSE_HOURS = 24

/**
 * Reminds those who were asked to confirm and are silent. A reminder that would go by itself within two days goes now
 * instead. Two clicks remind once.
 * @throws NotFound, Conflict `nobody_to_remind`, `reminded_lately` and `confirmation_over`, and what scheduleCampaign throws
 */
export async function remindSilent(deps: RequestDeps, input: Reminding): Promise<Reminded> {
  const { code, at = 'now', hold_seconds, expected_recipients, by = null } = input
  const now = deps.clock.now()
  const campaign_id = await deps.db.transaction().execute(async (tx) => {
    const round = await lockRound(tx, code)
    refuseOver(round, now)
    if ((await countToAsk(tx, round.id)).silent === 0)
      throw new Conflict('nobody_to_remind', 'Nobody is silent: whoever was asked to confirm has answered.')
    return chooseReminder(tx, round, { by, now })
  })
  try {
    const { recipients, skipped, starts_at, last_leaves_at } = await scheduleCampaign(deps, campaign_id, {
      at,
      ...(hold_seconds === undefined ? {} : { hold_seconds }),
      ...(expected_recipients === undefined ? {} : { expected_recipients }),
    })
    return { campaign_id, already: false, recipients, skipped, starts_at, last_leaves_at }
  } catch (error) {
    const scheduled =
      error instanceof Conflict && error.code === 'not_a_draft' ? await findScheduled(deps.db, campaign_id) : undefined
    if (!scheduled) throw error
    return { ...(await describeScheduled(deps, campaign_id)), ...scheduled }
  }
}

/** One that somebody prepared, the next that is planned soon, or a new one. @throws Conflict `reminded_lately` */
async function chooseReminder(
  tx: DbOrTx,
  round: AskingRound,
  { by, now }: { by: string | null; now: Date },
): Promise<number> {
  const known = await listReminders(tx, round.id)
  const near = known.findLast(
    ({ starts_at }) => starts_at && Math.abs(now.getTime() - starts_at.getTime()) < PAUSE_HOURS * 3_600_000,
  )?.starts_at
  if (near) {
    const when = near.toISOString().slice(0, 16).replace('T', ' at ')
    throw new Conflict(
      'reminded_lately',
      `A reminder goes or went on ${when} UTC: leave them ${PAUSE_HOURS} hours to answer.`,
    )
  }
  const draft = known.find(
    ({ state, sends_itself, planned_at }) =>
      state === 'draft' && (!sends_itself || (planned_at !== null && isNear(planned_at, now))),
  )
  return draft?.campaign_id ?? insertReminder(tx, round, by)
}
