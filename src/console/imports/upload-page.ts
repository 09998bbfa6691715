import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { keepUpload, listImports } from '../../features/imports/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import { wantsPage } from '../../platform/http/problem.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { importPath, RoundParams, uploadPath } from './paths.ts'
import { presentPast } from './present.ts'
import { readImportUpload } from './upload-form.ts'

const Query = Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) })

/** GET and POST /console/rounds/:code/import: upload an export, and what was imported before. */
export function addUploadPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { code, before, faults = [] }: { code: string; before?: number | undefined; faults?: FieldFault[] },
  ) => {
    const found = await getRoundRow(deps, { code })
    const past = await listImports(deps, { round_id: found.id, before })
    const path = uploadPath(code)
    return deps.shell.show(
      reply,
      'imports/upload',
      { title: 'Import applications', nav: 'participants' },
      {
        code,
        path,
        faults,
        mayImport: mayDo(roleOf(request), 'imports.write'),
        past: past.items.map((row) => presentPast(row, { code, zone: zoneOf(request) })),
        yourZone: presentZone(zoneOf(request), deps.clock.now()),
        pager: { next: past.next === null ? '' : `${path}?before=${past.next}`, first: before ? path : '' },
      },
    )
  }

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/import',
    config: { allow: 'people.read' },
    schema: { params: RoundParams, querystring: Query },
    handler: async (request, reply) => show(request, reply, { ...request.params, ...request.query }),
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/import',
    config: { allow: 'imports.write', does: 'Upload applications', csrf: 'in-handler' },
    schema: { params: RoundParams },
    handler: async (request, reply) => {
      const { code } = request.params
      try {
        const upload = await readImportUpload(request, deps.shell)
        const id = await keepUpload(deps, { code, ...upload })
        return reply.redirect(`${importPath(code, id)}/columns`, 303)
      } catch (error) {
        if (!(error instanceof InvalidInput) || !wantsPage(request)) throw error
        return show(request, reply.status(422), { code, faults: error.faults })
      }
    },
  })
}
