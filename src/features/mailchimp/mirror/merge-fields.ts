import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import type { Mailchimp, MergeField } from '../../../platform/mailchimp/shapes.ts'
import { FIELD_NAMES, FIELDS, type Field, type FieldTags } from './fields.ts'

/** As Mailchimp takes them: 10 characters. EMAIL is the address itself. */
const TAG = /^[A-Z][A-Z0-9_]{0,9}$/
const TAKEN = new Set(['EMAIL', 'UNSUB', 'LIST'])

/**
 * The merge fields there are made that are missing; those that are there must be text. One call when nothing is missing.
 * @throws InvalidInput for `fields.…` naming each that cannot be used; then none was made
 */
export async function ensureMergeFields(mailchimp: Mailchimp, list_id: string, fields: FieldTags): Promise<void> {
  const there = await assertMergeFields(mailchimp, list_id, fields)
  const known = new Set(there.map(({ tag }) => tag))
  for (const field of FIELDS.filter((name) => !known.has(fields[name])))
    await mailchimp.createMergeField(list_id, { tag: fields[field], name: FIELD_NAMES[field] })
}

/** Those that are there. @throws InvalidInput for `fields.…` naming each that cannot be used */
export async function assertMergeFields(
  mailchimp: Mailchimp,
  list_id: string,
  fields: FieldTags,
): Promise<MergeField[]> {
  const there = await mailchimp.listMergeFields(list_id)
  const faults = findFieldFaults(fields, there)
  if (faults.length > 0) throw new InvalidInput(faults)
  return there
}

/** What stands against these tags for our fields, in an audience that has those merge fields. */
function findFieldFaults(fields: FieldTags, there: readonly MergeField[]): FieldFault[] {
  const types = new Map(there.map(({ tag, type }) => [tag, type]))
  return FIELDS.flatMap((field) => {
    const message = faultOfTag(field, fields, types)
    return message === undefined ? [] : [{ field: `fields.${field}`, message }]
  })
}

function faultOfTag(field: Field, fields: FieldTags, types: ReadonlyMap<string, string>): string | undefined {
  const tag = fields[field]
  if (!TAG.test(tag) || TAKEN.has(tag))
    return `“${tag}” is no merge tag. Use up to 10 capital letters, digits and underscores, such as COUNTRY.`
  const twice = FIELDS.find((other) => other !== field && fields[other] === tag)
  if (twice) return `${tag} is used for ${FIELD_NAMES[twice].toLowerCase()} as well. Use another merge tag.`
  const type = types.get(tag)
  if (type === undefined || type === 'text') return undefined
  return `The merge field ${tag} in Mailchimp is of the type ${type}, and ours is text. Use another merge tag here, or make it a text field there.`
}
