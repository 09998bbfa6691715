import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addClashPages } from './clashes.ts'
import { addConnectPages } from './connect.ts'
import { addDriftPage } from './drift.ts'
import { addMailchimpLog } from './log.ts'
import { addMailchimpOverview } from './overview.ts'
import { addSyncPages } from './sync.ts'
import { addTroublePages } from './troubles.ts'

/** /console/settings/mailchimp: the audience that is mirrored, what differs, and what a person must decide. */
export function addMailchimpPages(app: TypedApp, deps: ConsoleDeps): void {
  addMailchimpOverview(app, deps)
  addConnectPages(app, deps)
  addSyncPages(app, deps)
  addDriftPage(app, deps)
  addClashPages(app, deps)
  addTroublePages(app, deps)
  addMailchimpLog(app, deps)
}
