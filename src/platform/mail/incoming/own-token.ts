import type { OwnPurpose, TokenHint, TokenPlace } from './incoming.ts'

/**
 * Our addresses as other systems write them: in capitals (Domino), behind BATV's `prvs=…=`, within SRS0 and SRS1 or
 * mailing lists' `user=domain@`, with `=2B` or `%2B` for the plus, or with the minus that some systems use for it.
 * Where the token stands among all this does not matter, so it is looked for anywhere: what it may find too much is
 * refused by its signature (lib/tokens.ts).
 */
const ADDRESS = /(reply|bounce|u)(?:\+|=2b|%2b|-|_)([a-z2-7]{28})/gi
const PURPOSES: Record<string, OwnPurpose> = { reply: 'reply', bounce: 'bounce', u: 'unsubscribe' }

/** What is looked at of a text. */
const SEARCHED = 200_000
/** No address is longer, its quotes and wrappers included. */
const ADDRESS_CHARACTERS = 320

/**
 * @param ownDomain when given, it must stand in the same address, before or behind the token: others have addresses that
 * begin with `bounce+` too. Left out where our own servers wrote the address down: some put their own name behind the @
 * @returns each token once, in the order found; never throws
 */
export function findTokens(text: string, from: TokenPlace, ownDomain?: string): TokenHint[] {
  const searched = text.slice(0, SEARCHED)
  const found = new Map<string, TokenHint>()
  for (const { 0: whole, 1: written = '', 2: token = '', index } of searched.matchAll(ADDRESS)) {
    if (ownDomain && !addressAround(searched, index, whole.length).includes(ownDomain.toLowerCase())) continue
    const purpose = PURPOSES[written.toLowerCase()] as OwnPurpose
    const hint = { purpose, token: token.toLowerCase(), from }
    if (!found.has(purpose + hint.token)) found.set(purpose + hint.token, hint)
  }
  return [...found.values()]
}

function addressAround(text: string, at: number, length: number): string {
  const before = text.slice(Math.max(0, at - ADDRESS_CHARACTERS), at)
  const after = text.slice(at + length, at + length + ADDRESS_CHARACTERS)
  return `${/[^\s<>,;()]*$/.exec(before)?.[0]}|${/^[^\s<>,;()]*/.exec(after)?.[0]}`.toLowerCase()
}

const MESSAGE_ID = /(?<!\d)(\d{1,15})\.([a-z2-7]{28})(?:@|=40|%40)([a-z0-9.-]{1,255})/gi

/** Message-IDs of our form (see campaigns/message/compose.ts), without brackets and in lower case, each once. */
export function findOwnMessageIds(text: string, ownDomain: string): string[] {
  const domain = ownDomain.toLowerCase()
  const found = new Set<string>()
  for (const [, id, token = '', at = ''] of text.slice(0, SEARCHED).matchAll(MESSAGE_ID)) {
    if (at.toLowerCase().replace(/\.$/, '') === domain) found.add(`${id}.${token.toLowerCase()}@${domain}`)
  }
  return [...found]
}
