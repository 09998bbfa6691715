import { expect, test } from 'vitest'
import { addApplicant, addRound } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

async function open() {
  const deps = await openTestDeps()
  const id = await addApplicant(deps.db, await addRound(deps.db), { address: 'ana@library.example' })
  const consents = () => deps.db.selectFrom('consents').selectAll().orderBy('id').execute()
  return { deps, id, path: `/console/participants/${id}`, consents }
}

test('the three consents stand on the page with their day, the words that were read, and how they came', async () => {
  const { deps, id, path } = await open()
  const said = { person_id: id, at: deps.clock.now(), source: 'link', language: 'ar' }
  await deps.db
    .insertInto('consents')
    .values([
      { ...said, purpose: 'news', given: true, wording: 'أوافق <b>' },
      { ...said, purpose: 'news', given: false, wording: 'No more', language: 'en' },
      { ...said, purpose: 'programme_mail', given: false, wording: '', language: 'und', source: 'email' },
    ])
    .execute()
  const { body } = await (await openConsole(deps)).get(path)
  for (const words of [
    'On. Nobody has ever stopped it.',
    'by a message to us',
    '<q class="muted" lang="en" dir="auto">No more</q> <span class="muted">(English)</span>',
    '<q class="muted" lang="ar" dir="auto">أوافق &lt;b&gt;</q>',
    'Not agreed: they have decided nothing. It is off.',
    'Every decision',
  ])
    expect(body, words).toContain(words)
  expect(body).not.toContain('lang="und"')
})

test('staff record what somebody asked for, and mail follows it; announcements that are stopped are said so and can go again', async () => {
  const { deps, path, consents } = await open()
  const { get, post, staff } = await openConsole(deps, 'data_officer')
  const said = { purpose: 'news', given: 'no', wording: 'She wrote: no announcements please.' }
  expect((await post(`${path}/consent`, said)).headers.location).toBe(`${path}?notice=consent#consent`)
  expect(await consents()).toMatchObject([
    { purpose: 'news', given: false, source: 'staff', recorded_by: `staff ${staff.id}`, wording: said.wording },
  ])
  const { body } = await get(path)
  expect(body).toContain('Announcements are stopped: unsubscribed.')
  expect(body).toContain('On. Nobody has ever stopped it.')
  expect(body).toContain(`recorded by ${staff.name}`)
  await post(`${path}/lift`, { scope: 'news', reason: 'unsubscribed' })
  const standing = await deps.db.selectFrom('suppressions').select('id').where('lifted_at', 'is', null).execute()
  expect(standing).toEqual([])
})

test('who may not change people sees the consents and no form; nothing that is no decision is recorded', async () => {
  const { deps, path, consents } = await open()
  const officer = await openConsole(deps, 'communications_officer')
  const seen = (await officer.get(path)).body
  expect(seen).toContain('What they agreed to')
  expect(seen).not.toContain(`${path}/consent`)
  expect(seen).not.toContain(`${path}/privacy`)
  const said = { purpose: 'tracking', given: 'yes', wording: 'Yes.' }
  expect((await officer.post(`${path}/consent`, said)).statusCode).toBe(403)
  const director = await openConsole(deps)
  for (const wrong of [{ purpose: 'all' }, { given: 'perhaps' }, { wording: '' }, { wording: '   ' }])
    expect((await director.post(`${path}/consent`, { ...said, ...wrong })).statusCode).toBe(422)
  expect((await director.post('/console/participants/999/consent', said)).statusCode).toBe(404)
  expect(await consents()).toEqual([])
})
