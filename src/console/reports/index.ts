import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addReportOverview } from './overview.ts'
import { addReportKinds } from './pages.ts'
import { addReportPeople } from './people.ts'

/** Reports: what there is, each kind as page and CSV, the people behind a figure. */
export function addReportConsole(app: TypedApp, deps: ConsoleDeps): void {
  addReportOverview(app, deps)
  addReportKinds(app, deps)
  addReportPeople(app, deps)
}
