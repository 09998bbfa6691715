import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentTime } from '../present/time.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { type Asked, hrefOf } from './asked.ts'
import { KINDS, tabsOf } from './kinds.ts'
import { presentKeyFigures } from './present-key-figures.ts'
import { openReports, readPathways, readReport } from './read-report.ts'

const FRAME = { title: 'Reports', nav: 'reports' } as const

const MOST_PATHWAYS = 12

/** GET /console/reports: what each report says of the round first, with its key figures. */
export function addReportOverview(app: TypedApp, deps: ConsoleDeps): void {
  const { shell } = deps
  const reports = openReports(deps)
  app.route({
    method: 'GET',
    url: '/console/reports',
    config: { allow: 'reports.read' },
    handler: async (request, reply) => {
      const round = await shell.currentRound(request)
      if (!round) {
        const may_create = mayDo(roleOf(request), 'rounds.write')
        return shell.show(reply, 'reports/no-round', FRAME, { may_create })
      }
      const asked: Omit<Asked, 'kind'> = { code: round.code, pathway: '', as_of: undefined }
      const cards = await Promise.all(
        KINDS.filter(({ kind }) => kind !== 'association').map(async ({ kind, name, tells }) => {
          const report = await readReport(reports, { ...asked, kind })
          return {
            ...{ name, tells, href: hrefOf({ ...asked, kind }) },
            finding: report.sentences[0] ?? '',
            ...presentKeyFigures(report),
            data_at: presentTime(new Date(report.data_at), 'UTC'),
          }
        }),
      )
      const pathways = await readPathways(reports, round.code)
      const association = KINDS.find(({ kind }) => kind === 'association')
      return shell.show(reply, 'reports/overview', FRAME, {
        ...{ tabs: tabsOf('', asked), round: round.code, cards },
        association: {
          ...{ name: association?.name, tells: association?.tells },
          href: hrefOf({ ...asked, kind: 'association' }),
          pathways: pathways
            .slice(0, MOST_PATHWAYS)
            .map((pathway) => ({ name: pathway, href: hrefOf({ ...asked, kind: 'association', pathway }) })),
        },
      })
    },
  })
}
