import { faultOfName, tidyBlanks } from '../people/index.ts'

const UPPER_LATER = /^(II|III|IV|VI{0,3}|IX)$/
/** A line break between plain words of a name is a slip of the keyboard; beside anything else it is a fault. */
const BROKEN_NAME = /^[\p{L}\p{M}'’. -]+(\s*[\n\t\u0085\u2028\u2029]\s*[\p{L}\p{M}'’. -]+)+$/u
const BREAKS = /\s*[\n\t\u0085\u2028\u2029]\s*/gu

export interface ReadName {
  name: string
  /** Why it cannot be kept, as the end of a sentence. */
  fault: string | undefined
  /** What was changed beyond blanks, as the end of a sentence. */
  cleaned: string | undefined
}

export function readName(cell: string): ReadName {
  const trimmed = cell.trim()
  const broken = BROKEN_NAME.test(trimmed)
  const name = tidyBlanks(broken ? trimmed.replace(BREAKS, ' ') : trimmed)
  return { name, fault: faultOfName(name), cleaned: broken ? 'had a line break, which became a space.' : undefined }
}

/** A single name is sometimes written with a dash or a dot in the other box. */
export function withoutPlaceholder(cell: string): string {
  return /^[\s\-–—.,_*/]*$|^\s*n\/?a\.?\s*$/i.test(cell) ? '' : cell
}

/**
 * Names all in capitals, in lower case from the second letter of each word on. One of the two alone is only touched
 * from three letters on: "JJ Smith" stays. Scripts without capitals stay as they are.
 */
export function tidyCapitals(given: string, family: string): { given_name: string; family_name: string } {
  const both = isCapitals(given) && isCapitals(family)
  const turkish = /[İı]/.test(given + family)
  const tidy = (name: string) =>
    isCapitals(name) && (both || countLetters(name) >= 3) ? lowerLetters(name, turkish) : name
  return { given_name: tidy(given), family_name: tidy(family) }
}

const isCapitals = (name: string) => name === name.toUpperCase() && name !== name.toLowerCase()
const countLetters = (name: string) => name.match(/\p{L}/gu)?.length ?? 0

function lowerLetters(name: string, turkish: boolean): string {
  return name.replace(/[\p{L}\p{M}]+/gu, (word) => {
    if (UPPER_LATER.test(word)) return word
    const [first = '', ...rest] = word
    // Turkish has two letters i, and İ would otherwise leave its dot behind as a mark of its own.
    return first + rest.join('').toLocaleLowerCase(turkish ? 'tr' : 'und')
  })
}
