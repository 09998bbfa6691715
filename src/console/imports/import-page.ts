import { Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { findUndoObstacle, getFaultsCsv, type KeptImport, startKeptImport } from '../../features/imports/index.ts'
import { getRoundRow } from '../../features/rounds/index.ts'
import { getJob } from '../../jobs/long-work.ts'
import { CSV_MARK } from '../../lib/csv.ts'
import { Conflict } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentJob } from '../jobs/present.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps, Frame } from '../shell.ts'
import { getImportOf, ImportParams, importPath, Notice, uploadPath } from './paths.ts'
import { presentResult, stepBadge } from './present.ts'

const ImportForm = Type.Object({
  /** The job of the dry run that was looked at. */
  seen: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
})

const NOTICES: Record<string, string> = {
  import_busy: 'The file was being checked already: here is how far it is.',
  import_ended: 'This file has been imported already.',
  import_forgotten: 'The file was kept for a day and has been forgotten since. Upload it again.',
  import_not_checked: 'The check has not come to its end.',
  import_changed: 'The file was checked again with other columns since you looked. Here is the new result.',
  import_unreadable: 'The file could not be read.',
  undone: 'The import is undone: everything is as it was before.',
}

/** One import on its way: how far, what it would do, what it did. */
export function addImportPage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/imports/:id',
    config: { allow: 'people.read' },
    schema: { params: ImportParams, querystring: Notice },
    handler: async (request, reply) => {
      const row = await getImportOf(deps, request.params)
      const model = await presentState(deps, request, row)
      if (row.step === 'columns' && row.header && model.mayImport) return reply.redirect(`${model.path}/columns`, 303)
      const frame: Frame = {
        title: model.heading,
        nav: 'participants',
        notice: NOTICES[request.query.notice ?? ''],
      }
      return deps.shell.show(reply, 'imports/import', frame, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/imports/:id/state',
    config: { allow: 'people.read' },
    schema: { params: ImportParams },
    handler: async (request, reply) => {
      const row = await getImportOf(deps, request.params)
      return deps.shell.showPart(reply, 'imports/_polled', await presentState(deps, request, row))
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/imports/:id/import',
    config: { allow: 'imports.write', does: 'Import applications' },
    schema: { params: ImportParams, body: ImportForm },
    handler: async ({ params, body }, reply) => {
      await getImportOf(deps, params)
      const path = importPath(params.code, params.id)
      try {
        await startKeptImport(deps, { id: params.id, seen: body.seen })
        return reply.redirect(path, 303)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        return reply.redirect(`${path}?notice=${error.code}`, 303)
      }
    },
  })

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/imports/:id/faults.csv',
    config: { allow: 'people.read', does: 'Export the faults of an import', audited: true },
    schema: { params: ImportParams },
    handler: async ({ params }, reply) => {
      await getImportOf(deps, params)
      return reply
        .header('content-disposition', `attachment; filename="import-${params.id}-faults.csv"`)
        .type('text/csv; charset=utf-8')
        .send(CSV_MARK + (await getFaultsCsv(deps, params)))
    },
  })
}

/** Everything that the page and its polled part show. */
async function presentState(deps: ConsoleDeps, request: FastifyRequest, row: KeptImport) {
  const { clock } = deps
  const [zone, now] = [zoneOf(request), clock.now()]
  const mayImport = mayDo(roleOf(request), 'imports.write')
  const is = (...steps: KeptImport['step'][]) => steps.includes(row.step)
  const works = is('checking', 'importing')
  const [job, found, obstacle] = await Promise.all([
    works && row.job_id !== null ? getJob(deps, { id: row.job_id }) : undefined,
    getRoundRow(deps, { code: row.round_code }),
    is('imported') ? findUndoObstacle(deps, { id: row.id, now }) : undefined,
  ])
  const view = job && presentJob(job, { now, zone, cancels: mayImport })
  const words = is('checking') ? 'Checking' : 'Importing'
  return {
    path: importPath(row.round_code, row.id),
    code: row.round_code,
    uploadHref: uploadPath(row.round_code),
    heading: is('imported', 'importing', 'undone') ? 'Import' : 'Check before the import',
    title: view ? `${view.figure ? `(${percentOf(view)} %) ` : ''}${words}…` : `Import: ${stepBadge(row.step).text}`,
    file: row.file_name ?? `import ${row.id}`,
    badge: stepBadge(row.step),
    job: view ? { ...view, words } : '',
    said: view ? view.said : `${stepBadge(row.step).text}.`,
    result: row.result && row.result.rows > 0 ? presentResult(row.result, found.country_cap_percent) : '',
    isChecked: is('checked'),
    isImported: is('imported'),
    isStopped: is('stopped'),
    isForgotten: is('forgotten'),
    isUnreadable: is('unreadable'),
    canBegin: mayImport && row.has_file,
    seen: row.job_id ?? 0,
    unreadable: is('unreadable') ? (row.result?.faulty ?? []).map(({ line, message }) => ({ line, message })) : [],
    stopped: is('stopped') ? (row.job_error ?? 'Somebody cancelled it. Nothing was written.') : '',
    stoppedDry: row.dry_run,
    mayImport,
    canUndo: is('imported') && mayImport && obstacle === undefined,
    obstacle: obstacle ?? '',
    keptUntil: row.has_file && row.kept_until ? presentTime(row.kept_until, zone) : '',
    finished: row.finished_at ? presentTime(row.finished_at, zone) : '',
    undone: row.undone_at ? presentTime(row.undone_at, zone) : '',
    yourZone: presentZone(zone, now),
  }
}

const percentOf = ({ done, total }: { done: number; total: number }) => Math.floor((done * 100) / Math.max(total, 1))
