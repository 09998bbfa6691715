import { onTestFinished } from 'vitest'
import type { Role } from '../../src/lib/permissions.ts'
import { openHttp } from '../../src/platform/http/open.ts'
import type { TypedApp } from '../../src/platform/http/typed-app.ts'
import type { TestDeps } from './deps.ts'

/** An app with the platform's rules and no routes yet. The token names its role: `token-of-a-viewer-00`. */
export function openApiApp(deps: Pick<TestDeps, 'clock' | 'log'> & { host?: string }): TypedApp {
  const app = openHttp({
    log: deps.log,
    clock: deps.clock,
    host: deps.host ?? '0.0.0.0',
    findCaller: async (token) => {
      const role = /^token-of-a-(\w+)-00$/.exec(token)?.[1]
      return role === undefined ? undefined : { name: role, role: role as Role }
    },
  })
  onTestFinished(() => app.close())
  return app
}

export const asRole = (role: Role) => ({ authorization: `Bearer token-of-a-${role}-00` })
