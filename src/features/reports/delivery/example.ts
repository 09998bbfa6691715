const LONGEST = 160
const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g
/** Shorter ones are words of their own too often: they are left out where they are quoted. */
const SHORTEST_LOCAL_PART = 4

/**
 * What a mail server said, fit to be read by anybody: without the address, its local part, or any other address, on one
 * line and not long.
 */
export function exampleOf(words: string | null, address: string | null): string {
  if (words === null) return ''
  const local = address?.slice(0, address.lastIndexOf('@')) ?? ''
  const own = [address ?? '', local].filter((part) => part !== '')
  const without = own.reduce((text, part) => replaceAll(text, part), words.slice(0, 4 * LONGEST))
  const line = without.replace(ADDRESS, '…').replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST).trimEnd()}…` : line
}

/** Servers write an address in whichever case they like. */
function replaceAll(text: string, part: string): string {
  const written = part.replace(/[^\w\s]/gu, '\\$&')
  const apart = part.length < SHORTEST_LOCAL_PART ? `(?<=["'<(\`])${written}(?=["'>)\`])` : written
  return text.replaceAll(new RegExp(apart, 'gi'), '…')
}
