import { sql } from 'kysely'
import { isUniqueViolation } from '../../../platform/db/faults.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** The subject in the campaign's own language, and which topic of its round it is; undefined when it has a name already. */
export async function findSubjectForSlug(
  tx: DbOrTx,
  campaignId: number,
): Promise<{ subject: string; number: number } | undefined> {
  const { rows } = await sql<{ subject: string; number: number }>`
    select v.subject, (
      select count(*) + 1 from campaigns other where other.round_id = c.round_id and other.kind = 'topic' and other.slug is not null
    ) as number
    from campaigns c
    join campaign_variants v on v.campaign_id = c.id and v.version = c.version and v.language = c.language
    where c.id = ${campaignId} and c.slug is null`.execute(tx)
  return rows[0]
}

/** False when another campaign of the round has this name; the transaction goes on all the same. */
export async function takeSlug(tx: DbOrTx, campaignId: number, slug: string): Promise<boolean> {
  await sql`savepoint slug`.execute(tx)
  try {
    await tx.updateTable('campaigns').set({ slug }).where('id', '=', campaignId).execute()
    await sql`release savepoint slug`.execute(tx)
    return true
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await sql`rollback to savepoint slug`.execute(tx)
    return false
  }
}
