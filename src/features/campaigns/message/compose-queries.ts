import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Lane } from '../schema.ts'

/** What every message of a campaign shares beside its text. */
export interface ComposeSettings {
  lane: Lane
  language: string
  from_name: string | null
  fallbacks: Record<string, string>
  round_code: string
  /** Before it nothing here is final: a draft may change its sender's name or fallbacks without a new version. */
  frozen_at: Date | null
}

export async function getComposeSettings(db: DbOrTx, campaignId: number): Promise<ComposeSettings> {
  const row = await db
    .selectFrom('campaigns')
    .innerJoin('rounds', 'rounds.id', 'campaigns.round_id')
    .select([
      'campaigns.lane',
      'campaigns.language',
      'campaigns.from_name',
      'campaigns.fallbacks',
      'frozen_at',
      'rounds.code as round_code',
    ])
    .where('campaigns.id', '=', campaignId)
    .executeTakeFirstOrThrow()
  return { ...row, lane: row.lane as Lane, fallbacks: row.fallbacks as Record<string, string> }
}
