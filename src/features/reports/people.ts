import type { Clock } from '../../lib/clock.ts'
import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { listDeliveryPeople } from './delivery/index.ts'
import { listEngagementPeople } from './engagement/index.ts'
import type { FigureWanted } from './figure.ts'
import type { ReportKind } from './report.ts'
import { listPeopleOfRound } from './rounds/index.ts'

export interface PeopleWanted extends FigureWanted {
  kind: ReportKind
}

export interface ReportPerson {
  person_id: number
  /** "Erased person" for somebody who was forgotten. */
  given_name: string
  family_name: string
  /** As the application has it. */
  country_code: string
}

export interface ReportPeople {
  items: ReportPerson[]
  /** Passed as `after` for the following ones; null on the last page. */
  next: number | null
  /** Of engagement and delivery: how many more are behind the figure, and are not named. */
  unnamed?: number
}

/**
 * A page of the people behind a figure, by id.
 * @throws NotFound for a round or a kind of report that names nobody, InvalidInput for what the report does not have,
 * Conflict `figure_unknown` while the figure itself is not known
 */
export async function listReportPeople(deps: { db: Db; clock: Clock }, wanted: PeopleWanted): Promise<ReportPeople> {
  if (wanted.kind === 'round' || wanted.kind === 'rounds')
    return listPeopleOfRound(deps, { ...wanted, kind: wanted.kind })
  if (wanted.kind === 'engagement') return listEngagementPeople(deps, wanted)
  if (wanted.kind === 'delivery') return listDeliveryPeople(deps, wanted)
  throw new NotFound(`A list of people behind the ${wanted.kind} report`)
}
