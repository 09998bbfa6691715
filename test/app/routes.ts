import { onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import type { ListedRoute } from '../../src/platform/http/access.ts'
import type { TypedApp } from '../../src/platform/http/typed-app.ts'
import type { TestDeps } from '../support/deps.ts'

/** The whole service with the built-in mailbox shown, ready for calls. */
export async function openWholeApp(deps: TestDeps): Promise<TypedApp> {
  const app = await buildApp(deps, { mailboxSmtpUrl: 'smtp://127.0.0.1:9' })
  onTestFinished(() => app.close())
  await app.ready()
  return app
}

/** Everything but the readable docs, which are files of a package. */
export function listOwnRoutes(app: TypedApp): ListedRoute[] {
  return app.listRoutes().filter(({ url }) => !url.startsWith('/api/docs'))
}

/** Not the id of anything in a test: a call with it reaches the handler and finds nothing. */
const NOBODY = '987654321'

/** An address of the route, with a value in each of its places. */
export function addressOf({ url }: ListedRoute, values: Record<string, string> = {}): string {
  return url.replaceAll(/:(\w+)/g, (_place, name) => values[name] ?? NOBODY).replaceAll('*', 'x')
}
