import {
  listPathways,
  type Report,
  reportOnAssociation,
  reportOnDelivery,
  reportOnEngagement,
  reportOnRound,
  reportOnRounds,
} from '../../features/reports/index.ts'
import { settleHits } from '../../features/tracking/index.ts'
import { NotFound } from '../../lib/errors.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { Asked } from './asked.ts'

/** What reports read from. Clicks that wait are counted before figures are read. */
export function openReports({ db, clock }: Pick<ConsoleDeps, 'db' | 'clock'>) {
  return { db, clock, settle: () => settleHits({ db }) }
}
type ReportDeps = ReturnType<typeof openReports>

/** @throws NotFound, InvalidInput for `as_of` */
export function readReport(deps: ReportDeps, { kind, code, pathway, as_of }: Asked): Promise<Report> {
  switch (kind) {
    case 'rounds':
      return reportOnRounds(deps, { as_of })
    case 'round':
      return reportOnRound(deps, { code, as_of })
    case 'engagement':
      return reportOnEngagement(deps, { code, as_of })
    case 'delivery':
      return reportOnDelivery(deps, { code, as_of })
    case 'association':
      return reportOnAssociation(deps, { pathway, code, as_of })
    default:
      throw new NotFound('This report')
  }
}

/** How people who come by no association are recorded. */
const NO_ASSOCIATION = 'direct'

/** The ways by which people came to a round, associations before the others. @throws NotFound */
export async function readPathways(deps: ReportDeps, code: string): Promise<string[]> {
  const all = await listPathways(deps, { code })
  return all.toSorted((a, b) => Number(a === NO_ASSOCIATION) - Number(b === NO_ASSOCIATION))
}
