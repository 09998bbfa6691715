import { openMemory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addRunActions } from './actions.ts'
import { addApprovePages } from './approve.ts'
import { addCriteriaPages } from './criteria.ts'
import { addRunFiles } from './files.ts'
import { addIntroducePages } from './introduce.ts'
import { addLeftOverPage } from './left-over.ts'
import { addOverview } from './overview.ts'
import { addProposalPage } from './proposal-page.ts'
import { addRunPage } from './run-page.ts'
import { addSwapPages } from './swap.ts'

/** /console/matching: criteria, runs, their review, and the way to the introductions. */
export function addMatchingPages(app: TypedApp, deps: ConsoleDeps): void {
  const memory = openMemory()
  addOverview(app, deps)
  addCriteriaPages(app, deps)
  addRunPage(app, deps, memory)
  addRunActions(app, deps, memory)
  addProposalPage(app, deps, memory)
  addSwapPages(app, deps, memory)
  addLeftOverPage(app, deps, memory)
  addRunFiles(app, deps)
  addApprovePages(app, deps, memory)
  addIntroducePages(app, deps, memory)
}
