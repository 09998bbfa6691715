import { createHash } from 'node:crypto'
import type { MemberStatus } from '../../../platform/mailchimp/shapes.ts'
import { acceptFromThere, TAKEN_FIELDS, type TakenField } from '../back/accept.ts'
import type { NewClash } from '../back/clash-queries.ts'
import { FIELDS, type Fields, fieldValue, sameTag } from './fields.ts'

/** A person who is to be in the audience, and how. */
export interface Present {
  want: 'there'
  /** The primary address; its contact is the mirror. */
  address: string
  /** MD5 of it: how Mailchimp names the contact. */
  hash: string
  /** As they are to stand there: see `fieldValue`. */
  fields: Fields
  /** Tags of ours, in order. */
  tags: readonly string[]
  /** When the person's row last changed. */
  updated_at: Date
}

/**
 * What we want of one contact. `away`: nothing of ours keeps it there; `stopped`: it must not be mailed, whoever's it is;
 * `erased`: its person was forgotten.
 */
export type Desired = Present | { want: 'away' | 'stopped' | 'erased' }

export type Trouble =
  | 'compliance'
  | 'unsubscribed'
  | 'cleaned'
  | 'pending'
  | 'refused'
  | 'archived_there'
  | 'address_changed'

/** A contact as we last read or wrote it. */
export interface MemberRow {
  hash: string
  person_id: number | null
  address: string
  /** 'absent': it was there and is no longer, or Mailchimp refused it. */
  status: MemberStatus | 'absent'
  /**
   * The status that was noted before this reading; as `status` when nothing was read anew, null when it was not known at
   * all. Only what differs from it is news: a person who came back here stays back.
   */
  seen_status: MemberStatus | 'absent' | null
  fields: Partial<Fields>
  /** Of ours alone. */
  tags: readonly string[]
  /** The fields when both sides last agreed. */
  agreed: Partial<Fields>
  /** Added or removed by us: may be archived and added again. Others' contacts only lose our tags. */
  is_ours: boolean
  /** Of what was wanted when it was last taken or refused. */
  digest: string | null
  changed_there_at: Date | null
  read_at: Date | null
  written_at: Date | null
  trouble: Trouble | null
  left_at: Date | null
}

/** What is to be done about one contact. */
export interface Decision {
  write: 'add' | 'change' | 'none'
  /** All of our fields as they are to stand there, with what is taken over; what `write` writes. */
  fields: Partial<Fields>
  tags_add: string[]
  tags_remove: string[]
  remove: 'archive' | 'delete' | 'none'
  /** What was changed there and is taken over here. */
  take: Partial<Record<TakenField, string>>
  clashes: NewClash[]
  /** They left or were cleaned there, and this is news. */
  stop: 'unsubscribed' | 'cleaned' | null
  /** What stands for a person to see to, after this. */
  trouble: Trouble | null
}

const NOTHING: Decision = {
  ...{ write: 'none', fields: {}, tags_add: [], tags_remove: [], remove: 'none' },
  ...{ take: {}, clashes: [], stop: null, trouble: null },
}

/**
 * The heart of the mirror. Pure: decided again after it was done, it says nothing.
 * - Never a status for a contact that is there, so nobody who left is brought back.
 * - Never both written and removed.
 * - Tags that are not ours are not in `member`, so they are never touched.
 * @param input.member the contact; null when none is known
 */
export function decide({ desired, member }: { desired: Desired; member: MemberRow | null }): Decision {
  // Somebody typed another address there: a person says whether it is theirs.
  const kept = member?.trouble === 'address_changed' ? ('address_changed' as const) : null
  const nothing = { ...NOTHING, trouble: kept }
  if (desired.want === 'erased') return member && mayBeThere(member) ? { ...NOTHING, remove: 'delete' } : NOTHING
  const left = member && leftAs(member)
  if (left) {
    if (member.seen_status !== left) return { ...nothing, stop: left }
    // Of an address that Mailchimp gave up, staff may know a better one.
    const mayBeMended = desired.want === 'there' || (desired.want === 'stopped' && left === 'cleaned')
    return mayBeMended ? { ...nothing, trouble: left } : nothing
  }
  if (desired.want !== 'there') return decideAway(desired.want, member, nothing)
  if (!member || member.status === 'absent' || member.status === 'archived')
    return decideAbsent(desired, member, nothing)
  return decidePresent(desired, member, nothing)
}

/** Whether there is nothing to do: what a person must see to is not something to do. */
export function isInStep(decision: Decision): boolean {
  const { write, remove, stop, tags_add, tags_remove, clashes, take } = decision
  const lists = [tags_add, tags_remove, clashes, Object.keys(take)]
  return write === 'none' && remove === 'none' && stop === null && lists.every(({ length }) => length === 0)
}

/** We were about to add it, and know of no answer: it may be there. */
export const isIntended = ({ status, is_ours, written_at }: Pick<MemberRow, 'status' | 'is_ours' | 'written_at'>) =>
  status === 'absent' && is_ours && written_at === null

const mayBeThere = (member: MemberRow) => member.status !== 'absent' || isIntended(member)

/** Stands for a digest while we take a contact out: what is wanted then is that it is not there. */
export const LEAVING = 'leaving'

/** Of what is wanted of a contact: what Mailchimp refused is not tried again before it changes. */
export function digestOf({ address, fields, tags }: Pick<Present, 'address' | 'fields' | 'tags'>): string {
  const said = JSON.stringify([address, FIELDS.map((field) => fields[field]), [...tags].sort()])
  return createHash('sha256').update(said).digest('base64url').slice(0, 22)
}

/**
 * The fields on which both sides agree once what `decision` takes over and the clashes it names are noted: then the rest is
 * ours to write, and nothing is taken or told of twice.
 */
export function agreedAfter(member: MemberRow, decision: Decision): Partial<Fields> {
  const settled = new Set<string>([...Object.keys(decision.take), ...decision.clashes.map(({ field }) => field)])
  const agreed = { ...member.agreed }
  for (const field of FIELDS) {
    const theirs = member.fields[field]
    if (theirs === undefined) continue
    if (settled.has(field) || theirs === decision.fields[field]) agreed[field] = theirs
  }
  return agreed
}

const leftAs = ({ status }: MemberRow) => (status === 'unsubscribed' || status === 'cleaned' ? status : null)

function decideAway(want: 'away' | 'stopped', member: MemberRow | null, nothing: Decision): Decision {
  if (!member || member.status === 'archived' || !mayBeThere(member)) return nothing
  // Who only bought something there gets no campaigns; they are others'.
  const mayBeMailed = member.status !== 'transactional'
  if (member.is_ours || (want === 'stopped' && mayBeMailed)) return { ...nothing, remove: 'archive' }
  return { ...nothing, tags_remove: [...member.tags] }
}

function decideAbsent(desired: Present, member: MemberRow | null, nothing: Decision): Decision {
  if (nothing.trouble !== null) return nothing
  if (member?.status === 'archived' && !member.is_ours) return { ...nothing, trouble: 'archived_there' }
  if (member && isRefused(member, desired)) return { ...nothing, trouble: member.trouble }
  const { fields, tags } = desired
  // An archived contact keeps its tags.
  const old = member?.status === 'archived' ? member.tags : []
  return { ...nothing, write: 'add', fields, tags_add: [...tags], tags_remove: without(old, tags) }
}

function decidePresent(desired: Present, member: MemberRow, nothing: Decision): Decision {
  const { fields, take, clashes } = mergeBothSides(desired, member)
  const differs = FIELDS.some((field) => fields[field] !== member.fields[field])
  const refused = isRefused(member, desired)
  const pending = member.status === 'pending' || member.status === 'transactional' ? ('pending' as const) : null
  return {
    ...nothing,
    ...{ take, clashes, fields },
    write: differs && !refused ? 'change' : 'none',
    tags_add: without(desired.tags, member.tags),
    tags_remove: without(member.tags, desired.tags),
    trouble: nothing.trouble ?? (differs && refused ? member.trouble : pending),
  }
}

const isRefused = (member: MemberRow, desired: Present) =>
  (member.trouble === 'refused' || member.trouble === 'compliance') && member.digest === digestOf(desired)

function without(tags: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others.map(sameTag))
  return tags.filter((tag) => !known.has(sameTag(tag)))
}

/** Three-way: only what somebody changed since both sides agreed is a change. */
function mergeBothSides(desired: Present, member: MemberRow) {
  const fields = { ...desired.fields }
  const take: Decision['take'] = {}
  const clashes: NewClash[] = []
  for (const field of TAKEN_FIELDS) {
    const [agreed, ours, theirs] = [member.agreed[field], desired.fields[field], member.fields[field]]
    // Never agreed: a contact that others made, or one of before the connection. What is ours stands.
    if (agreed === undefined || theirs === undefined || theirs === ours || theirs === agreed) continue
    // What cannot stand here is no change, nor is nothing: a field that was made anew there is empty for everybody.
    const accepted = theirs === '' ? undefined : acceptFromThere(field, theirs)
    if (accepted === undefined || fieldValue(accepted) === ours) continue
    if (ours === agreed) {
      take[field] = accepted
      fields[field] = fieldValue(accepted)
      continue
    }
    const theirs_at = member.changed_there_at ?? desired.updated_at
    const kept = theirs_at > desired.updated_at ? 'theirs' : 'ours'
    clashes.push({ field, agreed, ours, theirs, ours_at: desired.updated_at, theirs_at, kept })
    if (kept === 'theirs') fields[field] = fieldValue(accepted)
  }
  return { fields, take, clashes }
}
