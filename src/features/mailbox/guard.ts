import type { FastifyRequest } from 'fastify'
import { NotAllowed } from '../../lib/errors.ts'
import { isLoopback } from '../../platform/http/addresses.ts'

/**
 * Where no token is asked for, the mailbox opens under a name of this machine only: a page elsewhere could point its
 * own name at 127.0.0.1 and read along (DNS rebinding). The header itself counts, since such a page could add an
 * X-Forwarded-Host. @throws NotAllowed
 */
export function refuseForeignHost(request: FastifyRequest): void {
  if (request.caller || isLoopback(hostnameOf(`http://${request.headers.host}`) ?? '')) return
  throw new NotAllowed('Without a token the mailbox opens on this machine only, at http://localhost.')
}

const hostnameOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : undefined)
