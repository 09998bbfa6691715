import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { type Audience, chooseSignature, getCampaign, insertDraft, readFirstText } from '../campaigns/index.ts'
import {
  type AskingRound,
  findEarlierReminder,
  findEarlierRequest,
  lockRequestDraft,
  lockRound,
} from './request-queries.ts'

const TO_ASK: Audience = { states: ['applied'], asked: false }
const SILENT: Audience = { states: ['applied'], asked: true }

/**
 * The round's request to confirm as a draft that can be edited, previewed and tested like any campaign. There is one at
 * a time: asked again, it is the same. It begins with the text of the last one, of this round or another. Returns its
 * id. @param input.by who asks, such as "staff 3" @throws NotFound
 */
export function ensureConfirmationDraft(
  { db }: { db: Db },
  { code, by = null }: { code: string; by?: string | null },
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const round = await lockRound(tx, code)
    return (await lockRequestDraft(tx, round.id)) ?? insertRequest(tx, round, by)
  })
}

/** @param round locked */
export async function insertRequest(tx: DbOrTx, round: AskingRound, by: string | null): Promise<number> {
  const text = await textOf(tx, 'confirmation_request', await findEarlierRequest(tx, round.id))
  return insertDraft(tx, { ...text, round: round.code, kind: 'confirmation', audience: TO_ASK }, by)
}

/** A draft for those who were asked and are silent, with the text of the last one. @param round locked */
export async function insertReminder(tx: DbOrTx, round: AskingRound, by: string | null): Promise<number> {
  const text = await textOf(tx, 'confirmation_reminder', await findEarlierReminder(tx, round.id))
  return insertDraft(tx, { ...text, round: round.code, kind: 'reminder', audience: SILENT }, by)
}

async function textOf(tx: DbOrTx, first: string, earlier: number | undefined) {
  if (earlier === undefined) return { ...(await readFirstText(first)), from_name: await chooseSignature(tx) }
  const campaign = await getCampaign({ db: tx }, { id: earlier })
  const { language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name } = campaign
  return { language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name }
}
