import { onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { printSignIn } from '../../src/features/staff/index.ts'
import type { Role } from '../../src/lib/permissions.ts'
import type { TypedApp } from '../../src/platform/http/typed-app.ts'
import type { TestDeps } from './deps.ts'

/** The console as a browser without JavaScript sees it. */
export interface ConsoleVisit {
  app: TypedApp
  staff: { id: number; name: string; address: string }
  /** `name=value`, as the browser sends it. */
  cookie: string
  get(url: string, headers?: Record<string, string>): Promise<Answer>
  /** Posts a form with the session's own token, unless it has a `_csrf`. Several values of one name: an array. */
  post(url: string, fields?: Fields, headers?: Record<string, string>): Promise<Answer>
  /** A token of this session's forms. */
  csrf(): Promise<string>
}

type Answer = Awaited<ReturnType<TypedApp['inject']>>
type Fields = Record<string, string | string[]>

const PAGE = { accept: 'text/html', host: 'localhost' }

/** Signs somebody in with a real link. Each call is another person, with a session of their own. */
export async function openConsole(
  deps: TestDeps,
  role: Role = 'director',
  given: { app?: TypedApp; name?: string; address?: string; time_zone?: string } = {},
): Promise<ConsoleVisit> {
  const app = given.app ?? (await openConsoleApp(deps))
  const staff = await addStaff(deps, role, given)
  const cookie = await signIn(deps, app, staff.address)
  const get = (url: string, headers = {}) => app.inject({ url, headers: { ...PAGE, cookie, ...headers } })
  const csrf = async () => csrfOf((await get('/console/help')).body)
  return {
    app,
    staff,
    cookie,
    get,
    csrf,
    post: async (url, fields = {}, headers = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: { ...PAGE, cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: encodeForm('_csrf' in fields ? fields : { _csrf: await csrf(), ...fields }),
      }),
  }
}

export async function openConsoleApp(deps: TestDeps): Promise<TypedApp> {
  const app = await buildApp(deps, { mailboxSmtpUrl: 'smtp://127.0.0.1:9' })
  onTestFinished(() => app.close())
  await app.ready()
  return app
}

let added = 0

export async function addStaff(
  { db }: TestDeps,
  role: Role,
  given: { name?: string; address?: string; time_zone?: string } = {},
) {
  added++
  const row = { name: `Staff ${added}`, address: `staff${added}@programme.example`, time_zone: 'UTC', ...given }
  const { name, address, time_zone } = row
  const { id } = await db
    .insertInto('staff')
    .values({ name, address, time_zone, role })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, name, address }
}

/** Follows a sign-in link and presses its button. Returns the cookie. */
export async function signIn(deps: TestDeps, app: TypedApp, address: string): Promise<string> {
  const { pathname } = new URL(await printSignIn(deps, { address }))
  const answer = await app.inject({ method: 'POST', url: pathname, headers: PAGE })
  const cookie = answer.cookies.find(({ name }) => name === 'pairpost_session')
  if (!cookie) throw new Error(`not signed in: ${answer.statusCode} ${answer.body}`)
  return `${cookie.name}=${encodeURIComponent(cookie.value)}`
}

/** The token of the first form of a page. */
function csrfOf(html: string): string {
  const found = /name="_csrf" value="([^"]+)"/.exec(html)?.[1]
  if (found === undefined) throw new Error(`no form on the page: ${html.slice(0, 2000)}`)
  return found.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')
}

export function encodeForm(fields: Fields): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one)
  return form.toString()
}
