import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Member } from '../../../platform/mailchimp/shapes.ts'
import { getAudience } from '../connection/audience.ts'
import { knownTags } from './desired.ts'
import { type FieldTags, fromMergeFields, ownTags } from './fields.ts'
import { lockMembers, recordReadings } from './member-queries.ts'
import { listRoundCodes } from './people-queries.ts'
import { isIntended, LEAVING, type MemberRow } from './rules.ts'

/** A tag or a contact that was just written may not be seen for minutes: what was taken is believed for so long. */
export const BELIEVED_MS = 10 * 60_000

/** What a reading is understood by. */
export interface Reader {
  fields: FieldTags
  /** Tags that may be ours, as `sameTag`. */
  known: ReadonlySet<string>
}

/** @throws Conflict `mailchimp_not_connected` */
export async function openReader(db: DbOrTx): Promise<Reader> {
  const { fields } = await getAudience(db)
  return { fields, known: knownTags(await listRoundCodes(db)) }
}

export interface Reading {
  member: Member
  /** Null: the person is gone here. */
  person_id: number | null
  /** Nothing is kept of it: the person was erased. */
  is_erased?: boolean
}

/**
 * Notes contacts as they were read, in the caller's transaction; their rows are locked until its end. Returns the rows with
 * what was noted before (`seen_status`), in the order of the readings: `decide` tells what is news. A row that was read or
 * written after `at` stays as it is, and says nothing new.
 * @param at before the request of the reading was made
 */
export async function noteMembers(
  tx: DbOrTx,
  reader: Reader,
  readings: readonly Reading[],
  at: Date,
): Promise<MemberRow[]> {
  const before = new Map(
    (
      await lockMembers(
        tx,
        readings.map(({ member }) => member.id),
      )
    ).map((row) => [row.hash, row]),
  )
  const rows = readings.map((reading) => rowOf(reader, reading, before.get(reading.member.id), at))
  await recordReadings(
    tx,
    rows.filter(({ read_at }) => read_at === at),
  )
  return rows
}

/** One of them. @throws Conflict `mailchimp_not_connected` */
export async function noteMember(
  tx: DbOrTx,
  member: Member,
  { person_id, at }: { person_id: number; at: Date },
): Promise<MemberRow> {
  const [row] = await noteMembers(tx, await openReader(tx), [{ member, person_id }], at)
  return row as MemberRow
}

function rowOf(reader: Reader, reading: Reading, before: MemberRow | undefined, at: Date): MemberRow {
  if (before && isLater(before, at)) return before
  const { member, person_id, is_erased = false } = reading
  const fields = is_erased ? {} : fromMergeFields(member.merge_fields, reader.fields)
  const isBelieved = before?.written_at != null && at.getTime() - before.written_at.getTime() < BELIEVED_MS
  const read = {
    ...{ hash: member.id, person_id, status: member.status, fields },
    address: is_erased ? '' : member.email_address,
    tags: isBelieved ? before.tags : ownTags(member.tags, reader.known),
    changed_there_at: member.last_changed,
    read_at: at,
  }
  if (!before) return { ...NEW, ...read, seen_status: null }
  return { ...before, ...read, seen_status: before.status, is_ours: isStillOurs(before, read) }
}

const NEW = {
  ...{ agreed: {}, is_ours: false, digest: null, written_at: null, trouble: null, left_at: null },
} satisfies Partial<MemberRow>

const isLater = ({ read_at, written_at }: MemberRow, at: Date) =>
  (read_at !== null && read_at > at) || (written_at !== null && written_at > at)

function isStillOurs(before: MemberRow, read: Pick<MemberRow, 'status' | 'fields'>): boolean {
  // Taken out by others: only a person puts it in again. Not so where we were about to, and never had the answer.
  if (read.status === 'archived' && before.status !== 'archived') return before.digest === LEAVING
  // We were about to add it and never had the answer: it is ours when it has what only we write. Not the very fields that we
  // wrote: the person may have been changed here since.
  if (isIntended(before) && read.status !== 'archived') return Boolean(read.fields.round && read.fields.state)
  return before.is_ours
}
