import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { importWork } from '../../src/features/imports/index.ts'
import { DEFAULT_HIERARCHY, saveMatchingSettings } from '../../src/features/matching/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'
import { expectSound, expectSoundEverywhere, useBrowser, type Visit, type Weight } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { csvOf } from '../support/exports.ts'
import { isMissing } from '../support/programs.ts'
import { type FullRound, fillRound } from './full-round.ts'

const KB = 1024
const MOST_AT_FIRST = 60 * KB
const MOST_AFTER = 15 * KB

/** Parts of a page, files, and what belongs to a mail program: never opened as a page. */
/** Reports are opened in reports.test.ts. */
const NO_PAGE = /\.(csv|eml|json)$|^\/console\/reports|\/(progress|state|count|plan|findings|preview|frame)$/

/** Addresses with the round filled; `{…}` is a campaign or the person of the stage. */
const FULL = [
  ...['/console', '/console/help', '/console/start', '/console/start/demo/remove', '/console/jobs', '/console/jobs/1'],
  ...['/console/jobs/2', '/console/jobs/5', '/console/rounds', '/console/rounds/new', '/console/rounds/2016A'],
  ...['/console/rounds/2016A/edit', '/console/rounds/2016A/move', '/console/rounds/2016A/move?starts_on=2030-01-01'],
  ...['/console/rounds/2016A/import', '/console/campaigns', '/console/campaigns?view=calendar'],
  ...['/console/campaigns?state=draft', '/console/campaigns/new', '/console/campaigns/{draft}'],
  ...['/console/campaigns/{draft}?language=ar', '/console/campaigns/{arabic}', '/console/campaigns/{faulty}'],
  ...['/console/campaigns/{faulty}/history', '/console/campaigns/{faulty}/history/1', '/console/campaigns/{done}'],
  ...['/console/campaigns/{draft}/pictures', '/console/pictures', '/console/campaigns/{draft}/review'],
  ...[
    '/console/campaigns/{arabic}/review',
    '/console/campaigns/{faulty}/review',
    '/console/campaigns/{draft}/audience',
  ],
  ...['/console/campaigns/{draft}/review?when=local&day=2030-01-01&time=09:00'],
  ...[
    '/console/campaigns/{draft}/audience/people',
    '/console/campaigns/{draft}/report',
    '/console/campaigns/{done}/report',
  ],
  ...[
    '/console/campaigns/{paused}/report',
    '/console/campaigns/{scheduled}/report',
    '/console/campaigns/{scheduled}/cancel',
  ],
  ...['/console/campaigns/{done}/people', '/console/campaigns/{done}/people?state=rejected'],
  ...['/console/campaigns/{done}/people?state=uncertain', '/console/campaigns/{done}/uncertain'],
  ...['/console/participants', '/console/participants?state=applied&country=BR', '/console/participants?q=عائشة'],
  ...['/console/participants?q=nobody-has-this-name', '/console/participants/{person}'],
  ...['/console/participants/{person}/edit', '/console/participants/{person}/remove', '/console/settings/suppressions'],
  ...['/console/settings', '/console/settings/languages', '/console/settings/sending', '/console/settings/me'],
  ...['/console/settings/people', '/console/settings/people/invite', '/console/settings/people/1'],
  ...['/console/settings/tokens', '/console/settings/tokens/new', '/console/settings/tokens/1/revoke'],
  ...['/console/matching', '/console/matching/criteria', '/console/matching/{running}', '/console/matching/{failed}'],
  ...[
    '/console/matching/{run}',
    '/console/matching/{run}?only=kept&changed={proposal}',
    '/console/matching/{approved}',
  ],
  ...['/console/matching/{run}?q=nobody-has-this-name', '/console/matching/{run}/swap?person={paired}'],
  ...['/console/matching/{run}/swap?person={alone}', '/console/matching/{run}/proposals/{proposal}'],
  ...['/console/matching/{run}/left-over', '/console/matching/{run}/approve', '/console/matching/{approved}/approve'],
  ...['/console/matching/{run}/introduce', '/console/matching/{approved}/introduce'],
  ...['/console/matching/{approved}/introduce?when=at&day=2030-01-01&time=09:00&size=phone&scheme=dark'],
  ...['/console/inbox', '/console/inbox?view=mine', '/console/inbox?view=done', '/console/inbox?decided={decided}'],
  ...[
    '/console/inbox/{reply}',
    '/console/inbox/{elsewhere}',
    '/console/inbox/{stranger}?q=a',
    '/console/inbox/{decided}',
  ],
  ...['/console/rounds/2016A/applications', '/console/rounds/2016A/applications?state=waitlisted&country=FJ'],
  ...['/console/rounds/2016A/applications/duplicates', '/console/rounds/2016A/confirmations'],
  ...['/console/rounds/2016A/confirmations/people?group=confirmed', '/console/rounds/2016A/emails'],
  ...[
    '/console/campaigns/{automatic}',
    '/console/campaigns/{automatic}/publish',
    '/console/campaigns/{automatic}/report',
  ],
  ...['/console/participants/{person}/privacy', '/console/settings/retention', '/console/settings/webhooks'],
  ...['/console/settings/webhooks/new', '/console/settings/webhooks/1', '/console/settings/webhooks/1/remove'],
  ...[
    '/console/settings/mailchimp',
    '/console/settings/mailchimp/plan',
    '/console/settings/mailchimp/drift',
    '/console/settings/mailchimp/clashes',
    '/console/settings/mailchimp/troubles',
    '/console/settings/mailchimp/log',
    '/console/settings/mailchimp/change',
    '/console/settings/mailchimp/disconnect',
  ],
  ...['/console/campaigns/{handed_failed}/report', '/console/campaigns/{handed_sent}/report'],
  ...['/console/settings/activity', '/sign-in', '/sign-in/asked'],
  ...['/console/nowhere', '/console/campaigns/987654321', '/console/participants/987654321', '/sign-in/no-such-link'],
]

const EMPTY = [
  ...['/console', '/console/start', '/console/campaigns', '/console/campaigns?view=calendar', '/console/participants'],
  ...['/console/rounds', '/console/rounds/new', '/console/jobs', '/console/pictures', '/console/settings/activity'],
  ...[
    '/console/settings/suppressions',
    '/console/settings/tokens',
    '/console/campaigns/new',
    '/console/settings/sending',
    '/console/settings/mailchimp',
    '/console/components',
    '/console/matching',
    '/console/matching/criteria',
    '/console/inbox',
    '/console/inbox?view=done',
  ],
]

describe.skipIf(isMissing('chromium'))('console pages', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  let cookie: Awaited<ReturnType<typeof signInCookie>>
  let visit: Visit
  const opened: string[] = []

  beforeAll(async () => {
    cookie = await signInCookie(service, 'director', { name: 'عائشة Okafor', time_zone: 'Australia/Sydney' })
    visit = await browser.open({ cookie })
  }, PATIENCE)

  async function look(path: string, named: string) {
    const answer = await visit.page.goto(service.url + path)
    expect(answer?.status(), named).toBeLessThan(500)
    opened.push(new URL(service.url + path).pathname)
    await expectSoundEverywhere(visit, named)
  }

  describe('with nothing in it yet', () => {
    test.each(EMPTY)('%s', (path) => look(path, `empty ${path}`))
  })

  describe('with everything in it', () => {
    let full: FullRound
    const pathOf = (path: string) => path.replace(/\{(\w+)\}/g, (_, name) => String(full[name as keyof FullRound]))

    beforeAll(async () => {
      full = await fillRound(service.deps)
    }, PATIENCE)

    test.each(FULL)('%s', (path) => look(pathOf(path), path))

    test('an import, from the file to taking it back', async () => {
      const { page } = visit
      const work = async () => {
        const handlers = longWorkHandlers(service.deps, importWork(service.deps))
        const { id } = await service.deps.db
          .selectFrom('jobs')
          .select('id')
          .where('state', '=', 'waiting')
          .executeTakeFirstOrThrow()
        await handlers['run-long-work']({ job_id: id }, new AbortController().signal)
      }
      const seen = async (named: string) => {
        opened.push(new URL(page.url()).pathname)
        await expectSoundEverywhere(visit, named)
      }
      await page.goto(`${service.url}/console/rounds/2016A/import`)
      await page.setInputFiles('input[type=file]', {
        name: 'répondants-عربي.csv',
        mimeType: 'text/csv',
        buffer: csvOf([
          { given: 'عائشة', address: 'aisha@library.example' },
          { address: 'broken', given: '<b>' },
        ]),
      })
      await page.locator('main form button').last().click()
      await page.waitForURL(/columns$/)
      await seen('the columns of an import')
      await page.getByRole('button', { name: 'Check the file' }).click()
      await page.waitForURL(/imports\/\d+$/)
      await seen('an import that is being checked')
      await work()
      await page.reload()
      await seen('an import with faults')
      await page.getByRole('button', { name: /^Import/ }).click()
      await page.waitForURL(/imports\/\d+$/)
      await work()
      await page.reload()
      await seen('an import that is done')
      await page.goto(`${page.url()}/undo`)
      await seen('taking an import back')
    })

    test('criteria that two have changed at once', async () => {
      const { page } = visit
      await page.goto(`${service.url}/console/matching/criteria`)
      await page.getByLabel('Language', { exact: true }).fill('33')
      const change = { hierarchy: { ...DEFAULT_HIERARCHY, criteria: DEFAULT_HIERARCHY.criteria.map(withWeightNine) } }
      await saveMatchingSettings(service.deps, { code: '2016A', change, version: 0, by: 'staff 1' })
      await page.getByRole('button', { name: 'Save' }).first().click()
      await page.getByRole('heading', { name: 'What you both changed' }).waitFor()
      await expectSoundEverywhere(visit, 'criteria that two have changed')
    })

    test('forms with mistakes say so at their fields', async () => {
      const { page } = visit
      const forms = [
        ['/console/rounds/new', 'code', '!!'],
        ['/console/settings', 'contact_address', 'nowhere'],
        ['/console/settings/people/invite', 'address', 'nowhere'],
        ['/console/participants/{person}/edit', 'given_name', '<b>'],
        ['/console/settings/sending', 'limits', 'many'],
        ['/console/matching/criteria', 'group_size', '1'],
      ] as const
      for (const [path, field, wrong] of forms) {
        await page.goto(service.url + pathOf(path))
        const form = page.locator(`main form:has([name="${field}"])`)
        await form.locator(`[name="${field}"]`).fill(wrong)
        // The browser's own checks stand aside: the service must say it too.
        await form.evaluate('(form) => { form.noValidate = true }')
        const [answer] = await Promise.all([
          page.waitForResponse((one) => one.request().method() === 'POST'),
          form.getByRole('button').last().click(),
        ])
        expect(answer.status(), path).toBe(422)
        await page.waitForLoadState()
        expect(await page.locator(`[name="${field}"]`).inputValue(), path).toBe(wrong)
        await expectSoundEverywhere(visit, `${path} with a mistake`)
      }
    })

    test('pages are light: the first with all it needs, the next ones by themselves', async () => {
      const paths = ['/console', '/console/campaigns', '/console/participants', '/console/participants/{person}']
      paths.push('/console/campaigns/{draft}', '/console/campaigns/{draft}/review', '/console/campaigns/{done}/report')
      paths.push('/console/rounds/2016A', '/console/campaigns?view=calendar', '/console/settings')
      paths.push('/console/settings/activity', '/console/campaigns/{done}/people?state=accepted', '/console/pictures')
      paths.push('/console/campaigns/{draft}/audience/people', '/console/campaigns/{faulty}/history')
      paths.push('/console/matching', '/console/matching/{run}', '/console/matching/{run}/swap?person={paired}')
      paths.push('/console/matching/criteria', '/console/matching/{approved}/introduce')
      paths.push('/console/inbox', '/console/inbox/{reply}', '/console/rounds/2016A/applications')
      paths.push('/console/rounds/2016A/confirmations', '/console/rounds/2016A/emails')
      const heavy: string[] = []
      const fresh = await browser.open({ cookie })
      await fresh.page.goto(`${service.url}/console/help`)
      await fresh.page.goto(`${service.url}${pathOf('/console/campaigns/{draft}')}`)
      for (const path of paths.map(pathOf)) {
        const first = await browser.open({ cookie })
        const atFirst = await first.weigh(() => first.page.goto(service.url + path, { waitUntil: 'networkidle' }))
        await first.close()
        const after = await fresh.weigh(() => fresh.page.goto(service.url + path, { waitUntil: 'networkidle' }))
        for (const [weight, most] of [
          [atFirst, MOST_AT_FIRST],
          [after, MOST_AFTER],
        ] as const)
          if (ownBytes(weight) > most) heavy.push(`${path}: ${ownBytes(weight)} of ${most}: ${sayWeight(weight)}`)
      }
      await fresh.close()
      expect(heavy).toEqual([])
    })

    test('on paper a page is its content alone; in forced colours what is marked by colour is marked by a line', async () => {
      const { page } = visit
      for (const path of [
        '/console/campaigns/{done}/report',
        '/console/participants/{person}',
        '/console/rounds/2016A',
        '/console/matching/{run}',
        '/console/inbox/{reply}',
        '/console/rounds/2016A/confirmations',
        '/console/rounds/2016A/applications',
      ]) {
        await page.goto(service.url + pathOf(path))
        await page.emulateMedia({ media: 'print' })
        expect(await page.locator('h1').isVisible(), path).toBe(true)
        expect(await page.locator('header.site').isVisible(), path).toBe(false)
        expect(await page.locator('main button:visible, main .button:visible').count(), path).toBe(0)
        await page.emulateMedia({ media: 'screen', forcedColors: 'active' })
        await expectSound(visit, `${path} in forced colours`)
        await page.emulateMedia({ forcedColors: 'none' })
      }
      await page.goto(service.url + pathOf('/console/campaigns/{draft}'))
      await page.emulateMedia({ forcedColors: 'active' })
      const border = "getComputedStyle(document.querySelector('.button.primary')).borderTopWidth"
      expect(await page.evaluate(border)).toBe('3px')
      await page.emulateMedia({ media: 'screen', forcedColors: 'none' })
    })

    test('introductions that are under way, of which some have reached nobody or one only', async () => {
      const { page } = visit
      const path = pathOf('/console/matching/{approved}/introduce')
      await page.goto(service.url + path)
      await page.getByRole('button', { name: /^Introduce / }).click()
      await page.waitForURL(/report/)
      await sql`update deliveries set state = (array['accepted', 'uncertain', 'rejected', 'held'])[1 + id % 4],
        accepted_at = case when id % 4 = 0 then now() end, held_reason = case when id % 4 = 3 then 'late' end
        where campaign_id = ${Number(/campaigns\/(\d+)/.exec(page.url())?.[1])} and state = 'queued'`.execute(
        service.deps.db,
      )
      for (const after of [path, '/console/matching', '/console'])
        await look(after, `${after} with introductions under way`)
    })

    test('no page of the console was left out', async () => {
      const app = await buildApp(service.deps)
      const pages = app.listRoutes().filter(({ method, url }) => method === 'GET' && /^\/(console|sign-in)/.test(url))
      await app.close()
      const missed = pages
        .map(({ url }) => url)
        .filter((url) => !NO_PAGE.test(url))
        .filter((url) => {
          const pattern = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`)
          return !opened.some((path) => pattern.test(path))
        })
      expect(missed).toEqual([])
    })
  })
})

const withWeightNine = <Criterion extends { weight: number }>(criterion: Criterion) => ({ ...criterion, weight: 9 })

/** Pictures and the email in the preview's frame are what somebody chose to show; the page around them is ours. */
const ownRequests = ({ requests }: Weight) => requests.filter(({ url }) => !/\/pictures\/|\/frame(\?|$)/.test(url))
const ownBytes = (weight: Weight) => ownRequests(weight).reduce((sum, { bytes }) => sum + bytes, 0)
const sayWeight = (weight: Weight) =>
  ownRequests(weight)
    .map(({ url, bytes }) => `${new URL(url).pathname} ${bytes}`)
    .join(', ')
