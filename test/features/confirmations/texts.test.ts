import { expect, test } from 'vitest'
import { compileVariant, readFirstText } from '../../../src/features/campaigns/index.ts'

test.each([
  ['confirmation_request', ['links.confirm', 'links.code_of_conduct', 'round.confirm_by']],
  ['confirmation_reminder', ['links.confirm', 'links.code_of_conduct', 'round.confirm_by']],
  ['confirmation_recorded', ['links.confirm', 'links.expectations']],
  ['decline_recorded', ['links.confirm']],
  ['confirmation_lapsed', ['round.confirm_by']],
])('the first text of %s compiles and says what a reader needs', async (name, fields) => {
  const compiled = await compileVariant({ language: 'en', lane: 'automatic', text: await readFirstText(name) })
  expect(compiled.fields).toEqual(
    expect.arrayContaining(['participant.given_name', 'round.name', 'sender.name', ...fields]),
  )
})

test('the first text about a place that lapsed does not say whose it is now', async () => {
  const { subject, preheader, body_markdown } = await readFirstText('confirmation_lapsed')
  expect(`${subject} ${preheader} ${body_markdown}`).not.toMatch(/somebody else|waiting list/)
})

test('the first text about the waiting list promises no place in a later round, and says how to hear of it', async () => {
  const { body_markdown } = await readFirstText('country_waitlist')
  expect(body_markdown).not.toMatch(/keep your application|front of the line/)
  expect(body_markdown).toContain('({{links.interest}})')
})
