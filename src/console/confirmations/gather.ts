import {
  type AudienceReview,
  getCampaign,
  listCampaignsInOrder,
  reviewAudience,
} from '../../features/campaigns/index.ts'
import { type ConfirmationSummary, summariseConfirmations } from '../../features/confirmations/index.ts'
import { getRound, getRoundRow, type Round, type RoundRow } from '../../features/rounds/index.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Figures } from '../campaigns/figures.ts'
import type { CountedCampaign } from './present.ts'

/** What the page of a round's confirmation stands on. */
export interface ConfirmationFacts {
  round: RoundRow
  counted: Round
  summary: ConfirmationSummary
  /** Who would be asked now, and who of them is left out; null when nobody is left to ask. */
  to_ask: AudienceReview | null
  /** Subject of the request that is being written; null without one. */
  draft_subject: string | null
  /** Requests and reminders, in the order of time. */
  campaigns: CountedCampaign[]
}

const MOST_CAMPAIGNS = 100

/** @throws NotFound */
export async function gatherConfirmations(
  deps: { db: Db; clock: { now(): Date } },
  figures: Figures,
  { code }: { code: string },
): Promise<ConfirmationFacts> {
  const { db } = deps
  const round = await getRoundRow({ db }, { code })
  const [counted, summary, { items }] = await Promise.all([
    getRound(deps, { code }),
    summariseConfirmations(db, { code }),
    listCampaignsInOrder(db, { round: code, kinds: ['confirmation', 'reminder'], limit: MOST_CAMPAIGNS }),
  ])
  const draft = summary.draft_id === null ? undefined : await getCampaign({ db }, { id: summary.draft_id })
  const rule = draft ?? { id: 0, version: 0, language: 'en', kind: 'confirmation', lane: 'automatic', audience: TO_ASK }
  const audience = await reviewAudience(db, { ...rule, round_id: round.id })
  const campaigns = await Promise.all(
    items
      .filter(({ state, frozen_at }) => state !== 'cancelled' || frozen_at !== null)
      .map(async (item) => ({ ...item, counts: item.frozen_at ? await figures.of(item) : undefined })),
  )
  const isAnybody = audience.recipients > 0 || Object.keys(audience.skipped).length > 0
  return {
    ...{ round, counted, summary, campaigns },
    to_ask: isAnybody ? audience : null,
    draft_subject: draft?.subject ?? null,
  }
}

/** Whom the request is for while nobody has made its draft. */
const TO_ASK = { states: ['applied' as const], asked: false }
