import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Signed tokens for mail addresses and links: lower-case base32 of key number (1 octet), delivery id (6 octets) and
 * the first 80 bits of an HMAC-SHA-256 over purpose and id. 28 characters: `bounce+` and the token stay within the
 * 64 octets of a local part (RFC 5321 §4.5.3.1.1). Compared without regard to case, since servers change it.
 */
export type TokenPurpose =
  | 'reply'
  | 'bounce'
  | 'unsubscribe'
  | 'preferences'
  | 'resend'
  | 'sign_in'
  /** The page where a reader confirms or declines. */
  | 'confirm'
  /** The link that shows that an applicant's address works. */
  | 'verify'
  /** The link that goes on with an application form. */
  | 'resume'
  /** The links of who wants to be told when applications open. */
  | 'interest'
  /** An application form in its own addresses; the id is the form's. */
  | 'form'
  /** The redirects of an email's links. */
  | 'click'
  /** The picture that tells of an opening, in emails to those who agreed. */
  | 'open'
  /** The page where a partner tells how it goes. */
  | 'check_in'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const MAC_OCTETS = 10
const TOKEN_OCTETS = 1 + 6 + MAC_OCTETS

/** A key with the number that stands in its tokens: a hint to the key, so that verifying does not try them all. */
export interface TokenKey {
  secret: string
  number: number
}

/** Keys by age: the first signs, the others still verify, so that a key can be changed without breaking old mail. */
export type TokenKeys = readonly [TokenKey, ...TokenKey[]]

/** @param secrets the newest first, at least one */
export function tokenKeys(secrets: readonly string[]): TokenKeys {
  const keys = secrets.map((secret) => ({
    secret,
    number: createHmac('sha256', secret).update('key number').digest()[0] as number,
  }))
  if (keys.length === 0) throw new RangeError('no key to sign tokens with')
  return keys as unknown as TokenKeys
}

/** @param id a positive safe integer below 2^48 */
export function signToken(keys: TokenKeys, purpose: TokenPurpose, id: number): string {
  return base32(tokenOctets(keys[0], purpose, id))
}

/** The id that the token carries, or undefined when it is not one of ours for this purpose. */
export function verifyToken(keys: TokenKeys, purpose: TokenPurpose, token: string): number | undefined {
  const octets = fromBase32(token.toLowerCase())
  if (octets?.length !== TOKEN_OCTETS) return undefined
  const id = octets.readUIntBE(1, 6)
  let found = false
  for (const key of keys) {
    if (key.number === octets[0] && timingSafeEqual(tokenOctets(key, purpose, id), octets)) found = true
  }
  return found ? id : undefined
}

function tokenOctets({ secret, number }: TokenKey, purpose: TokenPurpose, id: number): Buffer {
  const octets = Buffer.alloc(TOKEN_OCTETS)
  octets[0] = number
  octets.writeUIntBE(id, 1, 6)
  createHmac('sha256', secret)
    .update(purpose)
    .update('\0')
    .update(octets.subarray(0, 7))
    .digest()
    .copy(octets, 7, 0, MAC_OCTETS)
  return octets
}

function base32(octets: Buffer): string {
  let out = ''
  let bits = 0
  let held = 0
  for (const octet of octets) {
    held = (held << 8) | octet
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out += ALPHABET[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? out + ALPHABET[(held << (5 - bits)) & 31] : out
}

function fromBase32(text: string): Buffer | undefined {
  const octets: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      octets.push((held >> bits) & 0xff)
    }
  }
  return Buffer.from(octets)
}
