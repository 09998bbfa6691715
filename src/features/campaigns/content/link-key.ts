import { createHash } from 'node:crypto'

/** The longest address that can lead through a redirect (campaign_links.url). */
export const LINK_LIMIT = 4000

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 12

/**
 * The name of a link inside its campaign: the first 12 characters of its address's SHA-256 in lower-case base32
 * (RFC 4648 §6). Made from the address alone, so that the same link is the same in every version and language.
 */
export function linkKey(url: string): string {
  const bits = createHash('sha256').update(url).digest().readBigUInt64BE()
  return Array.from({ length: LENGTH }, (_, at) => ALPHABET[Number((bits >> BigInt(59 - 5 * at)) & 31n)]).join('')
}
