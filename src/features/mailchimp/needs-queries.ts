import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** What of Mailchimp needs a person. */
export interface MailchimpNeeds {
  /** Why the last work with the audience failed; null while all is well. */
  trouble: { words: string; at: Date } | null
  /** Contacts of which nobody has said that they may stay as they are; counted no further than MOST. */
  to_see_to: number
  /** Campaigns of which something could not be handed over. */
  failed: { campaign_id: number; subject: string; words: string | null }[]
}

/** So many are counted, and one more that says that there are others. */
export const MOST_TROUBLES = 1000
const MOST_FAILED = 5

/** For Home: bounded however many people there are. */
export async function readMailchimpNeeds(db: DbOrTx): Promise<MailchimpNeeds> {
  const [{ rows: audience }, { rows: failed }] = await Promise.all([
    sql<{ trouble_words: string | null; trouble_at: Date | null; to_see_to: number }>`
      select a.trouble_words, a.trouble_at, (select count(*) from (
        select from mailchimp_members m join people p on p.id = m.person_id
        where m.trouble is not null and m.left_at is null and p.erased_at is null limit ${MOST_TROUBLES + 1}
      ) bounded)::int as to_see_to
      from mailchimp_audience a`.execute(db),
    sql<MailchimpNeeds['failed'][number]>`
      select c.id as campaign_id, coalesce(v.subject, '') as subject, min(m.words) as words
      from mailchimp_campaigns m join campaigns c on c.id = m.campaign_id
      left join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
      where m.state = 'failed' and c.state not in ('cancelled', 'done')
      group by c.id, v.subject order by c.id desc limit ${MOST_FAILED}`.execute(db),
  ])
  const { trouble_words = null, trouble_at = null, to_see_to = 0 } = audience[0] ?? {}
  const trouble = trouble_words === null || trouble_at === null ? null : { words: trouble_words, at: trouble_at }
  return { trouble, to_see_to, failed }
}
