import type { MemberStatus } from '../shapes.ts'
import type { Contact, List } from './account.ts'
import { hashOf } from './account.ts'
import { bodyOf, type Call, type Handler, invalid, ok } from './answers.ts'
import { isInCompliance } from './contacts.ts'
import { complianceWords, faultOfFields, forgottenWords, refusalOfAddress } from './member-rules.ts'
import { addFresh, applyChange, type MemberInput, tooMany } from './member-writes.ts'
import { presentMember, withList } from './members.ts'

type Outcome =
  | { made: Contact }
  | { changed: Contact }
  | { error: string; code: string; field?: string; message?: string }

const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']

/** POST to a list: up to 500 contacts, each taken or refused on its own. */
export const batchAdd: Handler = withList((call, list) => {
  const { query } = call
  const body = bodyOf(call)
  const members = body.members as MemberInput[] | undefined
  if (!Array.isArray(members)) return invalid('members', 'This value should be of type array.')
  if (members.length > 500) return tooMany('members')
  if (members.some((member) => member.status !== undefined && !STATUSES.includes(member.status)))
    return invalid('members.status', 'The value you selected is not a valid choice.')

  const made: Contact[] = []
  const changed: Contact[] = []
  const errors: Record<string, unknown>[] = []
  const seen = new Set<string>()
  for (const member of members) {
    const address = String(member.email_address ?? '')
    const isTwice = seen.has(hashOf(address))
    seen.add(hashOf(address))
    if (isTwice && query.get('skip_duplicate_check') === 'true') continue
    const outcome: Outcome = isTwice
      ? refused(`Duplicate items found for ${address}.`)
      : writeOne(call, list, member, body.update_existing === true)
    if ('made' in outcome) made.push(outcome.made)
    else if ('changed' in outcome) changed.push(outcome.changed)
    else {
      const { error, code, field, message } = outcome
      errors.push({
        ...{ email_address: address, error, error_code: code },
        ...(field ? { field, field_message: message } : {}),
      })
    }
  }
  return ok({
    new_members: made.map((contact) => presentMember(list, contact)).map(lessOf),
    updated_members: changed.map((contact) => presentMember(list, contact)).map(lessOf),
    errors,
    total_created: made.length,
    total_updated: changed.length,
    error_count: errors.length,
  })
})

const refused = (error: string): Outcome => ({ error, code: 'ERROR_GENERIC' })

function writeOne(call: Call, list: List, member: MemberInput, mayChange: boolean): Outcome {
  const { account } = call
  const address = String(member.email_address ?? '')
  const hash = hashOf(address)
  const contact = list.contacts.get(hash)
  const isThere = contact !== undefined && contact.status !== 'archived'
  const status = member.status as MemberStatus | undefined

  const refusal = refusalOfAddress(address)
  if (refusal) return refused(refusal)
  if (call.refuse_some && account.random.below(5) === 0) return refused('An unknown error occurred, please try again.')
  if (list.forgotten.has(hash)) return refused(forgottenWords(address))
  if (isThere && !mayChange)
    return {
      error: `${address} is already a list member, do you want to update? please provide update_existing:true in the request body`,
      code: 'ERROR_CONTACT_EXISTS',
    }
  if (!isThere && !status) return refused('The status of a new contact must be given.')
  if (status === 'subscribed' && contact && contact.status !== 'subscribed' && isInCompliance(contact))
    return refused(complianceWords(address))
  const isStrict = call.query.get('skip_merge_validation') !== 'true'
  const fields = member.merge_fields ?? {}
  const fault = faultOfFields(list, isThere ? { ...Object.fromEntries(contact.fields), ...fields } : fields, isStrict)
  if (fault) return { ...{ error: 'Your merge fields were invalid.', code: 'ERROR_GENERIC' }, ...fault }

  if (!contact) return { made: addFresh(account, list, address, status as MemberStatus, fields) }
  applyChange(account, list, contact, status, fields)
  return isThere ? { changed: contact } : { made: contact }
}

/** A batch answers less of a contact than a read does. */
function lessOf(member: Record<string, unknown>): Record<string, unknown> {
  const { contact_id: _, full_name: __, web_id: ___, consents_to_one_to_one_messaging: ____, ...less } = member
  return less
}
