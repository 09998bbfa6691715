import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NotAllowed } from '../../lib/errors.ts'
import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'
import { answerProblem } from './problem.ts'

/** Who is calling. `name` is for logs and the idempotency store. */
export interface Caller {
  name: string
  role: Role
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route: a permission, or 'public'. A route without it does not start. */
    allow?: Permission | 'public'
  }
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

/**
 * Checks the permission that stands beside each path, before the body is read. @param findCaller the caller that a
 * bearer token belongs to
 */
export function addAccessControl(
  app: FastifyInstance,
  findCaller: (token: string) => Promise<Caller | undefined>,
): void {
  app.decorateRequest('caller', undefined)
  app.addHook('onRoute', (route) => {
    if (route.config?.allow === undefined)
      throw new Error(`${route.method} ${route.url} says nothing about who may call it`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const allow = request.routeOptions.config.allow
    if (allow === 'public' || request.is404) return
    const token = bearerToken(request)
    const caller = token === undefined ? undefined : await findCaller(token)
    if (!caller) {
      reply.header('www-authenticate', 'Bearer')
      return answerProblem(reply, 401, 'not_signed_in', 'Send a valid API token as "Authorization: Bearer …".')
    }
    if (!mayDo(caller.role, allow as Permission)) throw new NotAllowed(`The role ${caller.role} may not do this.`)
    request.caller = caller
  })
}

function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S{20,200})$/i.exec(request.headers.authorization ?? '')?.[1]
}
