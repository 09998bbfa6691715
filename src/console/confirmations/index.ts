import { openMemory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { openFigures } from '../campaigns/figures.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addAskActions } from './ask.ts'
import { addConfirmationOverview } from './overview.ts'
import { addConfirmationPeople } from './people.ts'

/** /console/rounds/:code/confirmations: who was asked, who answered what, and reminding the silent. */
export function addConfirmationConsole(app: TypedApp, deps: ConsoleDeps): void {
  const pages = { ...deps, figures: openFigures(deps.db, openMemory()) }
  addConfirmationOverview(app, pages)
  addAskActions(app, pages)
  addConfirmationPeople(app, deps)
}
