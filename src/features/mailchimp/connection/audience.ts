import { Conflict } from '../../../lib/errors.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type AudienceRow, findAudience } from './audience-queries.ts'

/** @throws Conflict `mailchimp_not_connected` */
export async function getAudience(db: DbOrTx): Promise<AudienceRow> {
  const audience = await findAudience(db)
  if (audience) return audience
  throw new Conflict('mailchimp_not_connected', 'No audience is connected yet. Choose one under Settings, Mailchimp.')
}
