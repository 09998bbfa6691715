/**
 * The staff console: pages for people, over the same services that the API offers to programs. Owns no table.
 * Guarantees that everything works without JavaScript, that no GET changes anything, and that nothing typed is lost.
 */
import type { TypedApp } from '../platform/http/typed-app.ts'
import { addApplicationConsole } from './applications/index.ts'
import { addAutomaticPages } from './automatic/pages.ts'
import { addCampaignPages } from './campaigns/pages.ts'
import { addComponentsPage } from './components.ts'
import { addConfirmationConsole } from './confirmations/index.ts'
import { addFirstRunPages } from './first-run/pages.ts'
import { addHelpPage } from './help.ts'
import { addHomePage } from './home/pages.ts'
import { addImportPages } from './imports/index.ts'
import { addInboxPages } from './inbox/index.ts'
import { addJobPages } from './jobs/pages.ts'
import { addMailchimpPages } from './mailchimp/index.ts'
import { addMatchingPages } from './matching/index.ts'
import { addParticipantPages } from './participants/index.ts'
import { addSuppressionPages } from './participants/suppression-pages.ts'
import { addPicturePages } from './pictures/pages.ts'
import { addPrivacyPages } from './privacy/index.ts'
import { addReportConsole } from './reports/index.ts'
import { addRoundPages } from './rounds/pages.ts'
import { addSettingsPages } from './settings/index.ts'
import type { ConsoleDeps } from './shell.ts'
import { addSignInPages } from './sign-in.ts'
import { addWritePages } from './write/pages.ts'

export { showMissingPage } from './errors.ts'
export { addConsoleScope } from './scope.ts'
export { type ConsoleDeps, createShell, type Shell } from './shell.ts'

/** Every area of the console. */
export const CONSOLE_PAGES: ((app: TypedApp, deps: ConsoleDeps) => unknown)[] = [
  addSignInPages,
  addHelpPage,
  addHomePage,
  addRoundPages,
  addJobPages,
  addFirstRunPages,
  addPicturePages,
  addComponentsPage,
  addCampaignPages,
  addWritePages,
  addSettingsPages,
  addMailchimpPages,
  addParticipantPages,
  addMatchingPages,
  addImportPages,
  addSuppressionPages,
  addApplicationConsole,
  addConfirmationConsole,
  addAutomaticPages,
  addInboxPages,
  addPrivacyPages,
  addReportConsole,
]
