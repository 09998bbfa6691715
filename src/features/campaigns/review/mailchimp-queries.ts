import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MailchimpTags } from '../content/index.ts'

/** Merge tags of the audience at Mailchimp, by our names; undefined before its first sync was begun. */
export async function findMailchimpTags(db: DbOrTx): Promise<MailchimpTags | undefined> {
  const row = await db
    .selectFrom('mailchimp_audience')
    .select('fields')
    .where('begun_at', 'is not', null)
    .executeTakeFirst()
  return row && (row.fields as MailchimpTags)
}
