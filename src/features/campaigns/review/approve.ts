import type { Clock } from '../../../lib/clock.ts'
import { Conflict, NotAllowed, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { lockCampaign } from '../schedule/schedule-queries.ts'
import { findApproval, findWriter, recordApproval } from './approve-queries.ts'

/** A second person's word on a campaign to many. */
export interface SecondPerson {
  /** More recipients than this need it; null: none do. */
  over: number | null
  /** Somebody has read the text as it is now. */
  given: boolean
  /** Their name, when they are staff. */
  by: string | null
  /** Who wrote the text as it is now, such as "staff 3"; null when nobody knows. */
  written_by: string | null
}

/** @throws NotFound */
export async function getSecondPerson(db: DbOrTx, campaign: { id: number; version: number }): Promise<SecondPerson> {
  const approval = await findApproval(db, campaign.id)
  if (!approval) throw new NotFound(`Campaign ${campaign.id}`)
  const { over, approved_version, approved_by } = approval
  const given = approved_version === campaign.version
  return {
    over,
    given,
    by: given ? approved_by : null,
    written_by: await findWriter(db, campaign.id, campaign.version),
  }
}

/**
 * Somebody else says that they have read the text. It counts for this version only.
 * @param input.caller who says it, as in the audit log @param input.staff_id null for a program with a token
 * @throws NotFound, NotAllowed for who wrote it, Conflict when it is no draft or the text was changed meanwhile
 */
export async function approveCampaign(
  { db, clock }: { db: Db; clock: Clock },
  input: { id: number; version?: number | undefined; caller: string; staff_id: number | null },
): Promise<SecondPerson> {
  const { id, caller, staff_id } = input
  return db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, id)
    if (campaign.state !== 'draft') {
      throw new Conflict(
        'not_a_draft',
        `The campaign is ${campaign.state}: it is too late to read it for somebody else.`,
      )
    }
    const version = input.version ?? campaign.version
    if (version !== campaign.version) {
      throw new Conflict('text_changed', 'The text was changed since you read it. Read it again, please.')
    }
    if ((await findWriter(tx, id, version)) === caller) {
      throw new NotAllowed('You wrote this text yourself: somebody else must read it.')
    }
    await recordApproval(tx, { id, version, staff_id, now: clock.now() })
    return getSecondPerson(tx, campaign)
  })
}
