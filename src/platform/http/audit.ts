import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../db/open.ts'
import { insertAuditEntry, recordAuditStatus } from './audit-queries.ts'
import { routePattern } from './request-log.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a call does, as an order: "Pause a campaign". For the audit log; the API's summaries say it too. */
    does?: string
    /** True for a GET that takes data out (an export); false for a POST that changes nothing. */
    audited?: boolean
  }
  interface FastifyRequest {
    auditEntry: number | undefined
  }
}

/**
 * Writes down every change and every export of this scope, by whom, before it is made: a crash may leave an entry
 * without its status, never a change without its entry. What was refused before it reached its handler is not in it.
 */
export function addAudit(scope: FastifyInstance, { db }: { db: Db }): void {
  if (!scope.hasRequestDecorator('auditEntry')) scope.decorateRequest('auditEntry', undefined)

  scope.addHook('preHandler', async (request) => {
    const { caller } = request
    if (!caller || !isAudited(request)) return
    const { config, schema } = request.routeOptions
    const summary = (schema as { summary?: string } | undefined)?.summary
    request.auditEntry = await insertAuditEntry(db, {
      actor: caller.name,
      actor_name: caller.staff?.name ?? caller.name,
      role: caller.role,
      did: config.does ?? summary ?? routePattern(request),
      route: `${request.method} ${routePattern(request)}`,
      params: (request.params as Record<string, unknown> | undefined) ?? {},
    })
  })

  scope.addHook('onSend', async (request, reply) => {
    if (request.auditEntry === undefined) return
    await recordAuditStatus(db, request.auditEntry, reply.statusCode).catch((error) =>
      request.log.warn({ err: error }, 'the outcome is missing in the audit log'),
    )
  })
}

function isAudited({ method, routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.audited ?? !['GET', 'HEAD', 'OPTIONS'].includes(method)
}
