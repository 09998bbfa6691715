import { parseAddress } from '../../../lib/address.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type Member, memberHash } from '../../../platform/mailchimp/index.ts'
import { TAKEN_FIELDS } from '../back/accept.ts'
import { lockPeople } from '../back/take-queries.ts'
import { desiredOf } from './desired.ts'
import { listOwners, recordAbsent } from './member-queries.ts'
import { BELIEVED_MS, noteMembers, type Reading } from './note.ts'
import { listMirroredPeople } from './people-queries.ts'
import { retried } from './retried.ts'
import { decide, type MemberRow } from './rules.ts'
import type { SyncRun } from './run.ts'
import { type News, settleNews } from './settle.ts'

export interface WholeReading {
  began_at: Date
  /** Contacts that are no people of ours. */
  others_there: number
}

/**
 * Reads everybody who is there, page by page: our people are noted, with what is news of them; others are counted. Begun and
 * not ended, what was read stands, and whoever was not seen is not taken for gone.
 */
export async function readEverybody(run: SyncRun, progress: (read: number) => void): Promise<WholeReading> {
  const { db, clock, mailchimp, audience } = run
  const began_at = clock.now()
  const pages = mailchimp.eachMember(audience.list_id)
  const others = new Set<string>()
  let read = 0
  for (;;) {
    await run.check()
    const at = clock.now()
    const { done, value: page } = await pages.next()
    if (done) break
    await notePage(run, page, at, others)
    read += page.length
    progress(read)
  }
  await recordAbsent(db, { began_at, believed_since: new Date(began_at.getTime() - BELIEVED_MS) })
  return { began_at, others_there: others.size }
}

async function notePage(run: SyncRun, page: readonly Member[], at: Date, others: Set<string>): Promise<void> {
  const hashes = page.map((member) => [member.id, keptHashOf(member)] as const)
  const owners = new Map((await listOwners(run.db, hashes.flat())).map((owner) => [owner.hash, owner]))
  const kept = new Map(hashes)
  const readings = page.flatMap((member) => {
    const owner = owners.get(member.id) ?? owners.get(kept.get(member.id) as string)
    if (owner) return [{ member, person_id: owner.person_id, is_erased: owner.is_erased }]
    if (member.status !== 'archived') others.add(member.id)
    return []
  })
  if (readings.length === 0) return
  const told = await retried(() => run.db.transaction().execute((tx) => noteReadings(tx, run, readings, at)))
  run.tally.taken += told.taken
  run.tally.clashes += told.clashes
  run.tally.stopped += told.stopped
}

async function noteReadings(tx: DbOrTx, run: SyncRun, readings: readonly Reading[], at: Date): Promise<News> {
  const rows = await noteMembers(tx, run.reader, readings, at)
  const news = rows.filter((row) => row.person_id !== null && mayBeNews(row))
  const ids = news.map(({ person_id }) => person_id as number)
  // Or somebody's edit of this second would be overwritten, and no clash be told.
  await lockPeople(tx, ids)
  const people = await listMirroredPeople(tx, { ids: [...new Set(ids)] }, run.audience.states)
  const byId = new Map(people.map((person) => [person.person_id, person]))
  const decided = news.map((member) => {
    const person = byId.get(member.person_id as number)
    const desired = person?.hash === member.hash ? desiredOf(person) : ({ want: 'away' } as const)
    return { person_id: member.person_id, member, decision: decide({ desired, member }) }
  })
  return settleNews(tx, decided, at)
}

/** The name of the contact as we keep its address: there a domain stands as it was typed, with us in A-labels. */
function keptHashOf({ id, email_address }: Member): string {
  if (!/[^\0-\x7f]/.test(email_address)) return id
  const parsed = parseAddress(email_address)
  return parsed.ok ? memberHash(parsed.address) : id
}

/** Whom it is worth to decide at once: they left, or something that people change there is not as it was agreed. */
function mayBeNews({ status, seen_status, fields, agreed }: MemberRow): boolean {
  if (status !== seen_status && (status === 'unsubscribed' || status === 'cleaned')) return true
  return TAKEN_FIELDS.some((field) => agreed[field] !== undefined && agreed[field] !== fields[field])
}
