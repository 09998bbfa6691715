import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Public pages are the same for everybody: kept for five minutes, then asked for again by their mark. */
const KEPT = 'public, max-age=300'

/** Sends the body, or 304 when the caller has it (RFC 9110 section 13). @param modified of the newest thing in it */
export function sendCached(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, body, modified, varies }: { type: string; body: string; modified: Date | undefined; varies?: string },
): FastifyReply {
  // Weak: compression changes the octets and not what is said.
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  reply.headers({ 'cache-control': KEPT, etag })
  if (varies) reply.header('vary', varies)
  if (modified) reply.header('last-modified', modified.toUTCString())
  if (isKnown(request.headers, etag, modified)) return reply.status(304).send()
  return reply.type(type).send(body)
}

function isKnown(headers: FastifyRequest['headers'], etag: string, modified: Date | undefined): boolean {
  const marks = headers['if-none-match']
  if (marks !== undefined) {
    const opaque = (mark: string) => mark.trim().replace(/^W\//, '')
    return marks.split(',').some((mark) => mark.trim() === '*' || opaque(mark) === opaque(etag))
  }
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return modified !== undefined && Math.floor(modified.getTime() / 1000) * 1000 <= since
}
