import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addColumnsPage } from './columns-page.ts'
import { addImportPage } from './import-page.ts'
import { addUndoPage } from './undo-page.ts'
import { addUploadPage } from './upload-page.ts'

/** /console/rounds/:code/import and …/imports/:id: upload, columns, dry run, import, undo. */
export function addImportPages(app: TypedApp, deps: ConsoleDeps): void {
  addUploadPage(app, deps)
  addColumnsPage(app, deps)
  addImportPage(app, deps)
  addUndoPage(app, deps)
}
