import { expect, test } from 'vitest'
import { decideConsent } from '../../../src/features/consents/index.ts'
import { openForm } from './form-app.ts'

test('an application brings the agreement to programme mail, in the words of the form and from when it was sent', async () => {
  const { deps, send, verify, applications } = await openForm()
  const consents = () => deps.db.selectFrom('consents').selectAll().orderBy('id').execute()
  const sent_at = deps.clock.now()
  await send()
  expect(await consents()).toEqual([])
  deps.clock.advance(3_600_000)
  await verify()
  const [application] = await applications()
  const person_id = application?.person_id as number
  const kept = { person_id, purpose: 'programme_mail', given: true, source: 'form', language: 'en', at: sent_at }
  const wording =
    'I have read the code of conduct and agree to it. I will answer my partner within a week, and be in touch at least every two weeks.'
  expect(await consents()).toMatchObject([{ ...kept, wording }])
  // Sent again, it is agreed already.
  await send({ sector: 'School' })
  await verify()
  expect((await consents()).length).toBe(1)
  // Who has stopped it since stops it on.
  await decideConsent(deps, { person_id, purpose: 'programme_mail', given: false, wording: 'No more.', by: 'staff 1' })
  await send({ sector: 'Public' })
  await verify()
  expect((await consents()).map(({ given }) => given)).toEqual([true, false])
})
