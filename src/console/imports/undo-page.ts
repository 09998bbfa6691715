import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { findUndoObstacle, type KeptImport, undoImport } from '../../features/imports/index.ts'
import { Conflict } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import type { ConsoleDeps } from '../shell.ts'
import { getImportOf, ImportParams, importPath } from './paths.ts'

/** GET and POST /console/rounds/:code/imports/:id/undo: asks first, and says why when it cannot. */
export function addUndoPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = (reply: FastifyReply, row: KeptImport, obstacle: string) =>
    deps.shell.show(
      reply,
      'imports/undo',
      { title: 'Undo the import', nav: 'participants' },
      {
        path: importPath(row.round_code, row.id),
        file: row.file_name ?? `import ${row.id}`,
        code: row.round_code,
        obstacle,
        created: formatCount(row.result?.created ?? 0),
        updated: formatCount(row.result?.updated ?? 0),
      },
    )

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/imports/:id/undo',
    config: { allow: 'imports.write' },
    schema: { params: ImportParams },
    handler: async ({ params }, reply) => {
      const row = await getImportOf(deps, params)
      const obstacle = await findUndoObstacle(deps, { id: row.id, now: deps.clock.now() })
      return show(reply, row, obstacle ?? '')
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/imports/:id/undo',
    config: { allow: 'imports.write', does: 'Undo an import' },
    schema: { params: ImportParams, body: Type.Optional(Type.Any()) },
    handler: async ({ params }, reply) => {
      const row = await getImportOf(deps, params)
      try {
        await undoImport(deps, { id: row.id, now: deps.clock.now() })
        return reply.redirect(`${importPath(params.code, params.id)}?notice=undone`, 303)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        // Pressed twice: it is undone, and its page says so.
        if (row.step === 'undone') return reply.redirect(`${importPath(params.code, params.id)}?notice=undone`, 303)
        return show(reply.status(409), row, error.message)
      }
    },
  })
}
