import { expect, test } from 'vitest'
import {
  addReviewRoutes,
  approveCampaign,
  getSecondPerson,
  scheduleCampaign,
} from '../../../src/features/campaigns/index.ts'
import { createCampaign, updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import { type Conflict, InvalidInput, NotAllowed } from '../../../src/lib/errors.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { addApplicant, addRound, TOPIC } from './round.ts'

/** A draft to three people that staff 71 wrote, in a programme where more than two need a second person's word. */
async function openWithRule(over: number | null = 2) {
  const deps = await openTestDeps()
  await deps.db.updateTable('programme').set({ second_person_over: over }).execute()
  const round = await addRound(deps.db)
  for (let made = 0; made < 3; made++) await addApplicant(deps.db, round)
  const { id } = await createCampaign(deps, { ...TOPIC, body_markdown: 'Hello' }, 'staff 71')
  return { ...deps, id }
}

const reader = { caller: 'staff 72', staff_id: null }

test('a campaign to many waits for a second person’s word', async () => {
  const deps = await openWithRule()
  const failed = await scheduleCampaign(deps, deps.id, { at: 'now' }).catch((error) => error)
  expect(failed).toBeInstanceOf(InvalidInput)
  expect((failed as InvalidInput).message).toContain("second person's word")
  await approveCampaign(deps, { id: deps.id, ...reader })
  expect((await scheduleCampaign(deps, deps.id, { at: 'now' })).recipients).toBe(3)
})

test('up to the limit, or without one, nobody is asked', async () => {
  for (const over of [3, null]) {
    const deps = await openWithRule(over)
    expect((await scheduleCampaign(deps, deps.id, { at: 'now' })).recipients).toBe(3)
  }
})

test('who wrote the text last cannot approve it, who wrote before them can', async () => {
  const deps = await openWithRule()
  await expect(approveCampaign(deps, { id: deps.id, caller: 'staff 71', staff_id: null })).rejects.toThrow(NotAllowed)
  await updateCampaign(deps, { id: deps.id, change: { subject: 'Better' }, written_by: 'staff 72' })
  await expect(approveCampaign(deps, { id: deps.id, ...reader })).rejects.toThrow(NotAllowed)
  const word = await approveCampaign(deps, { id: deps.id, caller: 'staff 71', staff_id: null })
  expect(word).toMatchObject({ over: 2, given: true, written_by: 'staff 72' })
})

test('the word is for one version: after a change it must be given again', async () => {
  const deps = await openWithRule()
  await approveCampaign(deps, { id: deps.id, ...reader })
  await updateCampaign(deps, { id: deps.id, change: { subject: 'Another' }, written_by: 'staff 71' })
  expect(await getSecondPerson(deps.db, { id: deps.id, version: 2 })).toMatchObject({ given: false, by: null })
  await expect(scheduleCampaign(deps, deps.id, { at: 'now' })).rejects.toThrow("second person's word")
})

test('a stale page approves nothing: the text was changed since it was read', async () => {
  const deps = await openWithRule()
  await updateCampaign(deps, { id: deps.id, change: { subject: 'Another' }, written_by: 'staff 71' })
  const failed = await approveCampaign(deps, { id: deps.id, version: 1, ...reader }).catch((error) => error)
  expect((failed as Conflict).code).toBe('text_changed')
  expect(await getSecondPerson(deps.db, { id: deps.id, version: 2 })).toMatchObject({ given: false })
})

test('the name of staff who read it is told', async () => {
  const deps = await openWithRule()
  const { id: staff_id } = await deps.db
    .insertInto('staff')
    .values({ name: 'Noor', role: 'director' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await approveCampaign(deps, { id: deps.id, caller: `staff ${staff_id}`, staff_id })
  expect(await getSecondPerson(deps.db, { id: deps.id, version: 1 })).toMatchObject({ given: true, by: 'Noor' })
})

test('the API takes a second person’s word for a draft only', async () => {
  const deps = await openWithRule(null)
  const app = await serveRoutes((app) => addReviewRoutes(app, deps))
  const post = (payload: object) => app.inject({ method: 'POST', url: `/campaigns/${deps.id}/approve`, payload })
  expect((await post({ version: 1 })).json()).toMatchObject({ given: true })
  expect((await post({ version: 7 })).statusCode).toBe(409)
  await scheduleCampaign(deps, deps.id, { at: 'now' })
  expect((await post({})).json()).toMatchObject({ code: 'not_a_draft' })
})
