import { expect, test } from 'vitest'
import { openAutomatic, queueAutomatic } from '../../src/features/campaigns/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { fieldsOf, textOf } from './matching-round.ts'

const PATH = '/console/rounds/2016A/emails'
const KEY = 'confirmation_recorded'

async function openEmails() {
  const deps = await openTestDeps()
  const round_id = await addRound(deps.db)
  const visit = await openConsole(deps, 'communications_officer')
  const send = async () => {
    const person_id = await addApplicant(deps.db, round_id)
    return queueAutomatic(deps.db, { key: KEY, round_id, to: { person_id }, now: deps.clock.now() })
  }
  return { deps, round_id, visit, send }
}

test('every automatic email is listed with its event, subject and counts, and leads to its text', async () => {
  const { visit, send, deps } = await openEmails()
  const page = textOf((await visit.get(PATH)).body)
  expect(page).toContain('Your place is confirmed')
  expect(page).toContain('when somebody confirms')
  expect(page).toContain('none yet')
  expect(page).not.toContain('Answers to replies')
  await send()
  const second = await send()
  await deps.db
    .updateTable('deliveries')
    .set({ state: 'accepted', accepted_at: deps.clock.now() })
    .where('id', '=', second.delivery_id ?? 0)
    .execute()
  const html = (await visit.get(PATH)).body
  expect(textOf(html)).toMatch(/Your place is confirmed.* on 1 of 2/)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key: KEY })
  expect(html).toContain(`href="/console/campaigns/${campaign_id}">Your place is confirmed</a>`)
  const timetable = (await visit.get('/console/rounds/2016A')).body
  expect(textOf(timetable)).toMatch(
    /Your place is confirmed when somebody confirms; 1 accepted of Your place is confirmed accepted of 2/,
  )
})

test('one that nobody has had is made when its text is opened; the page to write on offers publishing, no scheduling', async () => {
  const { visit, deps } = await openEmails()
  const opened = await visit.post(`${PATH}/${KEY}/open`)
  const { campaign_id } = await openAutomatic(deps, { code: '2016A', key: KEY })
  expect(opened.headers.location).toBe(`/console/campaigns/${campaign_id}`)
  const html = (await visit.get(String(opened.headers.location))).body
  expect(html).toContain('Next: publish')
  expect(html).not.toMatch(/Next: review|name="planned_at"/)
  expect(textOf(html)).toContain('Automatic email of 2016A: “Your place is confirmed”, sent when somebody confirms.')
  expect((await visit.post(`${PATH}/nothing/open`)).statusCode).toBe(404)
})

test('a newer text goes out once it is published, by who saw what it changes', async () => {
  const { visit, deps, send } = await openEmails()
  const { campaign_id: id } = await openAutomatic(deps, { code: '2016A', key: KEY })
  const own = `/console/campaigns/${id}`
  const write = (await visit.get(own)).body
  const body = /<textarea id="body_markdown"[^>]*>\n(.*?)<\/textarea>/s.exec(write)?.[1] ?? ''
  const fields = { ...fieldsOf(write, own), body_markdown: body.replaceAll('&#x27;', "'") }
  const saved = await visit.post(own, { ...fields, subject: 'We expect you', action: 'publish' })
  expect(saved.headers.location).toBe(`${own}/publish`)
  expect((await visit.get(PATH)).body).toContain('newer text')
  const html = (await visit.get(`${own}/publish`)).body
  expect(html).toMatch(/<del>.*<\/del>/)
  const versionOf = async (delivery: { delivery_id: number | null }) =>
    (
      await deps.db
        .selectFrom('deliveries')
        .select('version')
        .where('id', '=', delivery.delivery_id ?? 0)
        .executeTakeFirstOrThrow()
    ).version
  expect(await versionOf(await send())).toBe(1)
  const old = await visit.post(`${own}/publish`, { version: '1' })
  expect([old.statusCode, textOf(old.body).includes('changed since you looked')]).toEqual([409, true])
  const done = await visit.post(`${own}/publish`, fieldsOf(html, `${own}/publish`))
  expect(done.headers.location).toBe(`${PATH}?notice=published#${KEY}`)
  expect(await versionOf(await send())).toBe(2)
  expect((await visit.get(PATH)).body).not.toContain('newer text')
  expect(textOf((await visit.get(`${own}/publish`)).body)).toContain('This text goes out already')
})

test('a text with a problem is not published, and the problem is named', async () => {
  const { visit, deps } = await openEmails()
  const { campaign_id: id } = await openAutomatic(deps, { code: '2016A', key: KEY })
  const own = `/console/campaigns/${id}`
  const write = (await visit.get(own)).body
  await visit.post(own, { ...fieldsOf(write, own), body_markdown: 'Hello {{participant.gven_name}}', action: 'save' })
  const html = (await visit.get(`${own}/publish`)).body
  const refused = await visit.post(`${own}/publish`, fieldsOf(html, `${own}/publish`))
  expect(refused.statusCode).toBe(422)
  expect(textOf(refused.body)).toContain('gven_name')
  expect((await visit.get(PATH)).body).toContain('newer text')
})

test('switched off nothing of it goes; switched on it does again', async () => {
  const { visit, send } = await openEmails()
  expect((await visit.post(`${PATH}/${KEY}/switch`, { to: 'off' })).headers.location).toBe(`${PATH}?notice=off#${KEY}`)
  expect(await send()).toEqual({ delivery_id: null, skipped: 'switched_off' })
  const html = (await visit.get(PATH)).body
  expect(html).toContain('value="on">Switch on<')
  await visit.post(`${PATH}/${KEY}/switch`, { to: 'on' })
  expect((await send()).skipped).toBeNull()
})

test('a campaign that is scheduled has nothing to publish; a viewer reads and changes nothing', async () => {
  const { deps, visit } = await openEmails()
  const { campaign_id: id } = await openAutomatic(deps, { code: '2016A', key: KEY })
  const viewer = await openConsole(deps, 'viewer')
  expect((await viewer.get(PATH)).body).not.toMatch(/Switch off|Edit</)
  const text = (await viewer.get(`/console/campaigns/${id}`)).body
  expect(textOf(text)).toContain('You may read this text')
  expect((await viewer.post(`${PATH}/${KEY}/switch`, { to: 'off' })).statusCode).toBe(403)
  const topic = await addDraft(deps.db)
  expect((await visit.get(`/console/campaigns/${topic}/publish`)).statusCode).toBe(404)
})
