import { expect, test } from 'vitest'
import { getCampaign } from '../../src/features/campaigns/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { connectList } from '../features/mailchimp/back/told.ts'
import { jobsOf, open, openStage } from './mailchimp-console.ts'
import { HOSTILE } from './mailchimp-stage.ts'

test('by whom a campaign is sent is chosen where it is written, and kept by a save that does not say it', async () => {
  const { deps, visit } = await open()
  await addRound(deps.db)
  const id = await addDraft(deps.db)
  const path = `/console/campaigns/${id}`
  expect((await visit.get(path)).body).toContain('No audience is connected yet')
  await connectList(deps.db)
  const page = (await visit.get(path)).body
  expect(page).not.toContain('No audience is connected yet')
  expect(page).toMatch(/name="channel" value="email" checked/)
  const text = { language: 'en', subject: 'Topic 1', preheader: '', body_markdown: 'Hello', based_on: '1' }
  await visit.post(path, { ...text, channel: 'mailchimp', channel_seen: 'email', action: 'save' })
  const saved = await getCampaign(deps, { id })
  expect(saved.channel).toBe('mailchimp')
  // A page that was opened before knows nothing of it.
  await visit.post(path, { ...text, based_on: String(saved.version), channel: 'email', channel_seen: 'email' })
  await visit.post(path, { ...text, based_on: String(saved.version) })
  expect((await getCampaign(deps, { id })).channel).toBe('mailchimp')
  expect((await visit.get('/console/campaigns')).body).toContain('Topic email, through Mailchimp')
})

test('through Mailchimp it leaves on a quarter of an hour, at one moment for everybody, and the button says so', async () => {
  const { deps, visit } = await open()
  const round = await addRound(deps.db)
  await addApplicant(deps.db, round, { state: 'confirmed' })
  await connectList(deps.db)
  const id = await addDraft(deps.db, { channel: 'mailchimp', body_markdown: 'Hello {{participant.given_name}}.' })
  const path = `/console/campaigns/${id}`
  const asked = { when: 'at', day: '2016-03-05', time: '09:07' }
  const review = (await visit.get(`${path}/review?${new URLSearchParams(asked)}`)).body
  expect(review).toContain('Hand over to Mailchimp for 1 person, for 5 March, 09:15 UTC')
  expect(review).not.toContain('value="local"')
  expect((await visit.get(`${path}/review?${new URLSearchParams({ ...asked, when: 'local' })}`)).statusCode).toBe(200)
  const form = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(review)?.[1] ?? ''
  const fields = { ...asked, expected: form('expected'), version: form('version'), said: form('said') }
  const answer = await visit.post(`${path}/schedule`, fields)
  expect(answer.headers.location).toBe(`${path}/report?notice=scheduled`)
  const report = (await visit.get(`${path}/report`)).body
  expect(report).toContain('1 person is to get it through Mailchimp, on 5 March, 09:15 UTC. It is being handed over.')
  for (const nothing of ['/pause"', '/resume"', 'is held']) expect(report, nothing).not.toContain(nothing)
  expect(report).toContain(`action="${path}/cancel"`)
  expect((await visit.get('/console/campaigns')).body).not.toContain('>Resume')
  expect(await jobsOf(deps, 'mailchimp-hand-over')).toHaveLength(1)
})

test('what could not be handed over says why in Mailchimp’s words, and is handed over again once', async () => {
  const { deps, visit, as, staged } = await openStage()
  const path = `/console/campaigns/${staged.failed}`
  const before = (await visit.get(`${path}/report`)).body
  expect(before).not.toContain(HOSTILE)
  expect(before).toContain('The subject is missing.')
  expect(before).toContain('Hand over again')
  const count = async () => (await jobsOf(deps, 'mailchimp-hand-over')).length
  const had = await count()
  expect((await visit.post(`${path}/hand-over`)).headers.location).toBe(`${path}/report?notice=handed`)
  expect((await visit.post(`${path}/hand-over`)).headers.location).toBe(`${path}/report?notice=unchanged`)
  expect(await count()).toBe(had + 1)
  expect((await visit.get(`${path}/report`)).body).not.toContain('Hand over again')
  const viewer = await as('viewer')
  expect((await viewer.post(`${path}/hand-over`)).statusCode).toBe(403)
  const sent = (await visit.get(`/console/campaigns/${staged.sent}/report`)).body
  expect(sent).toContain('1,004 sent, 3 bounced, 120 clicked, 2 unsubscribed, 1 complained')
})
