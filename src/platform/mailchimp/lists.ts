import { countIn, countOf, type Json, objectOf, textOf, wordsIn } from './answers.ts'
import { isFault, refused } from './faults.ts'
import { allOf } from './pages.ts'
import type { Mailchimp, MailchimpList, MergeField } from './shapes.ts'
import type { Vendor } from './vendor.ts'

const LIST_FIELDS = ['id', 'name', 'stats.member_count']

/** The account, its audiences and their fields. */
export function listCalls({ ping, root, lists }: Vendor) {
  async function listMergeFields(list_id: string): Promise<MergeField[]> {
    const fields = ['merge_id', 'tag', 'name', 'type', 'required'].map((field) => `merge_fields.${field}`)
    const rows = await allOf(
      (page) => lists.getListMergeFields(list_id, { ...page, fields: [...fields, 'total_items'] }),
      'merge_fields',
    )
    return rows.map((row) => ({
      merge_id: countOf(row.merge_id, 'merge_id'),
      tag: textOf(row.tag, 'merge tag'),
      name: wordsIn(row.name),
      type: textOf(row.type, 'type of a merge field'),
      required: row.required === true,
    }))
  }

  return {
    ping: async () => {
      await ping.get()
    },
    readAccount: async () => {
      const account = objectOf(await root.getRoot({ fields: ['account_id', 'account_name'] }), 'account')
      return { account_id: textOf(account.account_id, 'account_id'), account_name: wordsIn(account.account_name) }
    },
    listLists: async () => {
      const fields = [...LIST_FIELDS.map((field) => `lists.${field}`), 'total_items']
      return (await allOf((page) => lists.getAllLists({ ...page, fields }), 'lists')).map(readList)
    },
    getList: async (list_id) => readList(objectOf(await lists.getList(list_id, { fields: LIST_FIELDS }), 'list')),
    listMergeFields,
    createMergeField: async (list_id, { tag, name }) => {
      try {
        await lists.addListMergeField(list_id, { tag, name, type: 'text', required: false, public: false })
      } catch (error) {
        if (!isFault(error, 'mailchimp_refused')) throw error
        const found = (await listMergeFields(list_id)).find((field) => field.tag.toUpperCase() === tag.toUpperCase())
        if (!found) throw error
        if (found.type === 'text') return
        throw refused(
          `The audience has a field ${tag} that holds a ${found.type} and no text. Choose another merge tag for "${name}", or remove that field in Mailchimp.`,
        )
      }
    },
  } satisfies Partial<Mailchimp>
}

function readList(row: Json): MailchimpList {
  const stats = objectOf(row.stats ?? {}, 'stats of a list')
  return {
    id: textOf(row.id, 'id of a list'),
    name: wordsIn(row.name),
    member_count: countIn(stats.member_count),
  }
}
