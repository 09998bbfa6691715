import { expect, test } from 'vitest'
import { addCampaignRoutes } from '../../../src/features/campaigns/index.ts'
import type { Role } from '../../../src/lib/permissions.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'

async function serveCampaigns(role: Role = 'communications_officer') {
  const deps = await openTestDeps()
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'ILN 2016A' }).execute()
  return serveRoutes((app) => {
    app.addHook('onRequest', async (request) => {
      request.caller = { name: 'test', role }
    })
    addCampaignRoutes(app, deps, {
      listFindings: async () => [
        { level: 'problem', code: 'audience_empty', message: 'Nobody is in the audience.', variant: null },
        {
          level: 'warning',
          code: 'not_tested',
          message: 'No test email was sent since the last change.',
          variant: null,
        },
      ],
      progressOf: async () => ({ counts: { queued: 3 } }),
    })
  })
}

const DRAFT = { round: '2016A', kind: 'topic', subject: 'Topic 1', body_markdown: 'Hello {{participant.given_name}}.' }

test('a campaign is made, read, changed, listed, previewed and checked', async () => {
  const app = await serveCampaigns()
  const made = await app.inject({ method: 'POST', url: '/campaigns', payload: DRAFT })
  expect(made.statusCode).toBe(201)
  expect(made.json()).toMatchObject({ ...DRAFT, version: 1, counts: { queued: 3 } })
  const url = `/campaigns/${made.json().id}`
  const changed = await app.inject({ method: 'PATCH', url, payload: { variants: { fr: { subject: 'Sujet 1' } } } })
  expect(changed.json()).toMatchObject({ version: 2, variants: { fr: { subject: 'Sujet 1' } } })
  expect((await app.inject({ url })).json()).toEqual(changed.json())
  expect((await app.inject({ url: '/campaigns?round=2016A' })).json()).toMatchObject({
    items: [{ subject: 'Topic 1' }],
    next: null,
  })
  const preview = await app.inject({ method: 'POST', url: `${url}/preview`, payload: { part: 'text' } })
  expect(preview.json()).toMatchObject({
    language: 'en',
    subject: 'Topic 1',
    text: expect.stringMatching(/^Hello Amina\./),
  })
  const html = await app.inject({ method: 'POST', url: `${url}/preview`, payload: {} })
  expect(html.json().html).toContain('Hello <bdi>Amina</bdi>.')
  const checks = await app.inject({ method: 'POST', url: `${url}/checks` })
  expect(checks.json()).toMatchObject({ problems: 1, warnings: 1, findings: [{ code: 'audience_empty' }, {}] })
})

test('input that does not fit is refused by field', async () => {
  const app = await serveCampaigns()
  const faultsOf = async (payload: object) =>
    (await app.inject({ method: 'POST', url: '/campaigns', payload: { ...DRAFT, ...payload } })).json().errors
  expect(await faultsOf({ kind: 'advert' })).toMatchObject([
    { field: 'kind', message: expect.stringContaining('topic') },
  ])
  expect(await faultsOf({ audience: { states: ['friends'] } })).toMatchObject([{ field: 'audience.states.0' }])
  expect(await faultsOf({ audience: { everybody: true } })).toMatchObject([{ field: 'audience.everybody' }])
  expect(await faultsOf({ extras: { image: { url: 'https://x.example/a.png' } } })).toMatchObject([
    { field: 'extras.image' },
    {},
  ])
  expect(await faultsOf({ body_markdown: 'x'.repeat(300_000) })).toMatchObject([{ field: 'body_markdown' }])
  expect(await faultsOf({ variants: { klingonese: {} } })).toMatchObject([{ field: 'variants.klingonese' }])
  const broken = await app.inject({
    method: 'POST',
    url: '/campaigns',
    payload: { ...DRAFT, body_markdown: 'a\n{{#if x}}' },
  })
  const preview = await app.inject({ method: 'POST', url: `/campaigns/${broken.json().id}/preview`, payload: {} })
  expect(preview.statusCode).toBe(422)
  expect(preview.json().errors).toEqual([
    {
      field: 'variants.en.body_markdown',
      message: expect.stringMatching(/^Line 2: "{{#if x}}" is not a plain merge field/),
    },
  ])
})

test('who may not see people may preview with sample values only', async () => {
  const app = await serveCampaigns('viewer')
  const { id } = (await app.inject({ method: 'POST', url: '/campaigns', payload: DRAFT })).json()
  const asPerson = await app.inject({ method: 'POST', url: `/campaigns/${id}/preview`, payload: { as: 1 } })
  expect(asPerson.statusCode).toBe(403)
  const sample = await app.inject({ method: 'POST', url: `/campaigns/${id}/preview`, payload: { as: null } })
  expect(sample.statusCode).toBe(200)
})

test('a change that says what it was made from does not take back what others wrote', async () => {
  const app = await serveCampaigns()
  const url = `/campaigns/${(await app.inject({ method: 'POST', url: '/campaigns', payload: DRAFT })).json().id}`
  const patch = (payload: object) => app.inject({ method: 'PATCH', url, payload })
  await patch({ subject: 'First', based_on: 1 })
  expect((await patch({ preheader: 'Mine', based_on: 1 })).json()).toMatchObject({
    subject: 'First',
    preheader: 'Mine',
  })
  expect((await patch({ subject: 'Last', planned_at: '2016-03-03T09:00:00+01:00' })).json()).toMatchObject({
    subject: 'Last',
    planned_at: '2016-03-03T08:00:00.000Z',
  })
  expect((await patch({ planned_at: 'soon' })).statusCode).toBe(422)
  expect((await patch({ subject: 'x', based_on: 9 })).json()).toMatchObject({ errors: [{ field: 'based_on' }] })
})

test('two programs that change one field are told so, by field', async () => {
  const deps = await openTestDeps()
  await deps.db.insertInto('rounds').values({ code: '2016A', name: 'ILN 2016A' }).execute()
  let name = 'token 1'
  const app = await serveRoutes((service) => {
    service.addHook('onRequest', async (request) => {
      request.caller = { name, role: 'director' }
    })
    addCampaignRoutes(service, deps, { listFindings: async () => [] })
  })
  const url = `/campaigns/${(await app.inject({ method: 'POST', url: '/campaigns', payload: DRAFT })).json().id}`
  const patch = (payload: object) => app.inject({ method: 'PATCH', url, payload })
  await patch({ subject: 'First', extras: { curator: 'Ana' }, based_on: 1 })
  name = 'token 2'
  const refused = await patch({ subject: 'Second', extras: { curator: 'Ben' }, based_on: 1 })
  expect(refused.statusCode).toBe(409)
  expect(refused.json()).toMatchObject({
    code: 'campaign_changed',
    detail: expect.stringContaining('token 1 changed the subject (en) and the curator (en)'),
    errors: [{ field: 'variants.en.subject' }, { field: 'variants.en.extras.curator' }],
  })
  expect((await app.inject({ url })).json()).toMatchObject({ version: 2, subject: 'First' })
})
