import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import type { DeliveryState } from './delivery-queries.ts'

export interface MailOfPerson {
  id: number
  campaign_id: number
  /** Null for staff's own mail. */
  round_code: string | null
  kind: string
  /** In the version and language that they got. */
  subject: string | null
  address: string | null
  state: DeliveryState
  skipped_reason: string | null
  held_reason: string | null
  due_at: Date
  accepted_at: Date | null
  updated_at: Date
  tries: number
  /** The server's last words; null when there was no dialogue. */
  words: string | null
}

/** Every mail of a person, the newest first; test emails are nobody's. @param before `next` of the page before */
export async function listDeliveriesOfPerson(
  db: Db,
  input: { person_id: number; before: number | undefined; limit: number },
): Promise<{ items: MailOfPerson[]; next: number | null }> {
  const { person_id, before = Number.MAX_SAFE_INTEGER, limit } = input
  const { rows } = await sql<MailOfPerson>`
    select d.id, d.campaign_id, r.code as round_code, c.kind, v.subject, d.address, d.state, d.skipped_reason,
      d.held_reason, d.due_at, d.accepted_at, d.updated_at, d.tries, last.words
    from deliveries d
    join campaigns c on c.id = d.campaign_id
    left join rounds r on r.id = c.round_id
    left join campaign_variants v on v.campaign_id = d.campaign_id and v.version = d.version and v.language = d.language
    left join attempts last on last.id = d.attempt_id
    where d.person_id = ${person_id} and not d.is_test and d.id < ${before}
    order by d.id desc limit ${limit + 1}`.execute(db)
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
