import { createHash } from 'node:crypto'

const ADDRESS = /[^\s<>()[\]"',:;=]+@[^\s<>()[\]"',:;=]+/g
const LONGEST_QUOTE = 300

/** Words of Mailchimp's as they may stand in an error, a log or a row: on one line, cut, without addresses. */
export function quote(words: string): string {
  const line = words
    .slice(0, 4 * LONGEST_QUOTE)
    .replaceAll(ADDRESS, '…@…')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** How Mailchimp names a contact: MD5 of its address in lower case. */
export function memberHash(address: string): string {
  return createHash('md5').update(address.toLowerCase()).digest('hex')
}

/** As Mailchimp writes times: to the second. */
export function timeWords(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, '+00:00')
}

/** As the start of what is asked for: theirs are to the second and must be later, so a second earlier. */
export function sinceWords(at: Date): string {
  return timeWords(new Date(at.getTime() - 1000))
}
