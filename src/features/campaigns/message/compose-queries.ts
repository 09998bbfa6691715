import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { linkKey } from '../content/index.ts'
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

/** The addresses that a campaign's redirects lead to. What is known stays: versions under way at once write the same. */
export async function recordLinks(db: DbOrTx, campaign_id: number, urls: readonly string[]): Promise<void> {
  if (urls.length === 0) return
  const keys = urls.map(linkKey)
  // In one order: two processes that prepare the same version would else wait for one another. As two arrays, since a
  // statement has no more than 65,535 parameters.
  await sql`
    insert into campaign_links (campaign_id, key, url)
    select ${campaign_id}, key, url from unnest(${keys}::text[], ${urls}::text[]) as link (key, url) order by key
    on conflict do nothing`.execute(db)
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
