import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { type KeptImport, startDryRun, suggestColumns } from '../../features/imports/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { FIELD_WORDS } from './fields.ts'
import { getImportOf, ImportParams, importPath, uploadPath } from './paths.ts'
import { presentColumns } from './present-columns.ts'

const FIELDS = FIELD_WORDS.map(([field]) => field)
const ColumnsForm = Type.Object(
  Object.fromEntries(FIELDS.map((field) => [field, Type.Optional(Type.String({ maxLength: 10 }))])),
)

/** GET and POST /console/rounds/:code/imports/:id/columns: which column is what; then the dry run begins. */
export function addColumnsPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = (reply: FastifyReply, row: KeptImport, chosen: Record<string, number>, faults: FieldFault[] = []) => {
    const path = importPath(row.round_code, row.id)
    // The file is forgotten, or has been imported: its own page says which.
    if (!row.header || !row.dry_run) return reply.redirect(path, 303)
    return deps.shell.show(
      reply,
      'imports/columns',
      { title: 'Which column is what?', nav: 'participants' },
      {
        code: row.round_code,
        path,
        uploadHref: uploadPath(row.round_code),
        file: row.file_name ?? 'your file',
        fields: presentColumns(row.header, chosen, faults),
        faults,
      },
    )
  }

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/imports/:id/columns',
    config: { allow: 'imports.write' },
    schema: { params: ImportParams },
    handler: async ({ params }, reply) => {
      const row = await getImportOf(deps, params)
      const mapping = await suggestColumns(deps, row)
      const chosen = Object.entries(mapping).map(([field, [first = 0]]) => [field, first])
      return show(reply, row, Object.fromEntries(chosen))
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/imports/:id/columns',
    config: { allow: 'imports.write', does: 'Check applications before their import' },
    schema: { params: ImportParams, body: ColumnsForm },
    handler: async ({ params, body }, reply) => {
      const row = await getImportOf(deps, params)
      const path = importPath(params.code, params.id)
      const choice = readChoice(body as Record<string, string | undefined>)
      try {
        await startDryRun(deps, { id: params.id, choice })
        return reply.redirect(path, 303)
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), row, choice, error.faults)
        if (error instanceof Conflict) return reply.redirect(`${path}?notice=${error.code}`, 303)
        throw error
      }
    },
  })
}

/** What is no number is a column that there is not. */
function readChoice(body: Record<string, string | undefined>): Record<string, number> {
  const chosen = FIELDS.flatMap((field) => {
    const value = body[field]?.trim()
    return value ? [[field, /^\d+$/.test(value) ? Number(value) : 0] as const] : []
  })
  return Object.fromEntries(chosen)
}
