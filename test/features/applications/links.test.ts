import { expect, test } from 'vitest'
import { sweepApplications } from '../../../src/features/applications/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { answersOf, openForm } from './form-app.ts'

const DAY = 86_400_000

test('who stops in the middle keeps what was answered, and goes on from a mailed link after its button', async () => {
  const { fill, get, post, mails, deps } = await openForm()
  const third = await fill({}, 2)
  const stopped = await post(third, { interests: 'Advocacy', do: 'later' })
  expect(stopped.headers.location).toBe(third.replace('/3?', '/later?'))
  expect((await get(stopped.headers.location as string)).body).toContain('mailed a link to amina@library.example')
  const [mail] = await mails()
  expect(mail).toMatchObject({ key: 'application_resume', address: 'amina@library.example' })
  deps.clock.advance(20 * DAY)
  deps.clock.set('2016-02-14T09:00:00Z')
  const link = mail?.resume as string
  expect((await get(link)).body).toContain('Go on with your form')
  const on = await post(link, { do: 'go_on' })
  expect(on.headers.location).toBe(third.replace('/3?', '/4?'))
  expect((await get(third)).body).toMatch(/value="Advocacy" checked/)
})

test('who stops before anything of a page is answered is not refused for it; what is wrong still is', async () => {
  const { fill, post } = await openForm()
  const third = await fill({}, 2)
  expect((await post(third, { do: 'later' })).statusCode).toBe(303)
  expect((await post(third, { do: 'later', interests: 'Astrology' })).statusCode).toBe(422)
  expect((await post('/apply/2016A/1', { name: 'Ana', do: 'later' })).statusCode).toBe(422)
})

test('the address of a form that went on from a mailed link needs no second proof, unless it is changed', async () => {
  const { fill, get, post, mails, applications, versionIn } = await openForm()
  await post(await fill({}, 3), { do: 'later' })
  const link = (await mails())[0]?.resume as string
  const fourth = (await post(link, { do: 'go_on' })).headers.location as string
  await post(fourth, answersOf()[3] as Record<string, string>)
  const check = fourth.replace('/4?', '/5?')
  expect((await get(check)).body).toContain('your application counts at once')
  const other = await post(fourth.replace('/4?', '/1?'), { ...answersOf()[0], email: 'other@library.example' })
  expect(other.statusCode).toBe(303)
  expect((await get(check)).body).toContain('Then we mail a link to other@library.example')
  await post(fourth.replace('/4?', '/1?'), answersOf()[0] as Record<string, string>)
  expect((await get(check)).body).toContain('Then we mail a link to amina@library.example')
  const sent = await post(check, { version: versionIn((await get(check)).body) })
  expect(await applications()).toEqual([])
  expect((await get(sent.headers.location as string)).body).toContain('We have mailed a link')
})

test('sent from a mailed link, a form is an application at once', async () => {
  const { fill, get, post, mails, applications, versionIn } = await openForm()
  await post(await fill({}, 3), { do: 'later' })
  const fourth = (await post((await mails())[0]?.resume as string, { do: 'go_on' })).headers.location as string
  await post(fourth, answersOf()[3] as Record<string, string>)
  const check = fourth.replace('/4?', '/5?')
  const sent = await post(check, { version: versionIn((await get(check)).body) })
  expect((await get(sent.headers.location as string)).body).toContain('Your application is complete')
  expect(await applications()).toMatchObject([{ state: 'applied', address: 'amina@library.example' }])
})

test('who took part before gets their last answers by mail; a stranger gets an empty form, and the page is the same', async () => {
  const { deps, get, post, send, verify, mails } = await openForm()
  await send({ wishes: 'Yes', partner_sector: 'A different sector', partner_career_stage: 'More experienced' })
  await verify()
  await createRound(deps, { code: '2016B', name: 'Round 2016B', applications_open_on: '2016-01-20' })
  const before = (await mails()).length
  const known = await post('/apply/2016B/returning', { email: ' Amina@Library.example ' })
  const unknown = await post('/apply/2016B/returning', { email: 'stranger@library.example' })
  expect([known.statusCode, known.headers.location]).toEqual([unknown.statusCode, unknown.headers.location])
  expect((await get(known.headers.location as string)).body).not.toMatch(/amina|stranger/i)
  const [first, second] = (await mails()).slice(before)
  expect(first).toMatchObject({ key: 'application_returning', address: 'amina@library.example' })
  expect(second).toMatchObject({ key: 'application_resume', address: 'stranger@library.example' })

  const opened = (await post(first?.resume as string, { do: 'go_on' })).headers.location as string
  // What was agreed to, and what may be another wish by now, is asked for anew.
  expect(opened).toMatch(/^\/apply\/2016B\/4\?/)
  expect((await get(opened.replace('/4?', '/1?'))).body).toContain('value="Amina Okafor"')
  expect((await get(opened.replace('/4?', '/2?'))).body).toMatch(
    /id="previous_round-2" name="previous_round" value="Yes" checked/,
  )
  expect((await get(opened.replace('/4?', '/3?'))).body).toMatch(/value="A different sector" checked/)
  const empty = (await post(second?.resume as string, { do: 'go_on' })).headers.location as string
  expect(empty).toMatch(/^\/apply\/2016B\/1\?/)
  expect((await get(empty)).body).toContain('value="stranger@library.example"')
})

test('nobody gets more than five emails a day because strangers type their address, and no page says so', async () => {
  const { deps, post, mails } = await openForm()
  for (let at = 0; at < 8; at++) {
    const answer = await post('/apply/2016A/returning', { email: 'victim@library.example' })
    expect(answer.statusCode).toBe(303)
  }
  const interest = { given_name: 'V', email: 'victim@library.example', country: 'KE', language: 'en' }
  expect((await post('/interest', interest)).statusCode).toBe(303)
  expect(await mails()).toHaveLength(5)
  deps.clock.advance(DAY + 1)
  await post('/interest', interest)
  expect(await mails()).toHaveLength(6)
})

test('who asks for the same address at the same moment is counted as well', async () => {
  const { post, mails } = await openForm()
  const asks = Array.from({ length: 12 }, () => post('/apply/2016A/returning', { email: 'victim@library.example' }))
  await Promise.all(asks)
  expect(await mails()).toHaveLength(5)
})

test('forms that nobody finished are forgotten with their addresses; applications stay', async () => {
  const { deps, fill, send, verify, get, mails, applications } = await openForm({
    applications_close_on: null,
    starts_on: null,
    confirm_by: null,
    ends_on: null,
  })
  await send()
  await verify()
  await send({ email: 'sent@library.example' })
  const half = await fill({ email: 'half@library.example' }, 2)
  const addresses = async () =>
    (
      await deps.db.selectFrom('contacts').select('address').where('address', 'is not', null).orderBy('id').execute()
    ).map(({ address }) => address)
  deps.clock.advance(14 * DAY)
  await sweepApplications(deps)
  expect(await addresses()).toEqual(['sent@library.example', 'half@library.example'])
  deps.clock.advance(1000)
  await sweepApplications(deps)
  expect(await addresses()).toEqual(['half@library.example'])
  expect((await get((await mails())[1]?.verify as string)).statusCode).toBe(410)
  deps.clock.advance(16 * DAY)
  await sweepApplications(deps)
  expect(await addresses()).toEqual([])
  expect((await get(half)).statusCode).toBe(410)
  expect(await applications()).toHaveLength(1)
})

test('a form whose link was mailed once more is there as long as that link works', async () => {
  const { deps, send, post, mails, applications } = await openForm()
  const sent = await send()
  deps.clock.advance(13 * DAY)
  await post(sent, { do: 'mail' })
  deps.clock.set('2016-02-15T11:00:00Z')
  await sweepApplications(deps)
  await post((await mails())[1]?.verify as string, { do: 'verify' })
  expect(await applications()).toHaveLength(1)
})
