import PostalMime from 'postal-mime'
import { ATTACHMENTS } from './caps.ts'
import { type Decoder, storable } from './decode.ts'
import { fieldOf } from './fields.ts'
import type { IncomingAttachment } from './incoming.ts'
import { isEmbeddedMessage, ownParts, type Part } from './parts.ts'

/** Octets of a part that tell whether there is anything in it. */
const LOOKED_AT = 4000

export interface Body {
  text: string | undefined
  html: string | undefined
  attachments: IncomingAttachment[]
}

/** The message's own text, and what is attached to it. An embedded message is an attachment like others. */
export async function readBody(root: Part, decoder: Decoder): Promise<Body> {
  const leaves = [...ownParts(root)].filter((part) => part.children.length === 0 || isEmbeddedMessage(part))
  const body: Body = { text: undefined, html: undefined, attachments: [] }
  const texts = { text: 0, html: 0 }
  for (const part of leaves) {
    if (isShown(part)) {
      const as = part.type === 'text/html' ? 'html' : 'text'
      if (part.body.toString('latin1', 0, LOOKED_AT).trim() !== '') texts[as]++
      // The first with anything in it: what follows is a list's footer, or what somebody wrote below a picture.
      body[as] ??= (await decoder.decodeText(part)).trim() ? await decoder.decodeText(part) : undefined
    } else if (body.attachments.length < ATTACHMENTS) body.attachments.push(await describeAttachment(part))
    else decoder.cuts.add(`attachments after the first ${ATTACHMENTS}`)
  }
  // "Yes", and below a picture "but only from May on".
  if (texts.text > 1 || texts.html > 1 || (texts.text === 1 && texts.html === 1 && !isOffered(root)))
    decoder.cuts.add('texts beside the first')
  return body
}

/** Whether text and HTML are two forms of the same (RFC 2046 §5.1.4). */
function isOffered(part: Part): boolean {
  const shown = (type: string) => (one: Part) => [...ownParts(one)].some((each) => each.type === type && isShown(each))
  if (part.type !== 'multipart/alternative') return part.children.some(isOffered)
  return part.children.some(shown('text/plain')) && part.children.some(shown('text/html'))
}

/** Text to read. A multipart in which no boundary was found is read as text, so that nothing is lost. */
export function isShown(part: Part): boolean {
  if (part.disposition === 'attachment') return false
  if (part.type.startsWith('multipart/')) return part.children.length === 0
  return part.type === 'text/plain' || part.type === 'text/html'
}

async function describeAttachment(part: Part): Promise<IncomingAttachment> {
  return { filename: await filenameOf(part), mime_type: part.type.slice(0, 200), size: decodedSize(part) }
}

/** By the parser, from the part's header alone: names come encoded in three ways (RFC 2047, 2231 and none). */
async function filenameOf(part: Part): Promise<string | null> {
  const fields = ['content-type', 'content-disposition'].map((name) => {
    const value = fieldOf(part.fields, name)?.slice(0, 4000)
    return `${name}: ${value ?? (name === 'content-type' ? part.type : 'attachment')}\r\n`
  })
  try {
    const email = await PostalMime.parse(`${fields.join('')}\r\n-`, { forceRfc822Attachments: true })
    const name = storable(email.attachments[0]?.filename ?? '').replace(/[\p{Cc}/\\]+/gu, ' ')
    return name.trim().slice(0, 255).toWellFormed() || null
  } catch {
    return null
  }
}

/** Base64 by the length of its first line; of one line it is exact. */
function decodedSize({ encoding, body }: Part): number {
  if (encoding !== 'base64') return body.length
  const text = body.toString('latin1', 0, 2000)
  const line = /^[^\r\n]+/.exec(text)?.[0].length ?? 0
  const ending = /^[^\r\n]+(\r?\n)/.exec(text)?.[1]?.length ?? 0
  if (line === 0 || body.length < 2000) return Math.floor((text.replace(/[\s=]/g, '').length * 3) / 4)
  return Math.floor(((body.length + ending) * (line / (line + ending)) * 3) / 4)
}
