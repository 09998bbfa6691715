import type { DbOrTx } from '../../platform/db/open.ts'
import { type Audience, chooseSignature, getCampaign, insertDraft } from '../campaigns/index.ts'
import { getProgramme } from '../programme/index.ts'
import { findEarlierIntroduction, lockRound, readIntroduction } from './introduction-queries.ts'
import { INTRODUCTION_FALLBACKS, readIntroductionText } from './introduction-text.ts'

/**
 * The round's introduction as a draft that can be edited, previewed and tested like any campaign. There is one at a time:
 * asked again, it is the same. One that comes after another begins with the text of that. Returns its id.
 * @param input.by who asks, such as "staff 3" @throws NotFound
 */
export async function ensureIntroductionDraft(
  tx: DbOrTx,
  { round_id, by }: { round_id: number; by: string | null },
): Promise<number> {
  const round = await lockRound(tx, round_id)
  const { draft_id } = await readIntroduction(tx, round_id)
  if (draft_id !== null) return draft_id
  const audience: Audience = { states: ['confirmed'], matched: true }
  const draft = { round, kind: 'introduction' as const, audience }
  const earlier = await findEarlierIntroduction(tx, round_id)
  if (earlier !== undefined) {
    const { language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name } = await getCampaign(
      { db: tx },
      { id: earlier },
    )
    const text = { language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name }
    return insertDraft(tx, { ...draft, ...text }, by)
  }
  const { contact_address } = await getProgramme(tx)
  const text = await readIntroductionText(contact_address)
  const from_name = await chooseSignature(tx)
  return insertDraft(tx, { ...draft, ...text, fallbacks: INTRODUCTION_FALLBACKS, from_name }, by)
}
