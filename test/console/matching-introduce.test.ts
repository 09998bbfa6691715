import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { updateProgramme } from '../../src/features/programme/index.ts'
import { type Applicant, madeUp } from '../features/matching/round.ts'
import { fieldsOf, openReview, textOf } from './matching-round.ts'

/** A run that has ended, ready to be approved. */
async function openRun(people: Applicant[] = madeUp(8)) {
  const review = await openReview(people)
  const { deps } = review
  await updateProgramme(deps, { name: 'International Librarians Network', contact_address: 'hello@iln.example' })
  const id = await review.match()
  const mailed = async () => (await deps.db.selectFrom('deliveries').selectAll().execute()).length
  return { ...review, id, path: `/console/matching/${id}`, mailed }
}

async function openApproved(people?: Applicant[]) {
  const run = await openRun(people)
  await run.visit.post(`${run.path}/approve`)
  return { ...run, introduce: `${run.path}/introduce` }
}

test('approving says what it means in numbers, makes partnerships once, and mails nobody', async () => {
  const { visit, path, mailed, deps } = await openRun(
    madeUp(8).map((one, at) => (at === 1 ? { ...one, request: 'An early riser' } : one)),
  )
  expect((await visit.get(path)).body).toContain(`<a class="button primary" href="${path}/approve">Next: approve</a>`)
  const page = textOf((await visit.get(`${path}/approve`)).body)
  expect(page).toContain('The proposals become 4 partnerships of 8 people.')
  expect(page).toContain('1 proposal has a special request: has somebody read it?')
  expect(page).toContain('Nobody is mailed yet.')
  const approved = await visit.post(`${path}/approve`)
  expect(approved.headers.location).toBe(`${path}/introduce?notice=approved`)
  const again = await visit.post(`${path}/approve`)
  expect(again.headers.location).toBe(`${path}/introduce?notice=approved-before`)
  expect(await deps.db.selectFrom('partnerships').selectAll().execute()).toHaveLength(4)
  expect(await mailed()).toBe(0)
  const run = (await visit.get(path)).body
  expect(run).toContain('can no longer be changed')
  expect(run).not.toContain('Keep together')
  expect(run).toContain(`href="${path}/introduce">Introduce 4 partnerships`)
  expect((await visit.get(`${path}/approve`)).body).toContain('It is approved already.')
})

test('a run whose people have changed is approved only by who says so', async () => {
  const { visit, path, deps, ids } = await openRun()
  await deps.db
    .updateTable('applications')
    .set({ career_stage: 'Retired' })
    .where('person_id', '=', ids[0] as number)
    .execute()
  const refused = await visit.post(`${path}/approve`)
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('href="#accept_changed"')
  const approved = await visit.post(`${path}/approve`, { accept_changed: '1' })
  expect(approved.statusCode).toBe(303)
})

test('a run that is not done, or not approved, says what comes first', async () => {
  const { visit, path } = await openRun()
  expect((await visit.get(`${path}/introduce`)).body).toContain('Approve the matching first')
  const refused = await visit.post(`${path}/introduce`, { when: 'now', said: 'now', expected: '4', people: '8' })
  expect(refused.statusCode).toBe(409)
  expect(refused.body).toContain('is not approved yet')
  expect((await visit.post(`${path}/introduce/draft`)).statusCode).toBe(409)
  await visit.post('/console/matching/runs')
  expect((await visit.get('/console/matching/2/approve')).body).toContain('There is nothing to approve yet')
})

test('before it leaves: who gets it, the email as one of them sees it, checks, and a button that says all of it', async () => {
  const { visit, introduce } = await openApproved()
  const html = (await visit.get(introduce)).body
  const page = textOf(html)
  expect(page).toContain('8 people, each with the name and the address of their partner.')
  expect(page).toContain('Nobody of them is left out.')
  expect(html).toMatch(
    /<iframe class="preview-frame" [^>]*sandbox="[^"]*" src="\/console\/campaigns\/1\/preview\?as&#x3D;\d+/,
  )
  expect(html).toContain('href="/console/campaigns/1">Write the email')
  expect(html).toContain('>Introduce 4 partnerships: email 8 people now</button>')
  const preview = await visit.get(
    /src="([^"]*preview[^"]*)"/.exec(html)?.[1]?.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&') ?? '',
  )
  expect(textOf(preview.body)).toContain('We are delighted to introduce you and Person')
})

test('both or neither: whoever cannot be reached is left out with their partner, and both are led to', async () => {
  const { visit, introduce, deps, ids } = await openApproved()
  await sql`insert into suppressions (address, scope, reason, source)
    select address, 'all', 'manual', 'test' from addresses where person_id = ${ids[0] as number}`.execute(deps.db)
  const page = textOf((await visit.get(introduce)).body)
  expect(page).toContain('6 people, each with')
  expect(page).toContain('1 person is on the suppression list')
  expect(page).toContain('1 person has a partner who cannot be reached')
  expect(page).toContain('Introduce all who can be reached: email 6 people now')
})

test('one press introduces everybody after two minutes, and a second changes nothing', async () => {
  const { visit, introduce, mailed, deps } = await openApproved()
  const fields = { ...fieldsOf((await visit.get(introduce)).body, introduce), when: 'now' }
  const done = await visit.post(introduce, fields)
  expect([done.statusCode, done.headers.location]).toEqual([303, '/console/campaigns/1/report?notice=scheduled'])
  expect(await mailed()).toBe(8)
  const again = await visit.post(introduce, fields)
  expect(again.headers.location).toBe('/console/campaigns/1/report?notice=already')
  expect(await mailed()).toBe(8)
  const { starts_at } = await deps.db.selectFrom('campaigns').select('starts_at').executeTakeFirstOrThrow()
  expect(starts_at?.getTime()).toBe(deps.clock.now().getTime() + 120_000)
  const after = (await visit.get(introduce)).body
  expect(textOf(after)).toContain('The introduction of 4 partnerships')
  expect(after).toContain('href="/console/campaigns/1/report">See how it goes')
  expect((await visit.get('/console/matching')).body).toContain('See how the introductions go')
})

test('another time is chosen on the own clock, without JavaScript too, and the button follows it', async () => {
  const { visit, introduce, deps } = await openApproved()
  const day = new Date(deps.clock.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10)
  const shown = await visit.post(`${introduce}/times`, { when: 'at', day, time: '10:30' })
  const html = (await visit.get(String(shown.headers.location).split('#')[0] as string)).body
  expect(html).toMatch(/>Introduce 4 partnerships: email 8 people on \d+ \w+, 10:30 UTC<\/button>/)
  const fields = { ...fieldsOf(html, introduce), when: 'at' }
  // The button was made for another time than the form says now.
  const other = await visit.post(introduce, { ...fields, time: '11:45' })
  expect(other.statusCode).toBe(409)
  expect(other.body).toContain('You chose another time.')
  const past = await visit.get(`${introduce}?when=at&day=2001-01-01&time=10:00`)
  expect(past.statusCode).toBe(422)
  expect(past.body).toContain('Choose another one.')
  const done = await visit.post(introduce, fields)
  expect(done.statusCode).toBe(303)
  const { send_at } = await deps.db.selectFrom('campaigns').select('send_at').executeTakeFirstOrThrow()
  expect(send_at?.toISOString()).toBe(`${day}T10:30:00.000Z`)
})

test('a button that was made for others than now is not believed', async () => {
  const { visit, introduce, deps, ids, mailed } = await openApproved()
  const fields = { ...fieldsOf((await visit.get(introduce)).body, introduce), when: 'now' }
  await sql`update addresses set is_primary = false where person_id = ${ids[0] as number}`.execute(deps.db)
  const other = await visit.post(introduce, fields)
  expect(other.statusCode).toBe(409)
  expect(other.body).toContain('It would go to other people by now.')
  expect(await mailed()).toBe(0)
})

test('a problem of the text keeps it, and leads to where it is mended', async () => {
  const { visit, introduce, deps, mailed } = await openApproved()
  const fields = { ...fieldsOf((await visit.get(introduce)).body, introduce), when: 'now' }
  await sql`update campaign_variants set subject = ''`.execute(deps.db)
  const refused = await visit.post(introduce, fields)
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('href="#checks"')
  expect(refused.body).toContain('This keeps it from going out')
  expect(await mailed()).toBe(0)
})

test('who was reached alone, or not at all, is told with names and words', async () => {
  const { visit, introduce, deps } = await openApproved(madeUp(4))
  await visit.post(introduce, { ...fieldsOf((await visit.get(introduce)).body, introduce), when: 'now' })
  const deliveries = await deps.db
    .selectFrom('deliveries')
    .select(['id', 'partnership_id'])
    .orderBy('partnership_id')
    .orderBy('id')
    .execute()
  const [accepted, uncertain] = deliveries
  await sql`update deliveries set state = 'accepted', accepted_at = now() where id = ${accepted?.id}`.execute(deps.db)
  await sql`update deliveries set state = 'uncertain' where id = ${uncertain?.id}`.execute(deps.db)
  const html = (await visit.get(introduce)).body
  expect(textOf(html)).toContain('We cannot know whether the introduction reached Person')
  expect(html).toContain('waits for you')
  expect(html).toContain('/console/campaigns/1/people?state&#x3D;uncertain,held">Decide')
  expect((await visit.get('/console')).body).toContain('An introduction reached nobody, or one partner only')
})
