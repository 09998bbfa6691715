import type { Field, List } from './account.ts'
import { fieldByTag } from './account.ts'

/** Why Mailchimp does not take an address, in its words; undefined when it does. */
export function refusalOfAddress(address: string): string | undefined {
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
  const isFake =
    /^(refused|fake|asdf|test123)([+.].*)?$/.test(local) || /@(example\.invalid|.*\.test\.invalid)$/i.test(address)
  if (address && !isFake && looksRight(address)) return undefined
  return `${address} looks fake or invalid, please enter a real email address.`
}

function looksRight(address: string): boolean {
  return address.length <= 254 && /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]+$/.test(address) && !address.includes('..')
}

export const complianceWords = (address: string) =>
  `${address} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`

export const forgottenWords = (address: string) =>
  `${address} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`

/** What a list's fields have against values; undefined when nothing. Tags that the list lacks are passed over, as there. */
export function faultOfFields(
  list: List,
  values: Record<string, unknown>,
  required: boolean,
): { field: string; message: string } | undefined {
  for (const [tag, value] of Object.entries(values)) {
    const field = fieldByTag(list, tag)
    const message = field && faultOfValue(field, value)
    if (message) return { field: tag, message }
  }
  if (!required) return undefined
  for (const field of list.fields.values())
    if (field.required && !values[field.tag]) return { field: field.tag, message: 'This field is required' }
  return undefined
}

const PATTERNS: Record<string, [RegExp, string]> = {
  number: [/^-?\d+(\.\d+)?$/, 'Please enter a number'],
  date: [/^\d{4}-\d{2}-\d{2}$|^\d{2}\/\d{2}\/\d{4}$/, 'Please enter the date'],
  birthday: [/^\d{2}\/\d{2}$/, 'Please enter a month (01-12) and a day (01-31)'],
  url: [/^https?:\/\/\S+$/, 'Please enter a complete URL'],
  imageurl: [/^https?:\/\/\S+$/, 'Please enter a complete URL'],
  zip: [/^\d{5}(-\d{4})?$/, 'Please enter a valid zip code'],
}

function faultOfValue(field: Field, value: unknown): string | undefined {
  if (value === '' || value === null) return undefined
  if (field.type === 'address') return typeof value === 'object' ? undefined : 'Please enter a complete address'
  if (typeof value !== 'string' && typeof value !== 'number') return 'Please enter a value'
  const text = String(value)
  if (Buffer.byteLength(text) > 255) return 'Value is too long (max 255 characters)'
  const pattern = PATTERNS[field.type]
  if (pattern && !pattern[0].test(text)) return pattern[1]
  if ((field.type === 'radio' || field.type === 'dropdown') && !field.choices.includes(text))
    return 'Please choose one of the given options'
  return undefined
}
