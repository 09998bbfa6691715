import type { Decoder } from '../decode.ts'
import { type Field, fieldOf, parseFields } from '../fields.ts'
import { decodeField, readAddresses, readMessageIds, readReturnPath } from '../head.ts'
import type { ReturnedMessage } from '../incoming.ts'
import { allParts, isEmbeddedMessage, type Part } from '../parts.ts'

export interface Returned {
  fields: Field[]
  message: ReturnedMessage
}

/**
 * The header of the message that a report returns: as an embedded message, as its header alone (RFC 6522), or at
 * the end of the notice, indented or behind `>`.
 * @param tail what stands below the notice's text
 */
export async function readReturned(root: Part, decoder: Decoder, tail: string): Promise<Returned | undefined> {
  for (const part of allParts(root)) {
    if (part === root) continue
    if (isEmbeddedMessage(part) && part.children[0]) return returnedOf(part.children[0].fields)
    if (
      isEmbeddedMessage(part) ||
      /^text\/rfc822-headers?$|^message\/(global-headers|rfc822-headers?)$/.test(part.type)
    ) {
      const returned = returnedOf(parseFields((await decoder.decodeText(part)).replace(/^\s+/, '')))
      if (returned) return returned
    }
  }
  return returnedOf(parseFields(tail.replace(/^[ \t>|]+(?=[A-Z][\w-]{1,40}:)/gm, '').replace(/^\s+/, '')))
}

/** @returns undefined when these are no fields of a message */
export function returnedOf(fields: Field[]): Returned | undefined {
  const to = readAddresses([fieldOf(fields, 'to') ?? ''])[0]?.address
  const message_id = readMessageIds(fieldOf(fields, 'message-id') ?? '')[0]
  if (!to && !message_id && !fieldOf(fields, 'subject')) return undefined
  return {
    fields,
    message: {
      message_id: message_id ?? null,
      to: to?.toLowerCase() ?? null,
      return_path: readReturnPath(fieldOf(fields, 'return-path')),
      subject: decodeField(fieldOf(fields, 'subject') ?? '').slice(0, 998) || null,
    },
  }
}
