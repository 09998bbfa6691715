import type { Field, List } from './account.ts'
import { fieldByTag } from './account.ts'
import { badRequest, bodyOf, type Handler, invalid, ok, pageOf, textsIn } from './answers.ts'
import { withList } from './members.ts'

const TYPES = ['text', 'number', 'address', 'phone', 'date', 'url', 'imageurl', 'radio', 'dropdown', 'birthday', 'zip']
/** As many fields as a list may have at most. */
const MOST_FIELDS = 80

export const listMergeFields: Handler = withList((call, list) =>
  pageOf(call, 'merge_fields', [...list.fields.values()], (field) => present(list, field), { list_id: list.id }),
)

export const createMergeField: Handler = withList((call, list) => {
  const { name, tag, type, required, default_value, options } = bodyOf(call)
  if (typeof name !== 'string' || name === '') return invalid('name', 'This value should not be blank.')
  if (typeof type !== 'string' || !TYPES.includes(type))
    return invalid('type', 'The value you selected is not a valid choice.')
  const wanted = typeof tag === 'string' && tag !== '' ? tag.toUpperCase() : `MMERGE${list.fields.size + 1}`
  if (wanted.length > 10) return invalid('tag', 'This value is too long. It should have 10 characters or less.')
  if (!/^[A-Z][A-Z0-9_]*$/.test(wanted))
    return invalid('tag', 'Merge tags may hold letters, digits and underscores only.')
  if (fieldByTag(list, wanted) || wanted === 'EMAIL')
    return badRequest(`A Merge Field with the tag "${wanted}" already exists for this list.`)
  if (list.fields.size >= MOST_FIELDS) return badRequest('This list has as many merge fields as it may have.')
  const field: Field = {
    merge_id: Math.max(0, ...list.fields.keys()) + 1,
    ...{ tag: wanted, name, type, required: required === true },
    default_value: typeof default_value === 'string' ? default_value : '',
    choices: textsIn((options as { choices?: unknown } | undefined)?.choices),
  }
  list.fields.set(field.merge_id, field)
  return ok(present(list, field))
})

function present(list: List, field: Field) {
  const { merge_id, tag, name, type, required, default_value, choices } = field
  const options = choices.length > 0 ? { choices } : type === 'text' ? { size: 25 } : {}
  return {
    ...{ merge_id, tag, name, type, required, default_value, public: true, display_order: merge_id, options },
    ...{ help_text: '', list_id: list.id },
  }
}
