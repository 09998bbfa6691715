import type { TypedApp } from '../../platform/http/typed-app.ts'
import { addItemRoutes, type InboxRouteDeps } from './items/inbox-routes.ts'
import { addPostRoute, type PostDeps } from './receive/post-routes.ts'

/** POST /inbound, and the Inbox. */
export async function addInboxRoutes(app: TypedApp, deps: PostDeps & InboxRouteDeps): Promise<void> {
  await addPostRoute(app, deps)
  addItemRoutes(app, deps)
}
