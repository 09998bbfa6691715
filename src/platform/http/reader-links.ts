import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TokenPurpose } from '../../lib/tokens.ts'
import type { LinkGuard } from './link-guard.ts'
import type { ReaderPages } from './reader-pages.ts'

/** The reader behind a link; undefined when there is none, and the answer is sent. */
export type ReadLink<Reader> = (
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
) => Promise<Reader | undefined>

/**
 * Reads the links of one purpose. One that is not ours gets the page that says no more (404), one that was ours and whose
 * reader is here no longer another (410).
 */
export function openReaderLinks<Reader>(
  { guard, readers }: { guard: LinkGuard; readers: ReaderPages },
  purpose: TokenPurpose,
  findReader: (id: number) => Promise<Reader | undefined>,
): ReadLink<Reader> {
  return async (request, reply, token) => {
    const id = guard.read(request, purpose, token)
    const reader = id === undefined ? undefined : await findReader(id)
    if (!reader) await readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
    return reader
  }
}
