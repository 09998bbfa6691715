import { expect, test } from 'vitest'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { fillOneOfEach, realAddressesOf } from './one-of-each.ts'
import { listOwnRoutes } from './routes.ts'

/** Seconds, but for a machine that does much else. */
const SLOW = { timeout: 120_000 }

/** What every field of a form is filled with. */
const ODD = [
  '',
  'a\0b',
  '-1',
  '99999999999999999999',
  '2016-02-30',
  '<script>alert(1)</script>',
  '‮ لأ \u{1f4da}\u0301\ufeff',
  'x'.repeat(20_000),
  ['a', 'b'],
]

test('whatever stands in the fields of the console’s own forms, no page fails', SLOW, async () => {
  const deps = await openTestDeps()
  await fillOneOfEach(deps)
  const visit = await openConsole(deps)
  const forms = new Map<string, Set<string>>()
  for (const route of listOwnRoutes(visit.app)) {
    if (route.method !== 'GET' || !route.url.startsWith('/console')) continue
    for (const url of realAddressesOf(route, deps)) readForms((await visit.get(url)).body, forms)
  }
  forms.delete('/sign-out')
  expect(forms.size).toBeGreaterThan(20)
  const _csrf = await visit.csrf()
  const failed: string[] = []
  for (const value of ODD) {
    for (const [action, names] of forms) {
      const fields = Object.fromEntries([...names].map((name) => [name, value]))
      const answer = await visit.post(action, { ...fields, _csrf })
      if (answer.statusCode >= 500) failed.push(`${action} with ${JSON.stringify(value).slice(0, 40)}`)
      // Nothing comes back as anything but text.
      if (answer.body.includes('<script>alert')) failed.push(`${action} gives back a script`)
    }
  }
  expect(failed).toEqual([])
})

/** Adds each form that posts, with the names of its fields. */
function readForms(html: string, forms: Map<string, Set<string>>): void {
  for (const [, tag = '', inside = ''] of html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    if (!tag.includes('method="post"') || tag.includes('multipart')) continue
    const action = /action="([^"]*)"/.exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? ''
    if (action === '') continue
    const names = forms.get(action) ?? new Set<string>()
    for (const [, name = ''] of inside.matchAll(/<(?:input|textarea|select|button)[^>]* name="([^"]*)"/g))
      names.add(name)
    forms.set(action, names)
  }
}
