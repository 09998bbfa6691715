import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addActivityPage } from './activity.ts'
import { addLanguagesPage } from './languages.ts'
import { addOwnPage } from './me.ts'
import { addPeoplePages } from './people.ts'
import { addProgrammePage } from './programme.ts'
import { addSendingPage } from './sending.ts'
import { addTokenPages } from './tokens.ts'
import { addWebhookPages } from './webhooks.ts'

/** /console/settings: each tab its own page; tabs.ts says which role sees which. */
export function addSettingsPages(app: TypedApp, deps: ConsoleDeps): void {
  addProgrammePage(app, deps)
  addSendingPage(app, deps)
  addLanguagesPage(app, deps)
  addOwnPage(app, deps)
  addPeoplePages(app, deps)
  addTokenPages(app, deps)
  addWebhookPages(app, deps)
  addActivityPage(app, deps)
}
