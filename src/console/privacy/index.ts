import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addPersonPrivacyPages } from './person-page.ts'
import { addRetentionPage } from './retention-page.ts'

/** What we hold about one person and forgetting it, and how long rounds are kept. */
export function addPrivacyPages(app: TypedApp, deps: ConsoleDeps): void {
  addPersonPrivacyPages(app, deps)
  addRetentionPage(app, deps)
}
