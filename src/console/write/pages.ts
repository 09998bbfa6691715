import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addAutosave } from './autosave.ts'
import { addEditPages } from './edit.ts'
import { addFindings } from './findings.ts'
import { addHistoryPages } from './history.ts'
import { addNewPages } from './new.ts'
import { addPreview } from './preview.ts'

/** Writing a campaign: from the empty draft to the text that goes to review. */
export function addWritePages(app: TypedApp, deps: ConsoleDeps): void {
  addNewPages(app, deps)
  addEditPages(app, deps)
  addAutosave(app, deps)
  addPreview(app, deps)
  addFindings(app, deps)
  addHistoryPages(app, deps)
}
