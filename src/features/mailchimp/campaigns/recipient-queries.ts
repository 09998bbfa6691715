import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** Who was left out before it was frozen was never given the tag. */
const LEFT_OUT = sql`not d.is_test and (d.state = 'cancelled' or d.skipped_reason = 'not_in_mailchimp')`
const THEIRS = sql`not d.is_test and d.state = 'held' and d.held_reason = 'mailchimp'`

/**
 * Settles who of a language is handed over: their primary address as it is now, which is the one that the audience has, and
 * leaves out who is not subscribed there.
 */
export async function settleRecipients(tx: DbOrTx, campaign_id: number, language: string): Promise<void> {
  await sql`update deliveries d
    set address = a.address, domain = lower(split_part(a.address, '@', 2)), updated_at = clock_timestamp()
    from addresses a
    where d.campaign_id = ${campaign_id} and d.language = ${language} and ${THEIRS}
      and a.person_id = d.person_id and a.is_primary and a.address is distinct from d.address`.execute(tx)
  await sql`update deliveries d
    set state = 'skipped', skipped_reason = 'not_in_mailchimp', held_reason = null, updated_at = clock_timestamp()
    where d.campaign_id = ${campaign_id} and d.language = ${language} and ${THEIRS}
      and not exists (
        select from mailchimp_members m
        where m.hash = md5(lower(d.address)) and m.person_id = d.person_id and m.status = 'subscribed')`.execute(tx)
}

/** Recipients of whom the audience may not have what we want there: not written yet, or not since its fields are others. */
export async function listOutOfStep(db: DbOrTx, campaign_id: number): Promise<number[]> {
  const { rows } = await sql<{ person_id: number }>`
    select d.person_id from deliveries d
    where d.campaign_id = ${campaign_id} and ${THEIRS} and not exists (
      select from mailchimp_members m where m.person_id = d.person_id and m.digest is not null)
    order by 1`.execute(db)
  return rows.map((row) => row.person_id)
}

/** Addresses that settleRecipients will leave for others. */
export async function listOldAddresses(db: DbOrTx, campaign_id: number, language: string): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select d.address from deliveries d join addresses a on a.person_id = d.person_id and a.is_primary
    where d.campaign_id = ${campaign_id} and d.language = ${language} and ${THEIRS} and a.address is distinct from d.address
      and d.address is not null
    order by d.id`.execute(db)
  return rows.map((row) => row.address)
}

export async function countRecipients(db: DbOrTx, campaign_id: number, language: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from deliveries d
    where d.campaign_id = ${campaign_id} and d.language = ${language} and ${THEIRS}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Those of them whose merge fields there tell of another round. */
export async function countOfOtherRound(
  db: DbOrTx,
  { campaign_id, language, round_code }: { campaign_id: number; language: string; round_code: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from deliveries d join mailchimp_members m on m.hash = md5(lower(d.address))
    where d.campaign_id = ${campaign_id} and d.language = ${language} and ${THEIRS}
      and m.fields ->> 'round' is distinct from ${round_code}`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Addresses of a language, so many at a time: of those who get it, or of those who were left out or cancelled after they may
 * have been given the tag.
 */
export async function* eachAddresses(
  db: DbOrTx,
  { campaign_id, language, who, count }: { campaign_id: number; language: string; who: 'in' | 'out'; count: number },
): AsyncGenerator<string[]> {
  let after = 0
  for (;;) {
    const { rows } = await sql<{ id: number; address: string }>`
      select d.id, d.address from deliveries d
      where d.campaign_id = ${campaign_id} and d.language = ${language} and d.id > ${after}
        and ${who === 'in' ? THEIRS : LEFT_OUT}
        and d.address is not null
      order by d.id limit ${count}`.execute(db)
    if (rows.length > 0) yield rows.map((row) => row.address)
    if (rows.length < count) return
    after = rows.at(-1)?.id as number
  }
}
