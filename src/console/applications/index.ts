import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addTriageActions } from './actions.ts'
import { addTriageCsv } from './csv.ts'
import { addDuplicatePages } from './duplicates.ts'
import { addTriagePage } from './triage-page.ts'

/** /console/rounds/:code/applications: who has a place, who waits for one, and who may be one person. */
export function addApplicationConsole(app: TypedApp, deps: ConsoleDeps): void {
  addTriagePage(app, deps)
  addTriageActions(app, deps)
  addTriageCsv(app, deps)
  addDuplicatePages(app, deps)
}
