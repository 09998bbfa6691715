import { createHash } from 'node:crypto'
import { Conflict, PairpostError, Upstream } from '../../../lib/errors.ts'
import {
  type CampaignElsewhere,
  composeForMailchimp,
  findCampaignElsewhere,
  listElsewhereLanguages,
  listElsewherePeople,
} from '../../campaigns/index.ts'
import { mailchimpOf } from '../deps.ts'
import { advance } from './advance.ts'
import {
  after,
  type HandOver,
  type HandOverDeps,
  isWanted,
  LOOK_SELDOM_MS,
  LOOK_SOON_MS,
  LOST_MS,
  type Wanted,
} from './hand-over-deps.ts'
import { findHandOverAudience, type Handed, insertHanded, listHanded, recordHanded } from './handed-queries.ts'
import { listOutOfStep } from './recipient-queries.ts'
import { recordStanding } from './standing.ts'

/** People that are brought up to date at one time. */
const A_SYNC = 5000

/**
 * Hands a campaign over: one campaign there for each language, to a tag that exactly its recipients have. Every step is noted
 * after it was taken, and taking it again does no harm: killed anywhere and run again there is one campaign there. What
 * Mailchimp does not show yet, and what it cannot take now, is gone on with by `followMailchimpCampaigns`.
 *
 * Whoever calls has made sure that it is the only one (oneAtATime).
 * @throws Conflict when there is no key or no audience; what Mailchimp refuses is noted with the language
 */
export async function handOver(deps: HandOverDeps, { campaign_id, signal }: Wanted): Promise<Handed[]> {
  const { db, clock } = deps
  const campaign = await findCampaignElsewhere(db, campaign_id)
  if (!isWanted(campaign)) return listHanded(db, campaign_id)
  await insertRows(deps, campaign)
  const begun = (await listHanded(db, campaign_id)).filter(isUnfinished)
  if (begun.length === 0) return listHanded(db, campaign_id)
  try {
    const { hand, rows } = await prepare(deps, campaign, begun, signal)
    for (const row of rows) {
      signal?.throwIfAborted()
      await advance(deps, hand, row).catch((error) => recordTrouble(deps, row, error))
    }
  } catch (error) {
    for (const row of begun) await recordTrouble(deps, row, error)
  }
  await recordStanding(db, campaign_id, clock.now())
  return listHanded(db, campaign_id)
}

const isUnfinished = ({ state }: Handed) => state === 'making' || state === 'ready'

/** What was not handed over yet begins to be, or is looked for: nothing is done there by it. */
export async function insertRows({ db, clock }: HandOverDeps, campaign: CampaignElsewhere): Promise<void> {
  const { id, starts_at } = campaign
  const look_at = after(clock.now(), LOST_MS)
  const languages = await listElsewhereLanguages(db, id)
  await insertHanded(
    db,
    languages.map((language) => {
      const title = `Pairpost ${id} ${language} ${markOf(campaign)}`
      return { campaign_id: id, language, title, send_at: starts_at, look_at }
    }),
  )
}

/**
 * Unlike any other, also of another installation that uses the same account; and the same again in a restored copy of
 * before the hand-over, so that what has left by then is found.
 */
function markOf({ id, round_code, frozen_at }: CampaignElsewhere): string {
  return createHash('sha256').update(`${id} ${round_code} ${frozen_at.toISOString()}`).digest('hex').slice(0, 8)
}

async function prepare(
  deps: HandOverDeps,
  campaign: CampaignElsewhere,
  begun: readonly Handed[],
  signal: AbortSignal | undefined,
): Promise<{ hand: HandOver; rows: readonly Handed[] }> {
  const mailchimp = mailchimpOf(deps)
  const audience = await findHandOverAudience(deps.db)
  if (!audience)
    throw new Conflict(
      'mailchimp_not_connected',
      'No audience at Mailchimp is connected. Connect one in the settings, then hand it over again.',
    )
  // Connected since: what was made may be another audience's, and of whom this one has nothing is known before they are looked at.
  const isAnew = audience.connected_at > campaign.frozen_at
  const rows = isAnew ? begun.map((row): Handed => ({ ...row, state: 'making', segment_id: null })) : begun
  const fresh = rows.filter((row) => row.segment_id === null).map((row) => row.language)
  const all = fresh.length > 0 ? await listElsewherePeople(deps.db, campaign.id, fresh) : []
  const people = [...new Set([...all, ...(await listOutOfStep(deps.db, campaign.id))])]
  for (let at = 0; at < people.length; at += A_SYNC) {
    signal?.throwIfAborted()
    await deps.syncPeople(people.slice(at, at + A_SYNC))
  }
  const messages = await composeForMailchimp(deps, { campaign_id: campaign.id, tags: audience.fields })
  const { list_id, count_opens, read_at } = audience
  return { hand: { mailchimp, list_id, count_opens, read_at, campaign, messages, signal }, rows }
}

/**
 * What Mailchimp cannot take now is tried again soon; what it refuses, and what a person must mend, ends the try, with the
 * words. Anything else is a fault of ours, and the work's to tell. @throws
 */
async function recordTrouble({ db, clock }: HandOverDeps, row: Handed, error: unknown): Promise<void> {
  if (!(error instanceof PairpostError)) throw error
  const now = clock.now()
  if (error instanceof Upstream && error.retryable)
    return recordHanded(db, row, { words: error.message, look_at: after(now, LOOK_SOON_MS) })
  // Somebody may mend it there and send it from there: it is looked at now and then.
  await recordHanded(db, row, { state: 'failed', words: error.message, look_at: after(now, LOOK_SELDOM_MS) })
}
