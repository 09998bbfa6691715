import { isObject, type Json, listOf, objectOf, oneOf, textOf, timeIn, wordsIn } from './answers.ts'
import { isCompliance, isFault } from './faults.ts'
import { eachMemberPage } from './member-pages.ts'
import { allOf } from './pages.ts'
import type { Mailchimp, Member, MemberChange, MemberRefused, MembersWritten, NewMember } from './shapes.ts'
import type { Vendor } from './vendor.ts'
import { memberHash, quote, sinceWords } from './words.ts'

const MOST_MEMBERS = 500
const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] as const
const FIELDS = ['id', 'email_address', 'status', 'merge_fields', 'tags', 'tags_count', 'last_changed']
/** Fields that an audience of others' requires are no reason to refuse our contacts: we cannot know them. */
const LENIENT = { skip_merge_validation: true }
/** Their clock and ours may differ by so much. */
const CLOCKS_APART_MS = 5 * 60_000

/** Contacts: reading, writing, taking out. */
export function memberCalls({ lists }: Vendor) {
  async function findMember(list_id: string, hash: string): Promise<Member | undefined> {
    try {
      return await withTags(list_id, objectOf(await lists.getListMember(list_id, hash, { fields: FIELDS }), 'member'))
    } catch (error) {
      if (isFault(error, 'mailchimp_missing')) return undefined
      throw error
    }
  }

  /** A contact is shown with 50 of its tags at most. */
  async function withTags(list_id: string, row: Json): Promise<Member> {
    const member = readMember(row)
    if (typeof row.tags_count !== 'number' || row.tags_count <= member.tags.length) return member
    const fields = ['tags.name', 'total_items']
    const tags = await allOf((page) => lists.getListMemberTags(list_id, member.id, { ...page, fields }), 'tags')
    return { ...member, tags: tags.map((tag) => textOf(tag.name, 'name of a tag')) }
  }

  async function* eachMember(list_id: string, wanted: { since?: Date } = {}): AsyncGenerator<Member[]> {
    const fields = [...FIELDS.map((field) => `members.${field}`), 'total_items']
    const pages = (about: { status?: string; since: Date | undefined }) =>
      eachMemberPage((page) =>
        lists.getListMembersInfo(list_id, {
          ...page,
          fields,
          sort_field: 'timestamp_opt',
          sort_dir: 'ASC',
          status: about.status,
          since_last_changed: about.since && sinceWords(about.since),
        }),
      )
    const began = Date.now()
    for await (const page of pages({ since: wanted.since })) yield await withAllTags(page)
    // Archived ones are left out unless they are asked for by name.
    let someArchived = false
    for await (const page of pages({ status: 'archived', since: wanted.since })) {
      someArchived = true
      yield await withAllTags(page)
    }
    // Whoever was archived while the others were read, and back before the archived ones were.
    if (someArchived) {
      const since = new Date(Math.max(began - CLOCKS_APART_MS, wanted.since?.getTime() ?? 0))
      for await (const page of pages({ since })) yield await withAllTags(page)
    }

    async function withAllTags(rows: Json[]): Promise<Member[]> {
      const members: Member[] = []
      for (const row of rows) members.push(await withTags(list_id, row))
      return members
    }
  }

  return {
    findMember,
    eachMember,
    addMembers: async (list_id, members) =>
      readMembersWritten(await lists.batchListMembers(list_id, addBody(members), LENIENT)),
    changeMembers: async (list_id, members) =>
      readMembersWritten(await lists.batchListMembers(list_id, changeBody(members), LENIENT)),
    putMember: async (list_id, hash, { email_address, merge_fields, subscribe }) => {
      const status = subscribe ? { status: 'subscribed' } : {}
      const body = { email_address, status_if_new: 'subscribed', ...status, merge_fields }
      const put = async (name: string) => objectOf(await lists.setListMember(list_id, name, body, LENIENT), 'member')
      const moved = memberHash(email_address)
      try {
        return await withTags(list_id, await put(hash))
      } catch (error) {
        if (moved === hash || !isFault(error, 'mailchimp_refused')) throw error
        // Moved already, by a call whose answer was lost: then nobody has the old name.
        if (await findMember(list_id, hash)) throw error
        return await withTags(list_id, await put(moved))
      }
    },
    archiveMember: async (list_id, hash) => {
      try {
        await lists.deleteListMember(list_id, hash)
      } catch (error) {
        if (isFault(error, 'mailchimp_missing')) return
        if (!isFault(error, 'mailchimp_refused')) throw error
        // One that is archived already is refused (405), in the same words as one that may not be.
        const member = await findMember(list_id, hash)
        if (member && member.status !== 'archived') throw error
      }
    },
    deleteMember: async (list_id, hash) => {
      try {
        await lists.deleteListMemberPermanent(list_id, hash)
      } catch (error) {
        if (!isFault(error, 'mailchimp_missing')) throw error
      }
    },
  } satisfies Partial<Mailchimp>
}

/** The same calls as operations of a batch. */
export const memberOperations = {
  addMembers: (list_id, members) => writeOperation(list_id, addBody(members)),
  changeMembers: (list_id, members) => writeOperation(list_id, changeBody(members)),
  archiveMember: (list_id, hash) => ({ method: 'DELETE', path: `/lists/${list_id}/members/${hash}` }),
  readMembersWritten,
} satisfies Partial<Mailchimp['operations']>

function writeOperation(list_id: string, body: object) {
  const params = { skip_merge_validation: 'true' }
  return { method: 'POST' as const, path: `/lists/${list_id}`, params, body: JSON.stringify(body) }
}

function addBody(members: readonly NewMember[]) {
  assertFew(members)
  const rows = members.map(({ email_address, merge_fields }) => ({
    email_address,
    status: 'subscribed',
    merge_fields,
  }))
  return { members: rows, update_existing: false }
}

function changeBody(members: readonly MemberChange[]) {
  assertFew(members)
  const rows = members.map(({ email_address, merge_fields }) => ({ email_address, merge_fields }))
  return { members: rows, update_existing: true }
}

function assertFew(members: readonly unknown[]): void {
  if (members.length > MOST_MEMBERS) throw new RangeError(`Mailchimp takes ${MOST_MEMBERS} contacts in a call`)
}

function readMember(row: Json): Member {
  return {
    id: textOf(row.id, 'id of a member'),
    email_address: textOf(row.email_address, 'address of a member'),
    status: oneOf(row.status, STATUSES, 'status of a member'),
    merge_fields: readFields(row.merge_fields),
    tags: listOf(row.tags ?? [], 'tags of a member').map((tag) => textOf(tag.name, 'name of a tag')),
    last_changed: timeIn(row.last_changed),
  }
}

/** Texts and numbers; others' fields may be objects, such as a postal address, and are left out. */
function readFields(fields: unknown): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [tag, value] of Object.entries(isObject(fields) ? fields : {})) {
    if (typeof value === 'string' || typeof value === 'number') read[tag] = String(value)
  }
  return read
}

function readMembersWritten(response: unknown): MembersWritten {
  const answer = objectOf(response, 'members written')
  const taken = [
    ...listOf(answer.new_members, 'new members'),
    ...listOf(answer.updated_members, 'updated members'),
  ].map((row) => textOf(row.id, 'id of a member'))
  return { taken, refused: listOf(answer.errors, 'errors').map(readRefused) }
}

function readRefused(row: Json): MemberRefused {
  const email_address = wordsIn(row.email_address)
  const said = [row.error, row.field_message].filter((words) => typeof words === 'string' && words !== '')
  const words = quote(said.join(' '))
  if (isCompliance(words)) return { email_address, code: 'compliance', words }
  return { email_address, code: row.error_code === 'ERROR_CONTACT_EXISTS' ? 'exists' : 'refused', words }
}
