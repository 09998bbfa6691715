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
