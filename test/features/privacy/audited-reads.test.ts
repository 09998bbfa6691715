import { expect, test } from 'vitest'
import { openConsoleApp } from '../../support/console.ts'
import { openTestDeps } from '../../support/deps.ts'

/** Rights to see people. */
const SEES_PEOPLE = [
  'people.read',
  'people.write',
  'applications.read',
  'inbox.read',
  'matching.read',
  'reports.people',
  'privacy.write',
  'mailchimp.read',
]

/** What needs such a right and shows nobody by name, or is asked for by a page on its own again and again. */
const SHOWS_NOBODY: Record<string, string> = {
  '/api/v1/imports/:id': 'figures of an import; its faults are a file of their own',
  '/console/rounds/:code/import': 'a form for a file',
  '/console/rounds/:code/imports/:id': 'figures of an import',
  '/console/rounds/:code/imports/:id/state': 'a part that polls',
  '/api/v1/rounds/:code/matching-runs': 'figures of runs',
  '/api/v1/matching-runs/:id': 'figures of a run',
  '/api/v1/rounds/:code/matching-settings': 'settings',
  '/api/v1/rounds/:code/introduction': 'figures of an introduction',
  '/console/matching': 'figures of runs',
  '/console/matching/:id/progress': 'a part that polls',
  '/api/v1/privacy/retention': 'counts',
  '/console/settings/retention': 'counts',
  '/api/v1/mailchimp': 'settings',
  '/api/v1/mailchimp/lists': 'the audiences of the account',
  '/console/settings/mailchimp': 'figures and settings',
  '/console/settings/mailchimp/progress': 'a part that polls',
}

test('whoever looks at people leaves an entry: every page and call with the right to see them, but those that show nobody', async () => {
  const deps = await openTestDeps()
  const app = await openConsoleApp(deps)
  const routes = app.listRoutes().filter(({ method, allow }) => method === 'GET' && SEES_PEOPLE.includes(allow))
  expect(routes.length).toBeGreaterThan(40)
  const silent = routes.filter(({ config }) => !config.audited).map(({ url }) => url)
  // The built-in mailbox is there only while no email leaves this machine.
  expect(silent.filter((url) => !(url in SHOWS_NOBODY) && !url.startsWith('/mailbox'))).toEqual([])
  for (const { config, url } of routes.filter((route) => route.config.audited)) {
    expect(url in SHOWS_NOBODY, url).toBe(false)
    expect(config.does ?? 'by its summary', url).toMatch(/^\w+ /)
  }
})
