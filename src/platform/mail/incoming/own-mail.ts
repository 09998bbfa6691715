import { RECEIVED_FIELDS } from './caps.ts'
import { type Field, valuesOf } from './fields.ts'
import type { Head, IncomingContext } from './incoming.ts'
import { findOwnMessageIds } from './own-token.ts'

/** RFC 5321 §6.3 counts Received fields too; 100 is what it names, ours never passes half of that. */
export function recogniseOwnMail(fields: readonly Field[], head: Head, context: IncomingContext): string | undefined {
  if (findOwnMessageIds(head.message_id ?? '', context.own_domain).length > 0)
    return 'It is one of our own messages: it has our Message-ID.'
  const from = head.from?.address.toLowerCase() ?? ''
  const isOurs = context.own_addresses.some((address) => address.toLowerCase() === from)
  const feedback = valuesOf(fields, 'feedback-id').some((value) => value.endsWith(':pairpost'))
  const replyTo = `${head.reply_to?.address ?? ''}`.toLowerCase()
  const hasOwnReplyTo = replyTo.startsWith('reply+') && replyTo.endsWith(`@${context.own_domain.toLowerCase()}`)
  if (isOurs && (feedback || hasOwnReplyTo)) return 'It is one of our own messages: its From and its header are ours.'
  if (valuesOf(fields, 'received').length > RECEIVED_FIELDS)
    return `It goes round in a loop: it has more than ${RECEIVED_FIELDS} Received fields.`
  return undefined
}
