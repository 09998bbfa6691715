import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addAnswerAction } from './answer-action.ts'
import { addConsentAction } from './consent-action.ts'
import { addEditPage } from './edit-page.ts'
import { addParticipantList } from './list-page.ts'
import { addPersonPage } from './person-page.ts'
import { addStopActions } from './stop-actions.ts'

/** /console/participants: who is in the round, and one person's whole story. */
export function addParticipantPages(app: TypedApp, deps: ConsoleDeps): void {
  addParticipantList(app, deps)
  addPersonPage(app, deps)
  addEditPage(app, deps)
  addStopActions(app, deps)
  addAnswerAction(app, deps)
  addConsentAction(app, deps)
}
