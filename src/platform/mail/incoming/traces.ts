import { type Field, valuesOf } from './fields.ts'
import type { IncomingContext, TokenHint, TokenPlace } from './incoming.ts'
import { findOwnMessageIds, findTokens } from './own-token.ts'

export interface Traces {
  tokens: TokenHint[]
  own_message_ids: string[]
}

/** Written by servers on our side. */
const TRUSTED: readonly TokenPlace[] = ['rcpt_to', 'delivered_to']
const DELIVERED_TO = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'x-forwarded-to',
]
const RETURNED = [
  'from',
  'reply-to',
  'return-path',
  'list-unsubscribe',
  'x-original-from',
  'sender',
  'errors-to',
  'received',
]

/**
 * Everything in a message that tells which delivery of ours it is about, the surest first. The envelope is; a returned
 * header next; To and Cc are what somebody wrote.
 * @param reported texts of a report, searched for Message-IDs and addresses only when it is one
 */
export function readTraces(
  fields: readonly Field[],
  returned: readonly Field[],
  reported: readonly string[],
  context: IncomingContext,
): Traces {
  const places: [TokenPlace, string[]][] = [
    ['rcpt_to', [context.rcpt_to]],
    ['delivered_to', valuesOf(fields, ...DELIVERED_TO)],
    ['to', valuesOf(fields, 'to', 'resent-to', 'apparently-to')],
    ['cc', valuesOf(fields, 'cc')],
    ['mail_from', [context.mail_from]],
    ['returned', valuesOf(returned, ...RETURNED)],
    ['report', [...reported]],
  ]
  const tokens = new Map<string, TokenHint>()
  for (const [from, texts] of places) {
    const domain = TRUSTED.includes(from) ? undefined : context.own_domain
    for (const hint of texts.flatMap((text) => findTokens(text, from, domain))) {
      const key = hint.purpose + hint.token
      if (!tokens.has(key)) tokens.set(key, hint)
    }
  }
  const named = [
    ...valuesOf(fields, 'in-reply-to', 'references', 'x-failed-message-id', 'original-message-id', 'thread-index'),
    ...valuesOf(returned, 'message-id'),
    ...reported,
  ]
  const own = new Set(named.flatMap((text) => findOwnMessageIds(text, context.own_domain)))
  return { tokens: [...tokens.values()].slice(0, 50), own_message_ids: [...own].slice(-50) }
}
