import type { MemberStatus } from '../shapes.ts'
import type { Account, Contact, List } from './account.ts'
import { hashOf } from './account.ts'
import { type Answer, badRequest, bodyOf, type Call, done, type Handler, invalid, ok, problem } from './answers.ts'
import { addContact, forgetContact, isInCompliance, moveContact, setFields, setStatus } from './contacts.ts'
import { complianceWords, faultOfFields, forgottenWords, refusalOfAddress } from './member-rules.ts'
import { presentMember, withList, withMember } from './members.ts'
import { tellContact, tellMoved } from './told.ts'

export interface MemberInput {
  email_address?: unknown
  status?: MemberStatus
  status_if_new?: MemberStatus
  merge_fields?: Record<string, unknown>
}

const existsAnswer = (address: string) =>
  problem(400, 'Member Exists', `${address} is already a list member. Use PUT to insert or update list members.`)

/** PUT: adds or changes the contact that the path names. */
export const putMember: Handler = withList((call, list) => {
  const hash = (call.ids.subscriber_hash ?? '').toLowerCase()
  const input = bodyOf(call) as MemberInput
  const contact = list.contacts.get(hash)
  if (contact) return changeOne(call, list, contact, input)
  if (!input.status_if_new && !input.status) return invalid('status_if_new', 'This value should not be blank.')
  return addOne(call, list, { ...input, status: (input.status ?? input.status_if_new) as MemberStatus })
})

export const patchMember: Handler = withMember((call, list, contact) =>
  changeOne(call, list, contact, bodyOf(call) as MemberInput),
)

/** POST members: adds one; archived ones come back. */
export const postMember: Handler = withList((call, list) => {
  const input = bodyOf(call) as MemberInput
  const status = input.status
  if (!status) return invalid('status', 'This value should not be blank.')
  const contact = list.contacts.get(hashOf(String(input.email_address ?? '')))
  if (!contact) return addOne(call, list, { ...input, status })
  if (contact.status !== 'archived') return existsAnswer(contact.address)
  return changeOne(call, list, contact, input)
})

function addOne(call: Call, list: List, input: MemberInput & { status: MemberStatus }): Answer {
  const address = String(input.email_address ?? '')
  const { account } = call
  const refusal = refusalOfAddress(address)
  if (refusal) return problem(400, 'Invalid Resource', refusal)
  const hash = hashOf(address)
  if (list.forgotten.has(hash)) return problem(400, 'Forgotten Email Not Subscribed', forgottenWords(address))
  if (list.contacts.has(hash)) return existsAnswer(address)
  const fault = faultOf(call, list, input)
  if (fault) return fault
  return ok(presentMember(list, addFresh(account, list, address, input.status, input.merge_fields ?? {})))
}

/** By the API, after all checks. */
export function addFresh(
  account: Account,
  list: List,
  address: string,
  status: MemberStatus,
  fields: Record<string, unknown>,
): Contact {
  const contact = addContact(account, list, { address, status, source: 'API - Generic' })
  setFields(account, list, contact, fields)
  if (status === 'subscribed') tellContact(account, list, 'api', 'subscribe', contact)
  return contact
}

function faultOf(call: Call, list: List, input: MemberInput): Answer | undefined {
  const isStrict = call.query.get('skip_merge_validation') !== 'true' && input.merge_fields !== undefined
  const fault = faultOfFields(list, input.merge_fields ?? {}, isStrict)
  return fault && invalid(fault.field, fault.message)
}

function changeOne(call: Call, list: List, contact: Contact, input: MemberInput): Answer {
  const { account } = call
  const address = input.email_address === undefined ? contact.address : String(input.email_address)
  if (hashOf(address) !== contact.hash) {
    const refusal = refusalOfAddress(address)
    if (refusal) return problem(400, 'Invalid Resource', refusal)
    if (list.forgotten.has(hashOf(address)))
      return problem(400, 'Forgotten Email Not Subscribed', forgottenWords(address))
    if (list.contacts.has(hashOf(address))) return existsAnswer(address)
  }
  const status = input.status
  if (status === 'subscribed' && contact.status !== 'subscribed' && isInCompliance(contact))
    return problem(400, 'Member In Compliance State', complianceWords(contact.address))
  const fault = faultOf(call, list, input)
  if (fault) return fault

  const old = contact.address
  if (hashOf(address) !== contact.hash) {
    moveContact(account, list, contact, address)
    tellMoved(account, list, 'api', contact, old)
  }
  applyChange(account, list, contact, status, input.merge_fields ?? {})
  return ok(presentMember(list, contact))
}

/** By the API, after all checks: the status when there is one, then the fields. */
export function applyChange(
  account: Account,
  list: List,
  contact: Contact,
  status: MemberStatus | undefined,
  fields: Record<string, unknown>,
): void {
  const changed = setFields(account, list, contact, fields)
  const moved = status !== undefined && setStatus(account, contact, status)
  if (moved && status === 'subscribed') tellContact(account, list, 'api', 'subscribe', contact)
  else if (moved && status === 'unsubscribed') {
    const said = { '[action]': 'unsub', '[reason]': 'manual' }
    tellContact(account, list, 'api', 'unsubscribe', contact, said)
  }
  if (changed) tellContact(account, list, 'api', 'profile', contact)
}

/** DELETE: archives. Archived already cannot be removed. */
export const archiveMember: Handler = withMember((call, list, contact) => {
  if (contact.status === 'archived')
    return problem(405, 'Method Not Allowed', 'This list member cannot be removed. Please contact support.')
  setStatus(call.account, contact, 'archived')
  tellContact(call.account, list, 'api', 'unsubscribe', contact, { '[action]': 'delete', '[reason]': 'manual' })
  return done
})

export const forgetMember: Handler = withMember((call, list, contact) => {
  const wasThere = contact.status !== 'archived'
  forgetContact(list, contact)
  if (wasThere)
    tellContact(call.account, list, 'api', 'unsubscribe', contact, { '[action]': 'delete', '[reason]': 'manual' })
  return done
})

export const tooMany = (name: string) => badRequest(`The ${name} array may hold at most 500 items.`)
