import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'
import { mayDo, type Permission, ROLES } from '../../lib/permissions.ts'
import type { TypedApp } from './typed-app.ts'

const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

const ABOUT = `Everything the staff do, over HTTP. Send a token as \`Authorization: Bearer …\`; make one with
\`npm run pairpost -- token create --role viewer --name reports\`.

- Errors are RFC 9457 problem details with a stable \`code\`; faulty input names every field in \`errors\`.
- Lists answer \`{items, next}\`; pass \`next\` as \`after\` for the rest. No \`next\`: that was all.
- Long work answers 202 with \`{job: {id, url}}\`.
- Every POST, PUT, PATCH and DELETE takes an \`Idempotency-Key\` (1 to 200 characters): repeated within 24 hours,
  the same request gets the same answer and does its work once.`

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; programs may decide by it' },
    detail: { type: 'string', description: 'A sentence for a person' },
    errors: {
      type: 'array',
      description: 'Every fault of the input',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeating the request with the same key does its work once',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
} as const

const PROBLEM_ANSWER = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

interface Parameter {
  required?: boolean
  schema?: Readonly<Record<string, unknown>>
}

interface Operation {
  parameters?: readonly Parameter[]
  responses?: Record<string, { description?: string }>
}

/**
 * OpenAPI 3.1 at /api/openapi.json, made from the routes' own schemas, and readable at /api/docs without any other
 * host. Both are public. Must be added before the routes; only those under `/api/v1` are in it.
 */
export async function addOpenApi(app: TypedApp, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pairpost', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token of a role' } },
        schemas: { Problem: PROBLEM as never },
      },
    },
    transform: ({ schema, url, route }) => {
      const allow = route.config?.allow ?? 'public'
      return {
        url,
        schema: {
          ...schema,
          hide: !url.startsWith('/api/v1/'),
          description: [schema?.description, describePermission(allow)].filter(Boolean).join('\n\n'),
          security: allow === 'public' ? [] : [{ token: [] }],
          tags: (schema?.tags ?? [tagOf(url)]).map((tag) => tag.toLowerCase()),
        },
      }
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      const { openapiObject } = document
      for (const path of Object.values(openapiObject.paths ?? {})) {
        for (const [method, operation] of Object.entries(path ?? {})) complete(method, operation as Operation)
      }
      return openapiObject
    },
  })

  app.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { allow: 'public' },
    handler: async () => app.swagger(),
  })

  await app.register(readableDocs)
}

/** Swagger UI from its own package: no other host is asked. */
const readableDocs: FastifyPluginAsync = async (docs) => {
  docs.allowByDefault = 'public'
  docs.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', DOCS_POLICY)
  })
  await docs.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { docExpansion: 'none', persistAuthorization: false, validatorUrl: null },
  })
}

function describePermission(allow: Permission | 'public'): string {
  if (allow === 'public') return 'Permission: none needed.'
  const roles = ROLES.filter((role) => mayDo(role, allow)).map((role) => role.replaceAll('_', ' '))
  return `Permission: \`${allow}\` (${roles.join(', ')}).`
}

/** The first word of the path is the noun, and there is one folder a noun. */
function tagOf(url: string): string {
  return url.split('/')[3] ?? 'service'
}

/** What the routes' schemas do not say: the errors, the key against repeats, and that a default may be left out. */
function complete(method: string, operation: Operation): void {
  const { parameters = [], responses = {} } = operation
  for (const parameter of parameters) {
    if (parameter.schema?.default !== undefined) parameter.required = false
  }
  for (const answer of Object.values(responses)) {
    if (answer.description === 'Default Response') answer.description = 'Done'
  }
  operation.parameters = method === 'get' ? parameters : [...parameters, IDEMPOTENCY_KEY]
  operation.responses = { ...responses, default: PROBLEM_ANSWER }
}
