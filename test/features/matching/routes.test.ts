import { expect, test } from 'vitest'
import { matchingWork } from '../../../src/features/matching/index.ts'
import { addMatchingRoutes } from '../../../src/features/matching/routes.ts'
import { longWorkHandlers } from '../../../src/jobs/long-work.ts'
import { addJobRoutes } from '../../../src/jobs/routes.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicants, madeUp } from './round.ts'

async function openRoutes(people = madeUp(8)) {
  const deps = { ...(await openTestDeps()), ring: async () => undefined }
  const ids = await addApplicants(deps, people)
  const app = await serveRoutes((api) => {
    addMatchingRoutes(api, deps)
    addJobRoutes(api, deps)
  })
  const handlers = longWorkHandlers(deps, matchingWork(deps))
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload ? { payload } : {}) })
    const isJson = answer.headers['content-type']?.toString().includes('json')
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body }
  }
  /** A finished run's id. */
  const match = async (payload?: object) => {
    const { status, body } = await ask('POST', '/rounds/2016A/matching-runs', payload)
    if (status !== 202) throw new Error(JSON.stringify(body))
    await handlers['run-long-work']({ job_id: body.job.id }, new AbortController().signal)
    return body.run.id as number
  }
  return { deps, ids, ask, match }
}

test('a round is matched, reviewed, approved and introduced by calls alone', async () => {
  const { deps, ask, match } = await openRoutes()
  const started = await ask('POST', '/rounds/2016A/matching-runs', { policy: 'total' })
  expect(started).toMatchObject({
    status: 202,
    body: { job: { url: expect.stringMatching(/^\/api\/v1\/jobs\/\d+$/) } },
  })
  expect(started.body.run).toEqual({ id: expect.any(Number), url: `/api/v1/matching-runs/${started.body.run.id}` })
  expect(await ask('POST', '/rounds/2016A/matching-runs')).toMatchObject({
    status: 409,
    body: { code: 'run_unfinished' },
  })
  await deps.db.updateTable('jobs').set({ state: 'cancelled' }).execute()

  const id = await match({ mode: 'pairs' })
  const run = await ask('GET', `/matching-runs/${id}`)
  expect(run.body).toMatchObject({
    ...{ id, state: 'done', policy: 'floor', cardinality: 4, proven_optimal: true, unmatched: [], data_changed: false },
    ...{ total_score: expect.any(Number), worst_score: expect.any(Number) },
  })
  expect((await ask('GET', '/rounds/2016A/matching-runs?limit=1')).body).toMatchObject({ items: [{ id }], next: id })
  const { items } = (await ask('GET', `/matching-runs/${id}/proposals?order=highest&limit=2`)).body
  expect(items).toHaveLength(2)
  const [proposal] = items
  const person = proposal.members[0].person_id
  expect((await ask('GET', `/proposals/${proposal.id}`)).body.explanations[0].explanation.score).toBe(proposal.score)
  const { candidates } = (await ask('GET', `/matching-runs/${id}/candidates?person=${person}`)).body
  const [best] = candidates
  const swap = {
    person_id: person,
    proposal_id: proposal.id,
    with_person_id: best.person.person_id,
    with_proposal_id: best.proposal_id,
  }
  expect(await ask('POST', `/matching-runs/${id}/swap`, swap)).toMatchObject({
    status: 200,
    body: { did: expect.stringMatching(/^Paired/) },
  })
  expect(await ask('POST', `/matching-runs/${id}/swap`, swap)).toMatchObject({
    status: 409,
    body: { code: 'proposals_changed' },
  })
  expect(await ask('POST', `/matching-runs/${id}/undo`)).toMatchObject({ status: 200 })
  const broken = await ask('POST', `/matching-runs/${id}/break`, { proposal_id: proposal.id })
  expect(broken).toMatchObject({ status: 200 })
  const person_ids = proposal.members.map((member: { person_id: number }) => member.person_id)
  const paired = await ask('POST', `/matching-runs/${id}/pair`, { person_ids })
  expect(paired).toMatchObject({ status: 200 })
  expect(await ask('POST', `/proposals/${paired.body.proposal_ids[0]}/lock`)).toMatchObject({
    status: 201,
    body: { kind: 'lock' },
  })

  expect(await ask('POST', `/matching-runs/${id}/introduce`)).toMatchObject({
    status: 409,
    body: { code: 'not_approved' },
  })
  expect(await ask('POST', `/matching-runs/${id}/approve`)).toMatchObject({
    status: 200,
    body: { partnerships: 4, already: false },
  })
  expect(await ask('POST', `/matching-runs/${id}/break`, { proposal_id: proposal.id })).toMatchObject({
    status: 409,
    body: { code: 'already_approved' },
  })
})

test('settings are read, changed by weights or whole, and their effect is told beforehand', async () => {
  const { ask } = await openRoutes()
  const settings = await ask('GET', '/rounds/2016A/matching-settings')
  expect(settings.body).toMatchObject({ version: 0, policy: 'floor', pool: { people: 8, countries: 8 } })
  const criteria = { sector: 0, interests: 60 }
  const effect = await ask('POST', '/rounds/2016A/matching-settings/effect', { criteria, rules: { other: 'region' } })
  expect(effect.body).toMatchObject({ people: 8, before: { allowed: 28 }, after: { allowed: expect.any(Number) } })
  const saved = await ask('PUT', '/rounds/2016A/matching-settings', { version: 0, criteria, policy: 'balanced' })
  expect(saved.body).toMatchObject({ version: 1, policy: 'balanced' })
  const weights = saved.body.hierarchy.criteria.map((one: { key: string; weight: number }) => [one.key, one.weight])
  expect(weights).toEqual(
    expect.arrayContaining([
      ['sector', 0],
      ['interests', 60],
    ]),
  )
  expect(await ask('PUT', '/rounds/2016A/matching-settings', { version: 0, policy: 'total' })).toMatchObject({
    status: 409,
    body: { code: 'settings_changed' },
  })
  const whole = saved.body.hierarchy.criteria.slice(0, 1)
  expect(
    (await ask('PUT', '/rounds/2016A/matching-settings', { version: 1, criteria: whole })).body.hierarchy.criteria,
  ).toEqual(whole)
})

test('criteria that cannot be used are refused by field, saved or only tried', async () => {
  const { ask } = await openRoutes()
  const settings = (await ask('GET', '/rounds/2016A/matching-settings')).body
  const zero = Object.fromEntries(settings.hierarchy.criteria.map(({ key }: { key: string }) => [key, 0]))
  const [first] = settings.hierarchy.criteria
  const cases: [unknown, string][] = [
    [zero, 'criteria'],
    [{ shoe_size: 5 }, 'criteria.shoe_size'],
    [{ sector: 1.5 }, expect.stringMatching(/^criteria\.\d+\.weight$/)],
    [{ sector: -1 }, expect.stringMatching(/^criteria\.\d+\.weight$/)],
    [[], 'criteria'],
    [[{}], expect.stringMatching(/^criteria\.0/)],
    [[{ ...first, answer: 'shoe_size' }], 'criteria.0.answer'],
  ]
  for (const [criteria, field] of cases) {
    for (const [method, url] of [
      ['POST', '/rounds/2016A/matching-runs'],
      ['POST', '/rounds/2016A/matching-settings/effect'],
    ] as const) {
      const { status, body } = await ask(method, url, { criteria: criteria as object })
      expect(
        [status, body.errors?.map((fault: { field: string }) => fault.field)],
        `${url} ${JSON.stringify(criteria)}`,
      ).toEqual([422, expect.arrayContaining([field])])
    }
  }
  expect((await ask('GET', '/rounds/2016A/matching-runs')).body).toEqual({ items: [], next: null })
})

test('decisions are made, listed and lifted', async () => {
  const { ask, ids } = await openRoutes()
  const person_ids = [ids[0], ids[1]]
  const made = await ask('POST', '/rounds/2016A/matching-decisions', {
    kind: 'ban',
    person_ids,
    note: 'they work together',
  })
  expect(made).toMatchObject({ status: 201, body: { kind: 'ban', note: 'they work together' } })
  expect((await ask('GET', '/rounds/2016A/matching-decisions')).body.items).toEqual([made.body])
  expect(await ask('POST', '/rounds/2016A/matching-decisions', { kind: 'lock', person_ids })).toMatchObject({
    status: 409,
    body: { code: 'contradiction' },
  })
  expect((await ask('DELETE', `/matching-decisions/${made.body.id}`)).status).toBe(200)
  expect((await ask('GET', '/rounds/2016A/matching-decisions')).body.items).toEqual([])
  for (const wrong of [[ids[0]], [ids[0], ids[0]], [ids[0], 999], 'x'])
    expect((await ask('POST', '/rounds/2016A/matching-decisions', { kind: 'ban', person_ids: wrong })).status).toBe(422)
})

test('a run’s files are CSV with the name of the run, and one that is not there is a problem', async () => {
  const { ask, match } = await openRoutes(madeUp(3))
  const id = await match({ odd_one: 'stand_in' })
  for (const name of ['proposals', 'people', 'unmatched']) {
    const file = await ask('GET', `/matching-runs/${id}/${name}.csv`)
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(file.headers['content-disposition']).toBe(`attachment; filename="matching-run-${id}-${name}.csv"`)
    expect(file.body.trim().split('\r\n').length).toBeGreaterThan(1)
    expect((await ask('GET', `/matching-runs/999/${name}.csv`)).status).toBe(404)
  }
})

test('a page of runs after a number that no run can have is refused', async () => {
  const { ask } = await openRoutes()
  for (const after of ['1e22', '0', '9007199254740992'])
    expect((await ask('GET', `/rounds/2016A/matching-runs?after=${after}`)).status, after).toBe(422)
})

test('nobody to match is said in a sentence', async () => {
  const { ask } = await openRoutes([{ state: 'applied' }])
  expect(await ask('POST', '/rounds/2016A/matching-runs')).toMatchObject({
    status: 409,
    body: { code: 'nobody_to_match', detail: expect.stringMatching(/^Nobody of round 2016A is confirmed yet/) },
  })
  expect((await ask('POST', '/rounds/1999Z/matching-runs')).status).toBe(404)
})
