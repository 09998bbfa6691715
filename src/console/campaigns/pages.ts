import { openMemory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addAudiencePages } from './audience.ts'
import { openFigures } from './figures.ts'
import { addListPages } from './list.ts'
import { addPeoplePages } from './people.ts'
import { addPeopleCsv } from './people-csv.ts'
import { addReportPages } from './report.ts'
import { addReviewPages } from './review.ts'
import { addUncertainPages } from './uncertain.ts'

/** Everything about a campaign but writing it: the list, the calendar, its review, its report, its people. */
export function addCampaignPages(app: TypedApp, deps: ConsoleDeps): void {
  const memory = openMemory()
  const figures = openFigures(deps.db, memory)
  addListPages(app, deps, figures)
  addReviewPages(app, deps, memory)
  addAudiencePages(app, deps, memory)
  addReportPages(app, deps, memory, figures)
  addPeoplePages(app, deps, memory, figures)
  addPeopleCsv(app, deps)
  addUncertainPages(app, deps)
}
