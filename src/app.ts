import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { Deps } from './deps.ts'
import { findCaller } from './features/staff/index.ts'
import { addAccessControl } from './platform/http/access.ts'
import { addProblemAnswers } from './platform/http/problem.ts'
import type { TypedApp } from './platform/http/typed-app.ts'

const BODY_LIMIT = 3 * 1024 * 1024

/** The whole web service, not listening yet. */
export async function buildApp(deps: Deps): Promise<TypedApp> {
  const app = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    disableRequestLogging: true,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 200 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  addProblemAnswers(app)
  addAccessControl(app, (token) => findCaller(deps, token))
  await app.register(formbody, { bodyLimit: 64 * 1024 })
  await app.register(multipart)
  return app
}
