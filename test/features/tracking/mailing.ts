import { sql } from 'kysely'
import type { Db } from '../../../src/platform/db/open.ts'
import { queueCampaign } from '../../support/ledger.ts'
import type { Mailing } from './traffic.ts'

/** A campaign with links, and a delivery for each of `emails` readers. */
export async function makeMailing(db: Db, emails: number, links: number): Promise<Mailing & { campaign_id: number }> {
  const addresses = Array.from({ length: emails }, (_, at) => `reader${at}@library.example`)
  const campaign_id = await queueCampaign(db, addresses)
  const keys = Array.from({ length: links }, (_, at) => `link${at}`)
  await db
    .insertInto('campaign_links')
    .values(keys.map((key) => ({ campaign_id, key, url: `https://library.example/${key}` })))
    .execute()
  const deliveries = await db
    .selectFrom('deliveries')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .orderBy('id')
    .execute()
  return { campaign_id, links: keys, deliveries: deliveries.map(({ id }) => id) }
}

/** What was counted, by delivery and link. */
export async function readCounts(db: Db) {
  return db.selectFrom('delivery_hits').selectAll().orderBy('delivery_id').orderBy('link_key').execute()
}

/** Says yes to individual tracking for who stands behind a delivery, or no. */
export async function decideTracking(db: Db, deliveryId: number, given: boolean): Promise<void> {
  await sql`
    insert into consents (person_id, purpose, given, at, wording, language, source)
    select person_id, 'tracking', ${given}, now(), '', 'en', 'link' from deliveries where id = ${deliveryId}`.execute(
    db,
  )
}
