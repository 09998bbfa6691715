import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** What of Mailchimp needs a person. */
export interface MailchimpNeeds {
  /** Why the last work with the audience failed; null while all is well. */
  trouble: { words: string; at: Date } | null
  /** An audience is connected, and nothing of people is written there before somebody begins. */
  waits_to_begin: boolean
  /** Contacts of which nobody has said that they may stay as they are; counted no further than MOST. */
  to_see_to: number
  /** Campaigns of which something could not be handed over, or, cancelled here, could not be had back. */
  failed: { campaign_id: number; subject: string; words: string | null; is_cancelled: boolean }[]
}

/** So many are counted, and one more that says that there are others. */
export const MOST_TROUBLES = 1000
const MOST_FAILED = 5

/** For Home: bounded however many people there are. */
export async function readMailchimpNeeds(db: DbOrTx): Promise<MailchimpNeeds> {
  const [{ rows: audience }, { rows: failed }] = await Promise.all([
    sql<{ trouble_words: string | null; trouble_at: Date | null; begun_at: Date | null; to_see_to: number }>`
      select a.trouble_words, a.trouble_at, a.begun_at, (select count(*) from (
        select from mailchimp_members m join people p on p.id = m.person_id
        where m.trouble is not null and m.left_at is null and p.erased_at is null limit ${MOST_TROUBLES + 1}
      ) bounded)::int as to_see_to
      from mailchimp_audience a`.execute(db),
    sql<MailchimpNeeds['failed'][number]>`
      select c.id as campaign_id, coalesce(v.subject, '') as subject, min(m.words) as words, c.state = 'cancelled' as is_cancelled
      from mailchimp_campaigns m join campaigns c on c.id = m.campaign_id
      left join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
      -- or it was cancelled here, and Mailchimp does not give it back
      where (m.state = 'failed' and c.state not in ('cancelled', 'done'))
        or (c.state = 'cancelled' and m.state in ('making', 'ready', 'scheduled', 'sending', 'failed') and m.words is not null)
      group by c.id, v.subject order by c.id desc limit ${MOST_FAILED}`.execute(db),
  ])
  const { trouble_words = null, trouble_at = null, to_see_to = 0 } = audience[0] ?? {}
  const trouble = trouble_words === null || trouble_at === null ? null : { words: trouble_words, at: trouble_at }
  const waits_to_begin = audience[0]?.begun_at === null
  return { trouble, waits_to_begin, to_see_to, failed }
}
