/** Names of people as they stand in greetings and in the headers of messages: one line, no markup, no formula. */

const LONGEST_NAME = 200
/** Direction overrides and isolates would turn the text around a name round; joiners (U+200C, U+200D) belong to names. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
const MARKUP = /[<>]|&(#\d+|#x[0-9a-f]+|[a-z]+\d*);/i
const LINK = /:\/\/|\bwww\.|@/i
/** A spreadsheet runs a cell that begins like this (OWASP, CSV injection). */
const FORMULA = /^[=+\-@]/

/** A name without the blanks at its ends and doubled ones within. Nothing else is changed, whatever the script. */
export function tidyBlanks(name: string): string {
  return name.trim().replace(/[ \u00a0]{2,}/g, ' ')
}

/** Why a tidied name cannot be kept, as the end of a sentence that begins with the field; undefined when it can. */
export function faultOfName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `has ${name.length} characters; ${LONGEST_NAME} are the most.`
  if (CONTROLS.test(name)) return 'contains a line break or another control character.'
  if (MARKUP.test(name)) return 'contains HTML.'
  if (FORMULA.test(name)) return 'begins like a spreadsheet formula.'
  if (LINK.test(name)) return 'contains a link or a mail address.'
  if (name !== '' && !/[\p{L}\p{N}]/u.test(name)) return 'has no letter.'
  return undefined
}

/** The language tag in its canonical form (RFC 5646), such as `fr` or `pt-BR`; undefined when it is none. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag) ? Intl.getCanonicalLocales(tag)[0] : undefined
  } catch {
    return undefined
  }
}
