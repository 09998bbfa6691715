import { ERASED_TEXT } from './names.ts'

/** What names somebody in a text that a machine wrote. */
export interface Marks {
  /** In lower case. */
  addresses: readonly string[]
  names: readonly { given_name: string; family_name: string }[]
}

/** Whether a text names one of them, as a whole word, in small or large letters. */
export type NamesOne = (text: string) => boolean

/** A shorter name would be found in half of all sentences. */
const SHORTEST_NAME = 2

/**
 * Given and family names count each by themselves: what an import says about a cell quotes one of them. A text that names
 * another of the same name is lost with it, which is the lesser harm.
 */
export function markReader({ addresses, names }: Marks): NamesOne {
  const words = names.flatMap(({ given_name, family_name }) => [given_name, family_name])
  const long = [...new Set(words)].filter((word) => word.length >= SHORTEST_NAME).map(literally)
  const name =
    long.length === 0 ? undefined : new RegExp(`(?<![\\p{L}\\p{N}])(?:${long.join('|')})(?![\\p{L}\\p{N}])`, 'iu')
  return (text) => {
    const lower = text.toLowerCase()
    return addresses.some((address) => lower.includes(address)) || (name?.test(text) ?? false)
  }
}

/** `RegExp.escape` that is right within a pattern of the flag u as well. */
const literally = (word: string) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** The same JSON, with each text that names one of them replaced as a whole. */
export function eraseInJson(value: unknown, namesOne: NamesOne): unknown {
  if (typeof value === 'string') return namesOne(value) ? ERASED_TEXT : value
  if (Array.isArray(value)) return value.map((one) => eraseInJson(one, namesOne))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, eraseInJson(one, namesOne)]))
}
