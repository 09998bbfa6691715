import { expect, test } from 'vitest'
import { createCampaign, getCampaign } from '../../src/features/campaigns/index.ts'
import { encodeForm, openConsole, openConsoleApp, signIn } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

const PAGE = { accept: 'text/html', host: 'localhost' }
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' }

test('what was typed into a form comes back whole, and goes through once its writer is signed in again', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps)
  await deps.db.deleteFrom('sessions').execute()
  const typed = {
    name: '\n<b>Amina</b> "O\'Kafor" & مرحبا',
    time_zone: ['Europe/Lisbon', 'x\r\ny'],
    __proto__x: '',
    empty: '',
  }
  const post = (url: string, fields: Fields, cookie: string) =>
    visit.app.inject({ method: 'POST', url, headers: { ...FORM, cookie }, payload: encodeForm(fields) })
  const lost = await post('/console/settings/me?tab=1', { _csrf: 'old', ...typed }, visit.cookie)
  expect(lost.statusCode).toBe(401)
  expect(lost.body).not.toContain('<b>')
  const cookie = await signIn(deps, visit.app, visit.staff.address)
  const again = readForm(lost.body)
  expect(again).toEqual({ action: '/console/settings/me?tab=1', fields: { _csrf: '', ...typed } })
  const last = await post(again.action, again.fields, cookie)
  expect(last.statusCode).toBe(403)
  const { fields, action } = readForm(last.body)
  expect({ ...fields, _csrf: '' }).toEqual(again.fields)
  const done = await post(action, { ...fields, name: 'Amina', time_zone: 'Europe/Lisbon' }, cookie)
  expect([done.statusCode, done.headers.location]).toEqual([303, expect.stringContaining('/console/settings/me')])
  expect(await deps.db.selectFrom('staff').select('name').execute()).toEqual([{ name: 'Amina' }])
})

test('a text that was being written when the session ended is saved as it was written', async () => {
  const deps = await openTestDeps()
  const visit = await openConsole(deps, 'communications_officer')
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'Round 2016A' }).execute()
  const { id } = await createCampaign(deps, { round: '2016A', kind: 'topic', subject: 'Topic 1', body_markdown: 'Old' })
  const page = `/console/campaigns/${id}`
  const { action, fields } = readForm((await visit.get(page)).body, page)
  const lines = Array.from({ length: 500 }, (_, n) => `Line ${n}, “quoted” & <b>bold</b>`)
  const text = {
    ...fields,
    action: 'save',
    subject: 'Café, noch einmal',
    body_markdown: `\r\n${lines.join('\r\n')}\r\n`,
  }
  const post = (to: string, form: Fields, cookie: string) =>
    visit.app.inject({ method: 'POST', url: to, headers: { ...FORM, cookie }, payload: encodeForm(form) })

  deps.clock.advance(8 * 86_400_000)
  const lost = await post(action, text, visit.cookie)
  expect(lost.statusCode).toBe(401)
  const cookie = await signIn(deps, visit.app, visit.staff.address)
  const first = readForm(lost.body)
  const again = await post(first.action, first.fields, cookie)
  expect(again.statusCode).toBe(403)
  const last = readForm(again.body)
  expect((await post(last.action, last.fields, cookie)).statusCode).toBe(303)
  expect((await getCampaign(deps, { id })).subject).toBe('Café, noch einmal')
  const kept = await deps.db
    .selectFrom('campaign_variants')
    .select('body_markdown')
    .orderBy('version', 'desc')
    .execute()
  expect(kept[0]?.body_markdown.trim().split(/\r?\n/)).toEqual(lines)
})

test('a form of a hundred thousand fields is no form of ours, and costs a stranger’s host little', async () => {
  const app = await openConsoleApp(await openTestDeps())
  for (const payload of ['a&'.repeat(200_000), Array.from({ length: 50_000 }, (_, n) => `k${n}=v`).join('&')]) {
    const answer = await app.inject({ method: 'POST', url: '/console/round', headers: FORM, payload })
    expect(answer.statusCode).toBe(422)
    expect(answer.body.length).toBeLessThan(5000)
  }
})

type Fields = Record<string, string | string[]>

/** The form of a page, as a browser would send it. @param wanted how its address begins; without it the first one */
function readForm(page: string, wanted?: string): { action: string; fields: Fields } {
  const start = wanted === undefined ? page.indexOf('<form') : page.indexOf(`action="${wanted}`)
  const html = page.slice(page.lastIndexOf('<form', start), page.indexOf('</form>', start))
  const plain = (text: string) =>
    text
      .replace(/&#x([0-9a-f]+);/gi, (_all, code) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
  const action = plain(/ action="([^"]*)"/.exec(html)?.[1] ?? '')
  const fields: Fields = {}
  const found = /<input[^>]* name="([^"]*)" value="([^"]*)"|<textarea[^>]* name="([^"]*)"[^>]*>\n?([^<]*)</g
  for (const [, input = '', value = '', area = '', text = ''] of html.matchAll(found)) {
    const name = plain(input || area)
    const one = plain(input ? value : text)
    const before = fields[name]
    fields[name] = before === undefined ? one : [before, one].flat()
  }
  return { action, fields }
}
