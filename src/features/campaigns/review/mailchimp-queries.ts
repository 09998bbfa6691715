import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MailchimpTags } from '../content/index.ts'

/** Merge tags of the audience at Mailchimp, by our names; undefined while none is connected. */
export async function findMailchimpTags(db: DbOrTx): Promise<MailchimpTags | undefined> {
  const row = await db.selectFrom('mailchimp_audience').select('fields').executeTakeFirst()
  return row && (row.fields as MailchimpTags)
}
