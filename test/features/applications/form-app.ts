import formbody from '@fastify/formbody'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { onTestFinished } from 'vitest'
import { addApplicationPages, addApplicationRoutes } from '../../../src/features/applications/index.ts'
import { getProgramme } from '../../../src/features/programme/index.ts'
import { createRound, type RoundInput } from '../../../src/features/rounds/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { addAssets } from '../../../src/platform/http/assets.ts'
import { openLinkGuard } from '../../../src/platform/http/link-guard.ts'
import { openHttp } from '../../../src/platform/http/open.ts'
import { openPages } from '../../../src/platform/http/pages.ts'
import { openReaderPages } from '../../../src/platform/http/reader-pages.ts'
import { setPageHeaders } from '../../../src/platform/http/security-headers.ts'
import { encodeForm } from '../../support/console.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'

/** The pages of applications alone, with the limits of the whole service. */
export async function serveApplications(deps: TestDeps) {
  const app = openHttp({
    ...{ log: deps.log, clock: deps.clock, host: '0.0.0.0' },
    findCaller: async (token) =>
      token === 'token-of-a-director-00' ? { name: 'token 1', role: 'director' } : undefined,
  })
  const readers = openReaderPages(openPages(), async () => (await getProgramme(deps.db)).contact_address)
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/')) setPageHeaders(reply)
  })
  await app.register(formbody, { bodyLimit: 64 * 1024 })
  await addApplicationPages(app, { ...deps, readers, guard: openLinkGuard(deps) })
  await addAssets(app)
  const api: FastifyPluginAsync = async (scope) => {
    addApplicationRoutes(scope.withTypeProvider<TypeBoxTypeProvider>(), deps)
  }
  await app.register(api, { prefix: '/api/v1' })
  onTestFinished(() => app.close())
  await app.ready()
  return app
}

const OPEN_ROUND: RoundInput = {
  ...{ code: '2016A', name: 'International Librarians Network 2016A' },
  ...{ applications_open_on: '2016-01-18', applications_close_on: '2016-02-14', confirm_by: '2016-02-25' },
  ...{ starts_on: '2016-03-07', ends_on: '2016-07-03' },
}

/** What somebody answers, page by page. */
export function answersOf(given: Record<string, string | string[]> = {}) {
  const all: Record<string, string | string[]> = {
    ...{ name: 'Amina Okafor', given_name: 'Amina', email: 'amina@library.example', country: 'KE', language: 'en' },
    ...{ sector: 'Public', career_stage: 'Mid career (6-15 years)', association: 'None' },
    ...{ previous_round: 'No', wishes: 'No' },
    ...{ interests: ['Advocacy', 'Copyright'], special_request: '' },
    ...{ code_of_conduct: 'Yes', commitment: 'Yes', heard_through: 'A colleague' },
    ...given,
  }
  const pick = (...ids: string[]) =>
    Object.fromEntries(ids.flatMap((id) => (all[id] === undefined ? [] : [[id, all[id]]])))
  return [
    pick('name', 'given_name', 'email', 'country', 'language'),
    pick('sector', 'career_stage', 'association', 'previous_round', 'wishes'),
    pick('interests', 'special_request', 'partner_sector', 'partner_career_stage', 'partner_interests'),
    { ...pick('code_of_conduct', 'commitment', 'heard_through'), conduct: given.conduct ?? '1' },
  ] as Record<string, string | string[]>[]
}

export type Fields = Record<string, string | string[]>

/** A round whose form is open, and somebody who fills it in. */
export async function openForm(round: Partial<RoundInput> = {}, environment: Record<string, string> = {}) {
  const deps = await openTestDeps(environment)
  deps.clock.set('2016-02-01T09:00:00Z')
  const made = await createRound(deps, { ...OPEN_ROUND, ...round })
  const app = await serveApplications(deps)
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
  const post = (url: string, fields: Fields = {}, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: encodeForm(fields),
    })

  /** Fills in the first pages; returns where the next one is. */
  async function fill(given: Fields = {}, pages = 4): Promise<string> {
    let url = '/apply/2016A/1'
    for (const fields of answersOf(given).slice(0, pages)) {
      const answer = await post(url, fields)
      if (answer.statusCode !== 303) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`)
      url = answer.headers.location as string
    }
    return url
  }
  const versionIn = (html: string) => /name="version" value="(\d+)"/.exec(html)?.[1] ?? ''
  /** Fills in all of it and sends it; returns where that leads. */
  async function send(given: Fields = {}): Promise<string> {
    const url = await fill(given)
    const answer = await post(url, { version: versionIn((await get(url)).body) })
    if (answer.statusCode !== 303) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`)
    return answer.headers.location as string
  }
  /** Emails that were queued, the first one first: which, to whom, and the links in them. */
  async function mails() {
    const rows = await deps.db
      .selectFrom('deliveries as d')
      .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
      .select(['d.id', 'c.automatic_key as key', 'd.address', 'd.person_id', 'd.contact_id', 'd.state'])
      .orderBy('d.id')
      .execute()
    const link = (purpose: 'verify' | 'resume' | 'interest', id: number) => signToken(deps.keys, purpose, id)
    return rows.map((row) => ({
      ...row,
      verify: `/apply/verify/${link('verify', row.id)}`,
      resume: `/apply/resume/${link('resume', row.id)}`,
      verify_interest: `/interest/verify/${link('interest', row.id)}`,
      leave_interest: `/interest/leave/${link('interest', row.id)}`,
    }))
  }
  /** Presses the button of the link that came last to an address. */
  async function verify(address = 'amina@library.example') {
    const mail = (await mails()).findLast((one) => one.key === 'application_received' && one.address === address)
    if (!mail) throw new Error(`nothing was mailed to ${address}`)
    await post(mail.verify, { do: 'verify' })
    return get(mail.verify)
  }
  const applications = () =>
    deps.db
      .selectFrom('applications as a')
      .innerJoin('people as p', 'p.id', 'a.person_id')
      .innerJoin('addresses as d', 'd.person_id', 'p.id')
      .selectAll('a')
      .select(['p.given_name', 'p.family_name', 'p.language', 'd.address'])
      .orderBy('a.id')
      .execute()
  return { deps, app, round: made, get, post, fill, send, mails, verify, applications, versionIn }
}
