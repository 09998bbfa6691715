import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import type { Deps } from '../../src/deps.ts'
import { printSignIn } from '../../src/features/staff/index.ts'
import type { Role } from '../../src/lib/permissions.ts'
import { type ProcessRole, type Service, startService } from '../../src/service.ts'
import { type Api, openApi } from './api.ts'
import type { PageWanted, Visit } from './browser.ts'
import { cloneDatabase } from './database.ts'
import { SETTINGS } from './pairpost.ts'
import { freePort } from './ports.ts'

/** A running service as a browser reaches it, and its parts for setting the stage. */
export interface BrowserService {
  readonly url: string
  readonly deps: Deps
  readonly api: Api
}

/**
 * One service for the tests of a file, on a port and a database of its own. With `start` its worker hands mail to the
 * built-in mailbox.
 */
export function useService(role: ProcessRole = 'start', environment: Record<string, string> = {}): BrowserService {
  let service: Service | undefined
  let ended: () => Promise<void> = async () => undefined
  beforeAll(async () => {
    const database = await cloneDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'pairpost-data-'))
    const port = String(await freePort())
    const config = { ...SETTINGS, LOG_LEVEL: 'fatal', DATABASE_URL: database.url, DATA_DIR: folder, PORT: port }
    service = await startService(parseConfig({ ...config, ...environment }), role)
    ended = async () => {
      await service?.close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    }
  })
  afterAll(() => ended())
  const running = () => {
    if (!service) throw new Error('the service is started before the first test')
    return service
  }
  return {
    get url() {
      return running().url as string
    },
    get deps() {
      return running().deps
    },
    get api() {
      return openApi(running().url as string)
    },
  }
}

let added = 0

/** Somebody of the staff, signed in: follows a real link and presses its button. Returns the cookie for a window. */
export async function signInCookie(
  { deps, url }: BrowserService,
  role: Role = 'director',
  given: { name?: string; time_zone?: string } = {},
): Promise<NonNullable<PageWanted['cookie']> & { address: string }> {
  // Not of MAIL_DOMAIN: mail to that is an answer to the programme.
  const address = `officer${++added}@staff.example`
  const { name = `Officer ${added}`, time_zone = 'UTC' } = given
  await deps.db.insertInto('staff').values({ name, address, role, time_zone }).execute()
  const { pathname } = new URL(await printSignIn(deps, { address }))
  const answer = await fetch(url + pathname, { method: 'POST', redirect: 'manual' })
  const [, cookie = '', value = ''] = /^([^=]+)=([^;]*)/.exec(answer.headers.get('set-cookie') ?? '') ?? []
  if (cookie === '') throw new Error(`not signed in: ${answer.status}`)
  return { name: cookie, value, url, address }
}

/** Signs in by the pages themselves, as somebody would: the link, then its button. */
export async function signInBrowser({ page }: Visit, { deps, url }: BrowserService, address: string): Promise<void> {
  const { pathname } = new URL(await printSignIn(deps, { address }))
  await page.goto(url + pathname)
  await page.getByRole('button').click()
  await page.waitForURL(/\/console/)
}
