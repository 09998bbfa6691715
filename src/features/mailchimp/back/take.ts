import type { DbOrTx } from '../../../platform/db/open.ts'
import { insertAuditEntry, recordAuditStatus } from '../../../platform/http/audit-queries.ts'
import { recordDecision } from '../../consents/index.ts'
import { type PersonChange, updatePerson } from '../../people/index.ts'
import { acceptFromThere, TAKEN_FIELDS, type TakenField } from './accept.ts'
import { insertClashes, type NewClash } from './clash-queries.ts'
import { findReturn, listAddressesOf, listAddressesOfContact, lockPerson, stopAddresses } from './take-queries.ts'

export type { NewClash } from './clash-queries.ts'

/** Who stops mail and changes people by this, in suppressions, consents and the activity log. */
const SOURCE = 'mailchimp'
/** What the person read there nobody here knows. */
const UNSUBSCRIBED_WORDING = 'Unsubscribed in Mailchimp'

export interface FromThere {
  person_id: number
  /** MD5 of the contact's address in lower case. */
  member_hash: string
  take: Partial<Record<TakenField, string>>
  clashes: readonly NewClash[]
  stop: 'unsubscribed' | 'cleaned' | null
  /** Why they left or were cleaned, in Mailchimp's word: 'abuse' is a complaint. */
  reason?: string | null | undefined
  /** When it was done there, or else when it was seen. */
  at: Date
}

export interface Taken {
  /** Our fields that have another value now. */
  changed: TakenField[]
  /** Mail is stopped that was not stopped for this before. */
  stopped: boolean
}

/**
 * Takes over here what was done there, in the caller's transaction: names and language, clashes as rows for a person to
 * see, and what stops mail. Done twice it changes nothing more. Of a person who was erased nothing is taken. What cannot
 * stand here, such as a name with a link in it, is left out.
 */
export async function takeFromThere(tx: DbOrTx, input: FromThere): Promise<Taken> {
  // The person first, then what stops mail to them: in one order, whoever decides (consents).
  const person = await lockPerson(tx, input.person_id)
  if (!person) return { changed: [], stopped: false }
  const changed = await takeFields(tx, input, person)
  await insertClashes(tx, input)
  return { changed, stopped: await takeStop(tx, input) }
}

async function takeFields(
  tx: DbOrTx,
  { person_id, take, clashes }: FromThere,
  person: Record<TakenField, string>,
): Promise<TakenField[]> {
  const won = clashes.filter(({ kept }) => kept === 'theirs').map(({ field, theirs }) => [field, theirs])
  const wanted: Record<string, string | undefined> = { ...Object.fromEntries(won), ...take }
  const change: PersonChange = {}
  for (const field of TAKEN_FIELDS) {
    const given = wanted[field]
    const value = given === undefined ? undefined : acceptFromThere(field, given)
    if (value !== undefined && value !== person[field]) change[field] = value
  }
  const changed = TAKEN_FIELDS.filter((field) => change[field] !== undefined)
  if (changed.length > 0) await changePerson(tx, person_id, change)
  return changed
}

/** As the console does it, with its entry in the activity log. */
async function changePerson(tx: DbOrTx, id: number, change: PersonChange): Promise<void> {
  await updatePerson({ db: tx }, { id, change })
  await recordDoing(tx, { did: 'Take over a change from Mailchimp', person_id: id })
}

/** In the activity log: what was done by Mailchimp's word, and to whom; never what was written. */
async function recordDoing(tx: DbOrTx, { did, person_id }: { did: string; person_id: number }): Promise<void> {
  const id = await insertAuditEntry(tx, {
    ...{ actor: SOURCE, actor_name: 'Mailchimp', role: '', did },
    ...{ route: 'PATCH /people/:id', params: { id: person_id } },
  })
  await recordAuditStatus(tx, id, 200)
}

async function takeStop(tx: DbOrTx, { person_id, member_hash, stop, reason, at }: FromThere): Promise<boolean> {
  if (stop === null) return false
  if (reason === 'abuse') {
    // As every complaint: no more of our mail, at any address.
    const addresses = await listAddressesOf(tx, person_id)
    const contact = await listAddressesOfContact(tx, { person_id, hash: member_hash })
    const stopped = await stopAddresses(tx, {
      addresses: [...addresses, ...contact],
      reason: 'complaint',
      source: SOURCE,
    })
    return stopped > 0
  }
  if (stop === 'cleaned') {
    const addresses = await listAddressesOfContact(tx, { person_id, hash: member_hash })
    return (await stopAddresses(tx, { addresses, reason: 'hard_bounce', source: SOURCE })) > 0
  }
  // Told late: they have come back since.
  const returned = await findReturn(tx, person_id)
  if (returned && returned > at) return false
  return recordDecision(tx, {
    ...{ person_id, purpose: 'programme_mail', given: false, at },
    ...{ wording: UNSUBSCRIBED_WORDING, language: 'en', source: SOURCE },
  })
}
