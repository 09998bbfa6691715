import type { Ring } from '../../jobs/catalog.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { IntroduceDeps } from './review/introduce.ts'
import { addProposalRoutes } from './review/routes.ts'
import { addRunRoutes } from './runs/routes.ts'
import { addSettingsRoutes } from './settings/routes.ts'

/** Settings and decisions of a round, its matching runs, and their proposals up to the introduction. */
export function addMatchingRoutes(app: TypedApp, deps: IntroduceDeps & { ring: Ring }): void {
  addSettingsRoutes(app, deps)
  addRunRoutes(app, deps)
  addProposalRoutes(app, deps)
}
