import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Ring } from '../../jobs/catalog.ts'
import { presentJobLink } from '../../jobs/routes.ts'
import type { Db } from '../../platform/db/open.ts'
import { answerProblem } from '../../platform/http/problem.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { MOST_OCTETS } from './decode.ts'
import { getFaultsCsv, getImport, startImport } from './service.ts'
import { undoImport } from './undo.ts'
import { FILE_TYPES, readUpload } from './upload.ts'

const ImportId = Type.Object({ id: Type.Integer({ minimum: 1 }) })

/** POST /rounds/:code/imports, GET /imports/:id and its faults, POST /imports/:id/undo. */
export async function addImportRoutes(app: TypedApp, deps: { db: Db; ring: Ring }): Promise<void> {
  // A scope of its own: here alone a body of these types is a file.
  await app.register((scope, _options, done) => {
    addFileTypes(scope)
    addRoutes(scope as TypedApp, deps)
    done()
  })
}

function addFileTypes(app: FastifyInstance): void {
  for (const type of FILE_TYPES) {
    if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type)
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: MOST_OCTETS }, (_request, body, done) => {
      done(null, body)
    })
  }
}

function addRoutes(app: TypedApp, deps: { db: Db; ring: Ring }): void {
  app.route({
    method: 'POST',
    url: '/rounds/:code/imports',
    bodyLimit: MOST_OCTETS,
    config: { allow: 'imports.write' },
    schema: {
      tags: ['imports'],
      summary: 'Import an export of application forms (text/csv, or multipart with a file)',
      consumes: [...FILE_TYPES, 'multipart/form-data'],
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      querystring: Type.Object(
        {
          dry_run: Type.Optional(Type.Boolean({ description: 'Say what would happen and write nothing' })),
          mapping: Type.Optional(
            Type.String({ maxLength: 16_000, description: 'JSON: field and column, else guessed from the header' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        202: Type.Object({
          job: Type.Object({ id: Type.Integer(), url: Type.String() }),
          import: Type.Object({ id: Type.Integer(), url: Type.String() }),
        }),
      },
    },
    errorHandler: (error, _request, reply) => {
      if (error.statusCode !== 413) throw error
      return answerProblem(reply, 413, 'file_too_large', 'The file is larger than 20 MB. Split it or remove columns.')
    },
    handler: async (request, reply) => {
      const { params, query } = request
      const file = await readUpload(request, query.mapping)
      const { job_id, import_id } = await startImport(deps, { code: params.code, dry_run: query.dry_run, ...file })
      const url = `/api/v1/imports/${import_id}`
      return reply.status(202).send({ job: presentJobLink(job_id), import: { id: import_id, url } })
    },
  })
  app.route({
    method: 'GET',
    url: '/imports/:id',
    config: { allow: 'people.read' },
    schema: { tags: ['imports'], summary: 'An import and its result', params: ImportId },
    handler: async ({ params }) => getImport(deps, params),
  })
  app.route({
    method: 'GET',
    url: '/imports/:id/faults.csv',
    config: { allow: 'people.read', does: 'Export the faults of an import', audited: true },
    schema: { tags: ['imports'], summary: 'Every faulty row of an import', params: ImportId },
    handler: async ({ params }, reply) =>
      reply
        .header('content-disposition', `attachment; filename="import-${params.id}-faults.csv"`)
        .type('text/csv; charset=utf-8')
        .send(await getFaultsCsv(deps, params)),
  })
  app.route({
    method: 'POST',
    url: '/imports/:id/undo',
    config: { allow: 'imports.write' },
    schema: { tags: ['imports'], summary: 'Take an import back', params: ImportId },
    handler: async ({ params }) => undoImport(deps, params),
  })
}
