import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../lib/clock.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'
import { isLoopback } from './addresses.ts'
import { answerProblem } from './problem.ts'
import { signInGuard } from './sign-in-guard.ts'

/** A member of staff who is signed in. */
export interface SignedIn {
  id: number
  name: string
  /** Null for the first director, until they say. */
  address: string | null
  role: Role
  time_zone: string
}

/** Who is calling. `name` is for logs and the idempotency store: "staff 3", "token 7". */
export interface Caller {
  name: string
  role: Role
  /** Absent when a program calls with a token. */
  staff?: SignedIn
}

/** A route as it was registered; `HEAD` of a `GET` is not listed apart. */
export interface ListedRoute {
  method: string
  url: string
  allow: Permission | 'public'
  /** What it says of itself, beside who may call it. */
  config: FastifyContextConfig
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route: a permission, or 'public'. A route without it does not start. */
    allow?: Permission | 'public'
    /** Needs no token from this very machine, when the service listens for nobody else. */
    openOnLoopback?: true
  }
  interface FastifyInstance {
    /** Set on the scope of a foreign plugin, whose routes cannot say it themselves. */
    allowByDefault?: 'public'
    /** Set on a scope that knows callers by a session too: a hook of its own decides about a call without a token. */
    admitsSessions?: true
    /** Every route and who may call it. */
    listRoutes(): readonly ListedRoute[]
  }
  interface FastifyRequest {
    caller: Caller | undefined
    /** The route is open to who sits at this machine, and this one does. */
    isOpenHere: boolean
  }
}

export interface AccessDeps {
  clock: Clock
  /** Address the service listens on. */
  host: string
  /** The caller that a bearer token belongs to. */
  findCaller(token: string): Promise<Caller | undefined>
}

/** Checks the permission that stands beside each path, before the body is read. */
export function addAccessControl(app: FastifyInstance, { clock, host, findCaller }: AccessDeps): void {
  const guard = signInGuard({ clock })
  const routes: ListedRoute[] = []
  app.decorateRequest('caller', undefined)
  app.decorateRequest('isOpenHere', false)
  app.decorate('listRoutes', () => routes)

  app.addHook('onRoute', function (route) {
    if (route.config?.allow === undefined && this.allowByDefault) {
      route.config = { ...route.config, allow: this.allowByDefault }
    }
    const allow = route.config?.allow
    if (allow === undefined) throw new Error(`${route.method} ${route.url} says nothing about who may call it`)
    for (const method of [route.method].flat()) {
      if (method !== 'HEAD') routes.push({ method, url: route.url, allow, config: route.config ?? {} })
    }
  })

  app.addHook('onRequest', async (request, reply) => {
    const { allow, openOnLoopback } = request.routeOptions.config
    if (allow === 'public' || request.is404) return
    request.isOpenHere = openOnLoopback === true && isLoopback(host) && isLocalCall(request)
    if (request.isOpenHere) return
    const token = bearerToken(request)
    if (token === undefined) return request.server.admitsSessions ? undefined : refuse(reply)
    const wait = guard.waitFor(request.ip, token)
    if (wait !== undefined) {
      reply.header('retry-after', wait)
      return answerProblem(reply, 429, 'too_many_attempts', 'Too many unknown tokens came from your address.')
    }
    const caller = await findCaller(token)
    if (!caller) {
      guard.recordFailure(request.ip)
      return refuse(reply)
    }
    guard.recordSuccess(token)
    admit(request, caller)
  })
}

/** Lets the caller in. @throws NotAllowed when the role may not do what the route does */
export function admit(request: FastifyRequest, caller: Caller): void {
  if (!mayDo(caller.role, request.routeOptions.config.allow as Permission))
    throw new NotAllowed(`The role ${caller.role.replaceAll('_', ' ')} may not do this.`)
  request.caller = caller
}

/** RFC 9110 section 11.6.1: a 401 names the scheme. */
function refuse(reply: FastifyReply) {
  reply.header('www-authenticate', 'Bearer')
  return answerProblem(reply, 401, 'not_signed_in', 'Send a valid API token as "Authorization: Bearer …".')
}

function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S{20,200})$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** Both, because a proxy on this machine names the stranger it calls for. */
function isLocalCall(request: FastifyRequest): boolean {
  return isLoopback(request.ip) && isLoopback(request.socket.remoteAddress ?? '')
}
