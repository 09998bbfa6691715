import { countIn, countOf, type Json, objectOf, textOf } from './answers.ts'
import { isFault } from './faults.ts'
import { allOf } from './pages.ts'
import type { Mailchimp, MailchimpTag } from './shapes.ts'
import type { Vendor } from './vendor.ts'

const MOST_ADDRESSES = 500

interface TagChange {
  add?: readonly string[]
  remove?: readonly string[]
}

/** Tags, which Mailchimp keeps as static segments. */
export function tagCalls({ lists }: Vendor) {
  async function listTags(list_id: string): Promise<MailchimpTag[]> {
    const fields = ['segments.id', 'segments.name', 'segments.member_count', 'total_items']
    const rows = await allOf((page) => lists.listSegments(list_id, { ...page, type: 'static', fields }), 'segments')
    return rows.map(readTag)
  }

  async function changeTag(list_id: string, tag_id: number, change: TagChange): Promise<void> {
    const body = changeBody(change)
    if (Object.keys(body).length > 0) await lists.batchSegmentMembers(body, list_id, tag_id)
  }

  return {
    listTags,
    changeTag,
    createTag: async (list_id, name, addresses) => {
      assertFew(addresses)
      try {
        return readTag(objectOf(await lists.createSegment(list_id, { name, static_segment: addresses }), 'tag'))
      } catch (error) {
        if (!isFault(error, 'mailchimp_refused')) throw error
        const tags = await listTags(list_id)
        const same = (tag: MailchimpTag) => tag.name.toLowerCase() === name.toLowerCase()
        const found = tags.find((tag) => tag.name === name) ?? tags.find(same)
        if (!found) throw error
        await changeTag(list_id, found.id, { add: addresses })
        return found
      }
    },
  } satisfies Partial<Mailchimp>
}

export const tagOperations = {
  changeTag: (list_id, tag_id, change) => ({
    method: 'POST',
    path: `/lists/${list_id}/segments/${tag_id}`,
    body: JSON.stringify(changeBody(change)),
  }),
} satisfies Partial<Mailchimp['operations']>

function changeBody({ add = [], remove = [] }: TagChange) {
  assertFew(add)
  assertFew(remove)
  return {
    ...(add.length > 0 ? { members_to_add: add } : {}),
    ...(remove.length > 0 ? { members_to_remove: remove } : {}),
  }
}

function assertFew(addresses: readonly string[]): void {
  if (addresses.length > MOST_ADDRESSES) throw new RangeError(`Mailchimp takes ${MOST_ADDRESSES} addresses in a call`)
}

function readTag(row: Json): MailchimpTag {
  return {
    id: countOf(row.id, 'id of a tag'),
    name: textOf(row.name, 'name of a tag'),
    member_count: countIn(row.member_count),
  }
}
