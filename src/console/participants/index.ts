import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addParticipantList } from './list-page.ts'
import { addPersonPage } from './person-page.ts'

/** /console/participants: who is in the round, and one person's whole story. */
export function addParticipantPages(app: TypedApp, deps: ConsoleDeps): void {
  addParticipantList(app, deps)
  addPersonPage(app, deps)
}
