import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'

/** `unknown`: it may well be there, but does not show itself to a program. */
export type LinkState = 'alive' | 'dead' | 'unknown'

export interface LinkCheck {
  url: string
  state: LinkState
  /** Of its answer, when there was one. */
  status: number | null
  /** What was found, to follow the address in a sentence: "answered 404". */
  words: string
  octets: number | null
  checked_at: Date
}

export async function listLinkChecks(db: DbOrTx, urls: readonly string[]): Promise<LinkCheck[]> {
  if (urls.length === 0) return []
  const { rows } = await sql<LinkCheck>`
    select url, state, status, words, octets, checked_at from link_checks where url = any(${urls}::text[])`.execute(db)
  return rows
}

/** The last look counts. */
export async function recordLinkCheck(db: DbOrTx, check: LinkCheck): Promise<void> {
  const { url: _, ...found } = check
  await db
    .insertInto('link_checks')
    .values(check)
    .onConflict((known) => known.column('url').doUpdateSet(found))
    .execute()
}
