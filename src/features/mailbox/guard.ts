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

/**
 * Refuses a form that another site posts. Browsers say where a POST comes from; programs say neither, and carry no
 * rights that could be abused. @throws NotAllowed
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const { origin, 'sec-fetch-site': site } = request.headers
  const same = origin === undefined ? site === undefined || isOwn(site) : hostOf(origin) === request.host
  if (!same) throw new NotAllowed('The request comes from another site.')
}

const isOwn = (site: string | string[]) => site === 'same-origin' || site === 'none'

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

const hostnameOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : undefined)
