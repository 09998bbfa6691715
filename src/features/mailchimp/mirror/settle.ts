import type { DbOrTx } from '../../../platform/db/open.ts'
import { takeFromThere } from '../back/take.ts'
import { FIELDS } from './fields.ts'
import { recordAgreed } from './member-queries.ts'
import { agreedAfter, type Decision, type MemberRow } from './rules.ts'

export interface Decided {
  person_id: number | null
  member: MemberRow
  decision: Decision
}

export interface News {
  /** Fields taken over here. */
  taken: number
  clashes: number
  stopped: number
}

/**
 * Takes over here what is news from there, in the transaction that noted it: told of once, however often it is read.
 * @param at when it was seen; what Mailchimp says of its time goes before
 */
export async function settleNews(tx: DbOrTx, decided: readonly Decided[], at: Date): Promise<News> {
  const news = { taken: 0, clashes: 0, stopped: 0 }
  const inOrder = [...decided].sort((one, other) => (one.person_id ?? 0) - (other.person_id ?? 0))
  for (const { person_id, member, decision } of inOrder) {
    const { take, clashes, stop } = decision
    if (person_id === null) continue
    if (!isNews(decision)) continue
    // Few have news, and each is decided with its own locks.
    const when = member.changed_there_at ?? at
    await takeFromThere(tx, { person_id, member_hash: member.hash, take, clashes, stop, at: when })
    news.taken += Object.keys(take).length
    news.clashes += clashes.length
    if (stop !== null) news.stopped++
  }
  const agreed = decided.flatMap(({ member, decision }) => {
    const after = agreedAfter(member, decision)
    return FIELDS.every((field) => after[field] === member.agreed[field]) ? [] : [{ hash: member.hash, agreed: after }]
  })
  await recordAgreed(tx, agreed)
  return news
}

/** Whether something was done there that concerns us here. */
export function isNews({ take, clashes, stop }: Decision): boolean {
  return Object.keys(take).length > 0 || clashes.length > 0 || stop !== null
}
