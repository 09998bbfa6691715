import { getInboxItem, type InboxItem } from '../../features/inbox/index.ts'
import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { itemHref } from './inbox-query.ts'
import { writerOf } from './present-list.ts'
import { sayDecided } from './words.ts'

/** What the last button did, said on the page that comes after it, with the way back. */
export interface Decided {
  words: string
  href: string
  name: string
}

/** @param id of the address; null for one that is not there */
export async function findDecided(deps: { db: Db }, id: number | undefined): Promise<Decided | null> {
  if (id === undefined) return null
  try {
    const item: InboxItem = await getInboxItem(deps, { id })
    return { words: sayDecided(item), href: itemHref(id), name: writerOf(item) }
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}
