import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { ensureSender } from '../../src/features/deliveries/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { type ConsoleVisit, openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { statesOf } from '../support/ledger.ts'

/** A campaign to `count` people that is under way; a worker has just swept. */
async function openSending(count = 4, limits?: string) {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const senderId = await ensureSender(deps.db, limits)
  const people: number[] = []
  for (let made = 0; made < count; made++) people.push(await addApplicant(deps.db, round))
  const id = await addDraft(deps.db)
  await scheduleCampaign(deps, id, { at: 'now' })
  await deps.db.updateTable('campaigns').set({ state: 'sending', started_at: deps.clock.now() }).execute()
  await sql`update installation set swept_at = clock_timestamp()`.execute(deps.db)
  return { ...deps, round, senderId, id, people, own: `/console/campaigns/${id}` }
}

/** Ends the delivery of one person, with the server's words. */
async function end({ db }: TestDeps, person: number, state: string, words = '250 2.0.0 Ok', reason?: string) {
  await sql`
    with made as (
      insert into attempts (delivery_id, sender_id, worker_id, lane, address, ended_at, outcome, code, words)
      select d.id, s.id, 1, d.lane, d.address, clock_timestamp(), case when ${state} = 'accepted' then 'accepted' else 'rejected' end, 550, ${words}
      from deliveries d, senders s where d.person_id = ${person} returning id, delivery_id
    ) update deliveries d set state = ${state}, attempt_id = made.id, tries = 1,
      accepted_at = case when ${state} = 'accepted' then now() end,
      skipped_reason = case when ${state} = 'skipped' then ${reason ?? 'unsubscribed'} end,
      held_reason = case when ${state} = 'held' then ${reason ?? 'late'} end
    from made where made.delivery_id = d.id`.execute(db)
  // What the console keeps for a second is kept by the campaign's last change.
  await sql`update campaigns set updated_at = updated_at + interval '1 second'`.execute(db)
}

const partOf = async (visit: ConsoleVisit, own: string, query = 'polls=1&state=sending') =>
  (await visit.get(`${own}/progress?${query}`)).body

test('the report says how far it is, in figures that lead to their people, and what is left', async () => {
  const deps = await openSending(8)
  for (const person of deps.people.slice(0, 5)) await end(deps, person, 'accepted')
  await end(deps, deps.people[5] as number, 'rejected', '5.1.1 No such user')
  const visit = await openConsole(deps)
  const { body } = await visit.get(`${deps.own}/report`)
  expect(body).toContain('5 of 8 accepted (62 %), 1 rejected.')
  expect(body).toContain('<title>(62 %) Sending… Topic 1 · Pairpost</title>')
  expect(body).toContain('<progress value="5" max="8"')
  expect(body).toContain('Less than a minute left.')
  expect(body).toContain('You may close this page')
  expect(body).toContain(`href="${deps.own}/people?state&#x3D;rejected"`)
  expect(body).toContain('of 8 people')
  expect(body.match(/<title>/g)).toHaveLength(1)
  // Without JavaScript there is a link; nothing reloads by itself.
  expect(body).toContain('>Reload</a>')
  expect(body).not.toContain('http-equiv')
})

test('it is asked for every two seconds, after a minute every ten, and no more when it is over', async () => {
  const deps = await openSending()
  const visit = await openConsole(deps)
  const first = (await visit.get(`${deps.own}/report`)).body
  expect(first).toContain(`hx-get="${deps.own}/progress?polls&#x3D;0&amp;state&#x3D;sending" hx-trigger="every 2s"`)
  expect(await partOf(visit, deps.own, 'polls=5&state=sending')).toContain('polls&#x3D;6')
  expect(await partOf(visit, deps.own, 'polls=29&state=sending')).toContain('hx-trigger="every 10s"')
  // Another state begins from the beginning.
  expect(await partOf(visit, deps.own, 'polls=29&state=scheduled')).toContain('hx-trigger="every 2s"')
  for (const person of deps.people) await end(deps, person, 'accepted')
  await deps.db.updateTable('campaigns').set({ state: 'done', finished_at: deps.clock.now() }).execute()
  const last = await partOf(visit, deps.own)
  expect(last).toContain('4 of 4 accepted (100 %).')
  expect(last).toContain('<title>Report: Topic 1 · Pairpost</title>')
  expect(last).not.toContain('hx-')
  expect(last).toContain('role="status">Done: 4 people accepted.')
})

test('only each quarter is read out', async () => {
  const deps = await openSending(8)
  const visit = await openConsole(deps)
  const said = async () => /role="status">([^<]*)</.exec(await partOf(visit, deps.own))?.[1]
  const heard: (string | undefined)[] = [await said()]
  for (const person of deps.people.slice(0, 5)) {
    await end(deps, person, 'accepted')
    heard.push(await said())
  }
  expect(heard).toEqual(['', '', '25 % accepted.', '25 % accepted.', '50 % accepted.', '50 % accepted.'])
})

test('pause and resume act once, whoever presses twice', async () => {
  const deps = await openSending()
  const visit = await openConsole(deps, 'communications_officer')
  expect((await visit.post(`${deps.own}/pause`)).headers.location).toBe(`${deps.own}/report?notice=paused`)
  expect((await visit.post(`${deps.own}/pause`)).headers.location).toBe(`${deps.own}/report?notice=unchanged`)
  const paused = (await visit.get(`${deps.own}/report?notice=unchanged`)).body
  expect(paused).toContain('Paused: nothing leaves until it is resumed.')
  expect(paused).toContain('Nothing was changed')
  expect(paused).not.toContain(' left.')
  expect((await visit.post(`${deps.own}/resume`)).headers.location).toBe(`${deps.own}/report?notice=resumed`)
  expect((await visit.get(`${deps.own}/report`)).body).toContain('id="pause"')
})

test('cancelling what is under way asks first, and says what it cannot undo', async () => {
  const deps = await openSending()
  await end(deps, deps.people[0] as number, 'accepted')
  const visit = await openConsole(deps)
  expect((await visit.get(`${deps.own}/report`)).body).toContain(`href="${deps.own}/cancel"`)
  const ask = (await visit.get(`${deps.own}/cancel`)).body
  expect(ask).toContain('1 of 4 accepted (25 %).')
  expect(ask).toContain('Cancel the rest')
  await visit.post(`${deps.own}/cancel`)
  expect(await statesOf(deps.db, deps.id)).toEqual({ accepted: 1, cancelled: 3 })
  const after = (await visit.get(`${deps.own}/report`)).body
  expect(after).toContain('3 cancelled')
  expect(after).toContain('Make a new draft of it')
  // Of a cancelled one there is nothing to cancel.
  expect((await visit.get(`${deps.own}/cancel`)).body).not.toContain('Cancel the rest')
})

test('what keeps mail from leaving is said in words, and no end is promised that nobody knows', async () => {
  const deps = await openSending()
  const visit = await openConsole(deps)
  const say = async () => {
    await sql`update campaigns set updated_at = updated_at + interval '1 second'`.execute(deps.db)
    // A console of its own: what the other one read a moment ago is not what is asked for.
    return (await openConsole(deps)).get(`${deps.own}/report`)
  }
  const { body: well } = await visit.get(`${deps.own}/report`)
  expect(well).not.toContain('What keeps mail from leaving')
  await sql`update installation set swept_at = clock_timestamp() - interval '10 minutes'`.execute(deps.db)
  const { body: asleep } = await say()
  expect(asleep).toContain('No worker process is running')
  expect(asleep).toContain('How long it will take cannot be told now.')
  await sql`update installation set swept_at = clock_timestamp()`.execute(deps.db)
  await sql`update senders set trouble_since = '2016-03-01T08:50:00Z', trouble_words = 'connect ECONNREFUSED', next_try_at = '2016-03-01T09:00:30Z'`.execute(
    deps.db,
  )
  const { body: trouble } = await say()
  expect(trouble).toContain('at 08:50 UTC for the first time. It is tried again at 09:00:30 UTC.')
  expect(trouble).toContain('<q dir="auto">connect ECONNREFUSED</q>')
  expect(trouble).toContain('cannot be told now')
  expect(trouble).not.toContain('left.')
})

test('when the limits are used up, it says when how many go on', async () => {
  const deps = await openSending(4, '2/1h')
  // Both of this hour have gone, so the next go when they are an hour old; the database's clock decides what has gone.
  await sql`update campaigns set started_at = now()`.execute(deps.db)
  deps.clock.set(new Date().toISOString())
  await sql`update deliveries set due_at = now()`.execute(deps.db)
  await end(deps, deps.people[0] as number, 'accepted')
  await end(deps, deps.people[1] as number, 'accepted')
  const visit = await openConsole(deps)
  const { body } = await visit.get(`${deps.own}/report`)
  expect(body).toMatch(/The sending limits are used up: the next 2 leave (at|on) [^<]*\d\d:\d\d UTC\./)
  expect(body).toMatch(/About (59|60) minutes left/)
})

test('what is held waits for a person, who lets it go', async () => {
  const deps = await openSending()
  await end(deps, deps.people[0] as number, 'held')
  const visit = await openConsole(deps)
  const { body } = await visit.get(`${deps.own}/report`)
  expect(body).toContain('1 person is held: it would have come more than two hours late.')
  expect(body).toContain('Let the 1 held go')
  await visit.post(`${deps.own}/resume`)
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 4 })
})

test('the people of a state are listed with the reason, the server’s words and a way to the person', async () => {
  const deps = await openSending()
  const [first, second, third] = deps.people as [number, number, number]
  await end(deps, first, 'rejected', '5.1.1 <b>No such</b> user')
  await end(deps, second, 'skipped', 'x', 'unsubscribed')
  await end(deps, third, 'skipped', 'x', 'hard_bounce')
  const visit = await openConsole(deps, 'data_officer')
  const rejected = (await visit.get(`${deps.own}/people?state=rejected`)).body
  expect(rejected).toContain(`href="/console/participants/${first}"`)
  expect(rejected).toContain('550 5.1.1 &lt;b&gt;No such&lt;/b&gt; user')
  expect(rejected).toContain(`reader${first}@library.example`)
  // A data officer sees people, and sends nothing.
  expect(rejected).not.toContain('Send to these only')
  const skipped = (await visit.get(`${deps.own}/people?state=skipped`)).body
  expect(skipped).toContain('They asked us to stop these emails')
  expect(skipped).toContain('Mail to their address came back for good')
  const bounced = (await visit.get(`${deps.own}/people?state=skipped&reason=hard_bounce`)).body
  expect(bounced).toContain(`/participants/${third}`)
  expect(bounced).not.toContain(`/participants/${second}`)
})

test('fifty people a page, each once', async () => {
  const deps = await openSending(53)
  const visit = await openConsole(deps)
  const first = (await visit.get(`${deps.own}/people?state=queued`)).body
  const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
  const second = (await visit.get(`${deps.own}/people${next}`)).body
  const ids = [...`${first}${second}`.matchAll(/\/console\/participants\/(\d+)"/g)].map((found) => Number(found[1]))
  expect(ids.toSorted((a, b) => a - b)).toEqual(deps.people)
})

test('the people of a state go as CSV, all of them, safe for a spreadsheet, and that is written down', async () => {
  const deps = await openSending(1003)
  const [first] = deps.people as [number]
  await end(deps, first, 'rejected', '=1+1 no such user')
  const visit = await openConsole(deps, 'data_officer')
  const href = (page: string) => /href="([^"]+\.csv[^"]*)"/.exec(page)?.[1]?.replaceAll('&#x3D;', '=') ?? ''
  const rejected = await visit.get(href((await visit.get(`${deps.own}/people?state=rejected`)).body))
  expect(rejected.headers['content-disposition']).toBe(`attachment; filename="campaign-${deps.id}-rejected.csv"`)
  expect(rejected.body.split('\r\n').slice(1, -1)).toEqual([
    expect.stringMatching(
      new RegExp(`,${first},.*,reader${first}@library\\.example,rejected,.*,550,'=1\\+1 no such user$`),
    ),
  ])
  const queued = await visit.get(href((await visit.get(`${deps.own}/people?state=queued`)).body))
  const ids = queued.body
    .split('\r\n')
    .slice(1, -1)
    .map((line) => Number(line.split(',')[1]))
  expect(ids.toSorted((a, b) => a - b)).toEqual(deps.people.slice(1))
  // Of nobody there is nothing to take along.
  expect(href((await visit.get(`${deps.own}/people?state=held`)).body)).toBe('')
  const log = await deps.db.selectFrom('audit_log').selectAll().orderBy('id').execute()
  expect(log.filter(({ did }) => did === 'Export people of a campaign')).toMatchObject([
    { actor: `staff ${visit.staff.id}`, status: 200 },
    { actor: `staff ${visit.staff.id}`, status: 200 },
  ])
  const viewer = await openConsole(deps, 'viewer', { app: visit.app })
  expect((await viewer.get(`${deps.own}/people.csv`)).statusCode).toBe(403)
})

test('a viewer sees the figures, not the people, and no button', async () => {
  const deps = await openSending()
  await end(deps, deps.people[0] as number, 'uncertain', 'lost')
  const visit = await openConsole(deps, 'viewer')
  const { body } = await visit.get(`${deps.own}/report`)
  expect(body).toContain('0 of 4 accepted (0 %), 1 uncertain.')
  expect(body).not.toContain('/people?')
  expect(body).not.toContain('id="pause"')
  expect((await visit.get(`${deps.own}/people?state=rejected`)).statusCode).toBe(403)
  for (const act of ['pause', 'resume', 'cancel', 'copy', 'uncertain'])
    expect((await visit.post(`${deps.own}/${act}`, { as: 'accepted', expected: '1' })).statusCode).toBe(403)
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 3, uncertain: 1 })
})

test('“send to these only” makes one draft for exactly them, however often it is pressed', async () => {
  const deps = await openSending()
  await end(deps, deps.people[0] as number, 'rejected')
  await end(deps, deps.people[1] as number, 'accepted')
  const visit = await openConsole(deps)
  expect((await visit.get(`${deps.own}/people?state=rejected`)).body).toContain('Send to these only')
  expect((await visit.get(`${deps.own}/people?state=accepted`)).body).not.toContain('Send to these only')
  expect((await visit.get(`${deps.own}/people?state=uncertain`)).body).not.toContain('Send to these only')
  const twice = await Promise.all([1, 2].map(() => visit.post(`${deps.own}/copy`, { states: 'rejected' })))
  const [location] = new Set(twice.map((answer) => String(answer.headers.location)))
  expect(twice.map((answer) => answer.headers.location)).toEqual([location, location])
  const review = (await visit.get(location as string)).body
  expect(review).toContain('Nothing of it leaves until you schedule it.')
  expect(review).toContain(`whose copy of campaign ${deps.id} was rejected`)
  expect(review).toContain('<strong>1 person</strong>')
  expect((await visit.post(`${deps.own}/copy`, { states: 'uncertain' })).statusCode).toBe(422)
})

test('what is uncertain is decided one by one: it arrived, or it goes again', async () => {
  const deps = await openSending()
  const [first, second] = deps.people as [number, number]
  await end(deps, first, 'uncertain', 'The connection was lost.')
  await end(deps, second, 'uncertain', 'The connection was lost.')
  const visit = await openConsole(deps)
  const page = (await visit.get(`${deps.own}/people?state=uncertain`)).body
  const forms = [...page.matchAll(/action="([^"]+\/deliveries\/\d+\/resolve)"/g)].map((found) => found[1] as string)
  expect(forms).toHaveLength(2)
  await visit.post(forms[0] as string, { as: 'accepted' })
  await visit.post(forms[1] as string, { as: 'resend' })
  expect(await statesOf(deps.db, deps.id)).toEqual({ accepted: 1, queued: 3 })
  const again = await visit.post(forms[0] as string, { as: 'resend' })
  expect(again.headers.location).toContain('notice=decided')
  expect(await statesOf(deps.db, deps.id)).toEqual({ accepted: 1, queued: 3 })
  // A delivery of another campaign is not decided through this one.
  expect(
    (await visit.post((forms[0] as string).replace(/campaigns\/\d+/, 'campaigns/999'), { as: 'accepted' })).statusCode,
  ).toBe(404)
})

test('all that is uncertain is decided at once, but only as many as one was told of', async () => {
  const deps = await openSending()
  await end(deps, deps.people[0] as number, 'uncertain', 'lost')
  await end(deps, deps.people[1] as number, 'uncertain', 'lost')
  const visit = await openConsole(deps)
  const ask = (await visit.get(`${deps.own}/uncertain`)).body
  expect(ask).toContain('Whoever has got it already gets it twice.')
  expect(ask).toContain('name="expected" value="2"')
  await end(deps, deps.people[2] as number, 'uncertain', 'lost')
  expect((await visit.post(`${deps.own}/uncertain`, { as: 'resend', expected: '2' })).statusCode).toBe(409)
  expect(await statesOf(deps.db, deps.id)).toEqual({ queued: 1, uncertain: 3 })
  const done = await visit.post(`${deps.own}/uncertain`, { as: 'accepted', expected: '3' })
  expect(done.headers.location).toContain('notice=accepted')
  expect(await statesOf(deps.db, deps.id)).toEqual({ accepted: 3, queued: 1 })
  const late = await visit.post(`${deps.own}/uncertain`, { as: 'resend', expected: '3' })
  expect(late.headers.location).toContain('notice=decided')
})

test('a draft has no report yet; its test emails stand apart', async () => {
  const deps = await openTestDeps()
  await addRound(deps.db)
  const id = await addDraft(deps.db)
  await deps.db
    .insertInto('deliveries')
    .values({
      ...{ campaign_id: id, is_test: true, lane: 'automatic', state: 'queued', language: 'en', version: 1 },
      ...{ address: 'me@programme.example', domain: 'programme.example', due_at: deps.clock.now() },
    })
    .execute()
  const visit = await openConsole(deps)
  const { body } = await visit.get(`/console/campaigns/${id}/report`)
  expect(body).toContain('It is not scheduled yet.')
  expect(body).toContain('me@programme.example')
  expect(body).not.toContain('hx-trigger')
  expect((await visit.get('/console/campaigns/99999/report')).statusCode).toBe(404)
})
