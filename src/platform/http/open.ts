import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify'
import { type AccessDeps, addAccessControl } from './access.ts'
import { compileWhenNeeded } from './lazy-validators.ts'
import { addProblemAnswers, answerProblem } from './problem.ts'
import { addRequestLog, REQUEST_LOG_OPTIONS } from './request-log.ts'
import { addSecurityHeaders, setSecurityHeaders } from './security-headers.ts'
import type { TypedApp } from './typed-app.ts'

/** For every route that sets no `bodyLimit` of its own. */
const BODY_LIMIT = 3 * 1024 * 1024

/** A web service with what holds for every route: log, headers, problems and who may call. It has no routes yet. */
export function openHttp(
  deps: AccessDeps & {
    log: FastifyBaseLogger
    /** Answers a browser that asks for what is not there. */
    showMissing?: (request: FastifyRequest, reply: FastifyReply) => unknown
  },
): TypedApp {
  const app = Fastify({
    ...REQUEST_LOG_OPTIONS,
    loggerInstance: deps.log,
    bodyLimit: BODY_LIMIT,
    // A proxy on this machine or in this network says whom it calls for; a stranger's word is not taken.
    trustProxy: ['loopback', 'linklocal', 'uniquelocal'],
    routerOptions: { maxParamLength: 200 },
    // Every fault at once, and nothing that was sent is dropped in silence.
    // Validators that are a little slower and a good deal quicker made: there are some two hundred routes.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true, code: { optimize: false } },
      onCreate: compileWhenNeeded,
    },
    frameworkErrors: (error, _request, reply) => {
      setSecurityHeaders(reply)
      return answerProblem(reply, error.statusCode ?? 400, 'bad_request', error.message)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  addRequestLog(app)
  addSecurityHeaders(app)
  addProblemAnswers(app, deps.showMissing)
  addAccessControl(app, deps)
  return app
}
