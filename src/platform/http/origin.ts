import type { FastifyRequest } from 'fastify'
import { NotAllowed } from '../../lib/errors.ts'

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
