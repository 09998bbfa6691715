import type { DbOrTx } from '../../../platform/db/open.ts'
import type { VariantText } from '../content/index.ts'
import { getCampaignRow, insertFirstVersion } from '../writing/service.ts'
import { copyVersion, findAutomatic, findEarlierAutomatic, insertAutomatic } from './automatic-queries.ts'
import { AUTOMATIC_EMAILS, type AutomaticKey, findAutomaticEmail } from './catalog.ts'
import { chooseSignature, readFirstText } from './first-text.ts'

/** What stands for dates that nobody has set. */
const FALLBACKS = {
  'round.confirm_by': 'the last day to answer',
  'round.introductions_on': 'the start of the round',
  'round.applications_close': 'the last day to apply',
  'round.ends_on': 'the end of the round',
}

/**
 * An automatic email of a round, made when it is first needed: it begins with the text of the last round that had it, else
 * with the first text. Returns the id of its campaign. Of two who need it at once one makes it.
 */
export async function ensureAutomatic(
  tx: DbOrTx,
  { round_id, key, now }: { round_id: number; key: AutomaticKey; now: Date },
): Promise<number> {
  const known = await findAutomatic(tx, { round_id, key })
  if (known) return known.id
  const earlier = await findEarlierAutomatic(tx, { round_id, key })
  const { language, fallbacks, from_name } = earlier
    ? await getCampaignRow(tx, earlier.id)
    : { language: 'en', fallbacks: FALLBACKS, from_name: await chooseSignature(tx) }
  const { lane } = AUTOMATIC_EMAILS[key]
  const made = await insertAutomatic(tx, { round_id, key, lane, language, fallbacks, from_name, now })
  if (made === undefined) return (await findAutomatic(tx, { round_id, key }))?.id as number
  if (earlier) await copyVersion(tx, { from: earlier.id, version: earlier.live_version, to: made, now })
  else await insertFirstVersion(tx, { campaign_id: made, language, text: await firstText(key) })
  return made
}

async function firstText(key: AutomaticKey): Promise<VariantText> {
  if (!findAutomaticEmail(key)?.is_personal) return readFirstText(key)
  // Written anew each time; a campaign has a text all the same.
  return { subject: AUTOMATIC_EMAILS[key].title, preheader: '', body_markdown: '', extras: NOTHING_BESIDE }
}

const NOTHING_BESIDE = { image: null, video: null, curator: null, links: [] }
