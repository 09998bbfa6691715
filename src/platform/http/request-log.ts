import { randomUUID } from 'node:crypto'
import { type FastifyInstance, LogController } from 'fastify'

/** Probes that come every few seconds: logged at debug. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics'])

/** The route as it was registered: the address itself may hold a token or a person. */
export function routePattern(request: { is404: boolean; routeOptions: { url?: string | undefined } }): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
}

/** One line for every request, without personal data: no address, no query string, no header. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = routePattern(request)
    request.log[QUIET.has(route) ? 'debug' : 'info'](
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    )
  })
}

/** Settings of Fastify that belong to the log. */
export const REQUEST_LOG_OPTIONS = {
  // Fastify's own lines hold the address, with whatever token or name is in it.
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
  // A caller cannot write into our log: the id is always ours.
  requestIdHeader: false,
  genReqId: () => randomUUID(),
} as const
