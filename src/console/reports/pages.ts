import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ReportKind, writeReportCsv } from '../../features/reports/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { type Asked, dayOf, hrefOf, peopleHref, ReportQuery } from './asked.ts'
import { KINDS, tabsOf } from './kinds.ts'
import { presentReport } from './present-report.ts'
import { openReports, readPathways, readReport } from './read-report.ts'

/** GET /console/reports/<kind> and its CSV, of the round of the switcher unless another is asked for. */
export function addReportKinds(app: TypedApp, deps: ConsoleDeps): void {
  const { shell, clock } = deps
  const reports = openReports(deps)

  async function askedOf(request: FastifyRequest, kind: ReportKind, query: ReportQuery): Promise<Asked> {
    const code = query.round || (await shell.currentRound(request))?.code || ''
    const first = async () =>
      kind === 'association' && code !== '' ? (await readPathways(reports, code))[0] : undefined
    return { kind, code, pathway: query.pathway || (await first()) || '', as_of: dayOf(query) }
  }

  async function show(request: FastifyRequest, reply: FastifyReply, asked: Asked) {
    const { kind, code, as_of } = asked
    const name = KINDS.find((one) => one.kind === kind)?.name ?? ''
    const frame = { nav: 'reports' } as const
    if (code === '')
      return shell.show(
        reply,
        'reports/no-round',
        { ...frame, title: name },
        { may_create: mayDo(roleOf(request), 'rounds.write') },
      )
    if (kind === 'association' && asked.pathway === '') {
      const model = { tabs: tabsOf(kind, asked), round: code }
      return shell.show(reply, 'reports/no-pathway', { ...frame, title: name }, model)
    }
    const { report, faults } = await readUnlessFaulty(asked)
    if (faults.length > 0) reply.status(422)
    const sees = mayDo(roleOf(request), 'reports.people')
    const title = report?.title ?? name
    const now = { ...asked, as_of: undefined }
    return shell.show(
      reply,
      'reports/report',
      { ...frame, title },
      {
        title,
        tabs: tabsOf(kind, faults.length > 0 ? now : asked),
        choice: {
          round: kind === 'rounds' ? '' : code,
          pathways: kind === 'association' ? await choicesOf(asked) : [],
          as_of: as_of ?? '',
          today: clock.now().toISOString().slice(0, 10),
          faults,
          now_href: hrefOf(now),
          csv_href: report ? hrefOf(asked, '.csv') : '',
        },
        report: report ? presentReport(report, (at) => (sees ? peopleHref(asked, at) : '')) : null,
      },
    )
  }

  /** The one that is shown among them, also when nobody came that way. */
  async function choicesOf({ code, pathway }: Asked) {
    const known = await readPathways(reports, code)
    return [...new Set([...known, pathway])].map((name) => ({ name, chosen: name === pathway }))
  }

  /** A day that cannot be is said at its field: figures of another day would be taken for those of that one. */
  async function readUnlessFaulty(asked: Asked) {
    try {
      return { report: await readReport(reports, asked), faults: [] as FieldFault[] }
    } catch (error) {
      if (!(error instanceof InvalidInput) || !error.faults.every(({ field }) => field === 'as_of')) throw error
      return { report: undefined, faults: error.faults }
    }
  }

  for (const { kind, does } of KINDS) {
    app.route({
      method: 'GET',
      url: `/console/reports/${kind}`,
      config: { allow: 'reports.read' },
      schema: { querystring: ReportQuery },
      handler: async (request, reply) => show(request, reply, await askedOf(request, kind, request.query)),
    })
    app.route({
      method: 'GET',
      url: `/console/reports/${kind}.csv`,
      config: { allow: 'reports.read', does, audited: true },
      schema: { querystring: ReportQuery },
      handler: async (request, reply) => {
        const asked = await askedOf(request, kind, request.query)
        if (kind !== 'rounds' && asked.code === '') throw new NotFound('A round')
        if (kind === 'association' && asked.pathway === '') throw new NotFound('An association')
        const report = await readReport(reports, asked)
        const of = [kind, report.round, report.pathway, report.as_of ?? report.data_at.slice(0, 10)]
        const file = `report-${of.filter(Boolean).join('-')}.csv`.replaceAll(/[^\w.-]/g, '_')
        return reply
          .header('content-disposition', `attachment; filename="${file}"`)
          .type('text/csv; charset=utf-8')
          .send(writeReportCsv(report))
      },
    })
  }
}
