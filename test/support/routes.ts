import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { onTestFinished } from 'vitest'
import { addProblemAnswers } from '../../src/platform/http/problem.ts'
import type { TypedApp } from '../../src/platform/http/typed-app.ts'

/** A web service with nothing but the routes under test: no tokens, the settings of src/app.ts. */
export async function serveRoutes(add: (app: TypedApp) => void | Promise<void>): Promise<TypedApp> {
  const app = Fastify({
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  addProblemAnswers(app)
  app.decorateRequest('caller', undefined)
  await app.register(multipart)
  await add(app)
  await app.ready()
  onTestFinished(() => app.close())
  return app
}
